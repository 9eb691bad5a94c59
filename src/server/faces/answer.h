// JSON answers of the web faces, and their errors in Japanese and English. docs/care-api.md
#pragma once

#include <string>

#include "base/result.h"
#include "net/http.h"

namespace tasuki::server::faces {

net::HttpResponse json_answer(std::string body);
net::HttpResponse problem(unsigned status, std::string_view ja, std::string_view en);
net::HttpResponse problem(
    const Error& error);  // status and Japanese sentence from api/outcome.cpp's table

}  // namespace tasuki::server::faces
