#include "fhir/terminology/operation/closure.h"

#include <algorithm>
#include <map>
#include <span>

#include <fmt/core.h>

#include "base/uuid.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr size_t codes_max = 20'000;  // of one table

void print_list(std::span<const std::string_view> texts, std::string& out) {
  char separator = '[';
  for (const std::string_view text : texts) {
    out += separator;
    json::print_string(text, out);
    separator = ',';
  }
  out += ']';
}

void print_row(std::string_view system, std::string_view code, std::string_view target,
               std::string& out) {
  if (!out.empty()) out += ',';
  print_list(std::vector{system, code, target}, out);
}

// What one code and those before it say of each other, of one system.
void compare(const Terminology& terms, std::span<const ClosureTable::Code> known,
             const ClosureTable::Code& added, std::string& rows) {
  const auto& [system, code] = added;
  for (const auto& [other_system, other] : known) {
    if (other_system != system) continue;
    if (terms.subsumes(system, other, code) == Truth::yes)
      print_row(system, code, other, rows);
    else if (terms.subsumes(system, code, other) == Truth::yes)
      print_row(system, other, code, rows);
  }
}

}  // namespace

Result<std::string> ClosureTable::step(const Terminology& terms, const Ask& ask) const {
  std::vector<Code> known = codes_;
  std::string codes, rows;
  for (const Ask::Given& one : ask.all()) {
    if (one.name != "concept" || one.value == nullptr) continue;
    Code code(terms.name_of(one.value->text_of("system")), one.value->text_of("code"));
    if (std::ranges::find(known, code) != known.end()) continue;
    if (known.size() >= codes_max)
      return Error{Error::Kind::too_costly,
                   fmt::format("A closure table holds at most {} codes.", codes_max), "concept"};
    compare(terms, known, code, rows);
    if (!codes.empty()) codes += ',';
    print_list(std::vector<std::string_view>{code.first, code.second}, codes);
    known.push_back(std::move(code));
  }
  return fmt::format(R"({{"codes":[{}],"rows":[{}]}})", codes, rows);
}

Result<void> ClosureTable::take(std::string_view step) {
  const auto document = TRY(json::parse(step));
  const json::Value *codes = document.root.find("codes"), *rows = document.root.find("rows");
  if (codes == nullptr || rows == nullptr)
    return Error{Error::Kind::internal, "A step of a closure table is damaged.", {}};
  ++version_;
  const auto text = [](const json::Value& list, size_t place) {
    return place < list.items().size() ? std::string(list.items()[place].text()) : std::string();
  };
  for (const json::Value& one : codes->items())
    codes_.emplace_back(text(one, 0), text(one, 1));
  for (const json::Value& one : rows->items())
    rows_.push_back({text(one, 0), text(one, 1), text(one, 2), version_});
  return {};
}

std::string ClosureTable::map(std::string_view name, size_t since) const {
  std::string out = fmt::format(R"({{"resourceType":"ConceptMap","id":"{}","version":"{}","name":)",
                                random_uuid(), version_);
  json::print_string(name, out);
  out += R"(,"status":"active","experimental":true,"group":[)";
  std::map<std::string_view, std::map<std::string_view, std::vector<std::string_view>>> groups;
  for (const Row& row : rows_)
    if (row.since > since) groups[row.system][row.code].push_back(row.target);
  std::string_view group_separator;
  for (const auto& [system, elements] : groups) {
    out += group_separator;
    group_separator = ",";
    out += "{\"source\":";
    json::print_string(system, out);
    out += ",\"target\":";
    json::print_string(system, out);
    out += ",\"element\":[";
    std::string_view separator;
    for (const auto& [code, targets] : elements) {
      out += separator;
      separator = ",";
      out += "{\"code\":";
      json::print_string(code, out);
      out += ",\"target\":[";
      for (size_t i = 0; i < targets.size(); ++i) {
        out += i == 0 ? "{\"code\":" : ",{\"code\":";
        json::print_string(targets[i], out);
        out += R"(,"equivalence":"subsumes"})";
      }
      out += "]}";
    }
    out += "]}";
  }
  // A group list must not be empty.
  if (groups.empty())
    out.erase(out.rfind(",\"group\":["));
  else
    out += ']';
  return out + "}";
}

}  // namespace tasuki::fhir::terminology
