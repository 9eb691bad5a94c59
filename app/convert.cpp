// `tasuki convert`: what the feeds would make of a file, on standard output, without a database.
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "intake/convert.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

struct Request {
  std::string file;
  intake::ConvertSettings settings;
};

Result<Request> read_request(const std::vector<std::string_view>& words) {
  Request request;
  request.settings.facility = "1319999999";
  request.settings.facility_name = "変換の試し";
  for (size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--organisation" && has_value) {
      request.settings.facility = words[++i];
    } else if (words[i] == "--kind" && has_value) {
      request.settings.kind = words[++i];
    } else if (words[i] == "--charset" && has_value) {
      request.settings.charset = charset_named(words[++i]);
      if (!request.settings.charset) {
        return Error{Error::Kind::invalid,
                     "文字コードの名前が分かりません。/ Unknown charset; known: iso-2022-jp, "
                     "cp932, euc-jp, utf-8.",
                     "--charset"};
      }
    } else if (!words[i].starts_with("--") && request.file.empty()) {
      request.file = words[i];
    } else {
      return Error{Error::Kind::invalid,
                   "知らない指定です。/ Unknown option; known: --organisation, --kind, --charset.",
                   std::string(words[i])};
    }
  }
  return request;
}

Result<std::string> bytes_of(const std::string& file) {
  if (file.empty() || file == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found, "ファイルを開けません。/ The file cannot be opened.",
                 file};
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// One JSON line a message: {"bundle": ..., "report": ...}.
Result<int> run(const Arguments& arguments) {
  const Settings settings = TRY(settings_of(arguments));
  const Request request = TRY(read_request(arguments.rest));
  std::shared_ptr<const fhir::Definitions> definitions =
      TRY(fhir::Definitions::open(settings.definitions, settings.zone));
  const auto mappings = TRY(intake::Mappings::load(settings.mappings, definitions));
  const std::string bytes = TRY(bytes_of(request.file));
  bool all_done = true;
  for (const intake::Converted& converted :
       intake::convert_all(bytes, request.settings, *mappings)) {
    fmt::print("{{\"bundle\":{},\"report\":{}}}\n", converted.bundle(), converted.report());
    all_done = all_done && converted.state == intake::Converted::State::done;
  }
  return all_done ? 0 : 3;
}

}  // namespace

int convert(const Arguments& arguments) {
  const auto code = run(arguments);
  return code ? *code : complain(code.error());
}

}  // namespace tasuki::app
