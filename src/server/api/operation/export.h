// The files of an $export, made when they are fetched.
#pragma once

#include <memory>
#include <string_view>

#include "net/http.h"
#include "record/export.h"

namespace tasuki::server::api {

// plan: what the export's job laid down. not_found: the export has no such file.
Result<std::shared_ptr<net::BodySource>> export_file(record::Session& session,
                                                     std::string_view plan, std::string_view name);

}  // namespace tasuki::server::api
