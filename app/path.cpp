// `tasuki path`: a FHIRPath asked of a resource, one line of JSON for each item found.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "base/text.h"
#include "fhir/path/expression.h"
#include "fhir/xml/xml.h"
#include "json/parse.h"
#include "json/print.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

using namespace fhir;

struct Request {
  std::string expression, file;
  bool is_strict = false, has_trace = false;
};

Result<Request> read_request(const std::vector<std::string_view>& words) {
  Request request;
  bool has_expression = false;
  for (const auto word : words) {
    if (word == "--strict") {
      request.is_strict = true;
    } else if (word == "--trace") {
      request.has_trace = true;
    } else if (word.starts_with("--")) {
      return Error{Error::Kind::invalid,
                   "知らない指定です。/ Unknown option; known: --strict, --trace.",
                   std::string(word)};
    } else if (!has_expression) {
      request.expression = word;
      has_expression = true;
    } else {
      request.file = word;
    }
  }
  if (has_expression) return request;
  return Error{Error::Kind::invalid,
               "式がありません。/ An expression should stand here: tasuki path 'name.family' FILE",
               "path"};
}

Result<json::Document> read_resource(const Definitions& definitions, const std::string& file) {
  std::string bytes;
  if (file.empty() || file == "-") {
    bytes = std::string(std::istreambuf_iterator<char>(std::cin), {});
  } else {
    std::ifstream stream(file, std::ios::binary);
    if (!stream)
      return Error{Error::Kind::not_found, "ファイルを開けません。/ The file cannot be opened.",
                   file};
    bytes = std::string(std::istreambuf_iterator<char>(stream), {});
  }
  const auto first = bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string::npos && bytes[first] == '<') return from_xml(definitions, bytes);
  return json::parse(bytes);
}

// The byte a place "character 6" means, from 0; the end when it is none.
size_t byte_of(std::string_view location, size_t end) {
  constexpr std::string_view word = "character ";
  if (!location.starts_with(word)) return end;
  size_t position = 0;
  for (const char c : location.substr(word.size()))
    position = position * 10 + static_cast<size_t>(c - '0');
  return std::min(position == 0 ? 0 : position - 1, end);
}

// Where, in characters as people count them; what, in both languages; and a caret under the place.
Error explained(const Error& error, std::string_view expression, std::string_view japanese) {
  const size_t byte = byte_of(error.location, expression.size());
  const auto before = expression.substr(0, byte).rfind('\n');
  const size_t begin = before == std::string_view::npos ? 0 : before + 1;
  const auto line = expression.substr(begin, expression.find('\n', begin) - begin);
  const auto columns = width_of(expression.substr(begin, byte - begin));
  const auto number = std::ranges::count_if(expression.substr(0, byte), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  return Error{
      error.kind,
      fmt::format("{} / {}\n  {}\n  {}^", japanese, error.message, line, std::string(columns, ' ')),
      fmt::format("{} 文字目 / character {}", number + 1, number + 1)};
}

std::string line_of(const path::Item& item) {
  if (!item.value.is_null()) return json::print(item.value);
  return item.sibling != nullptr ? json::print(*item.sibling) : "null";
}

Result<int> run(const Arguments& arguments) {
  const Settings settings = TRY(settings_of(arguments));
  const Request request = TRY(read_request(arguments.rest));
  const auto definitions = TRY(Definitions::open(settings.definitions, settings.zone));
  const auto document = TRY(read_resource(*definitions, request.file));
  const auto focus = path::root(*definitions, document.root);
  const path::Options options{
      .is_strict = request.is_strict, .context = focus.type, .as_takes_many = false};
  const auto expression = path::Expression::compile(*definitions, request.expression, options);
  if (!expression) {
    return explained(expression.error(), request.expression, "式のここが正しくありません。");
  }
  path::Environment environment;
  environment.resource = focus;
  if (request.has_trace) {
    environment.trace = [](std::string_view name, const path::Items& items) {
      for (const auto& item : items)
        fmt::print(stderr, "trace {}: {}\n", name, line_of(item));
    };
  }
  json::Arena arena;
  const auto items = expression->evaluate(focus, environment, arena);
  if (!items) {
    const bool is_costly = items.error().kind == Error::Kind::too_costly;
    return explained(items.error(), request.expression,
                     is_costly ? "計算が大きすぎるため止めました。" : "式のここで計算できません。");
  }
  for (const auto& item : *items)
    fmt::print("{}\n", line_of(item));
  return 0;
}

}  // namespace

int path(const Arguments& arguments) {
  const auto code = run(arguments);
  return code ? *code : complain(code.error());
}

}  // namespace tasuki::app
