// The built web pages, read into memory once: hashed assets for ever, the index of a face for every
// path of it. design/ui.md 7 "Serving"
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/result.h"
#include "net/http.h"

namespace tasuki::server::faces {

class Pages {
 public:
  // An empty folder name: no pages. Files beyond the bounds are an error that says which.
  static Result<Pages> load(const std::filesystem::path& folder);

  net::HttpResponse handle(const net::HttpRequest& request) const;

 private:
  struct File {
    std::shared_ptr<const std::string> plain, gzip, brotli;
    std::string_view media;
    bool hashed = false;
  };
  const File* find(std::string_view path) const;

  std::unordered_map<std::string, File> files_;  // "/assets/care-4f2a.js"
};

}  // namespace tasuki::server::faces
