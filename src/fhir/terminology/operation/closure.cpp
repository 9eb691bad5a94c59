#include "fhir/terminology/operation/closure.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "base/uuid.h"
#include "json/print.h"

namespace tasuki::fhir::terminology {
namespace {

constexpr size_t tables_max = 256;    // the one used longest ago goes
constexpr size_t codes_max = 20'000;  // of one table
constexpr size_t name_bytes_max = 256;

Reply unknown_table(std::string_view name) {
  return refused({Error::Kind::not_found,
                  fmt::format("There is no closure table \"{}\" (any more): start it again by "
                              "sending its name alone.",
                              name.substr(0, 64)),
                  "name"});
}

}  // namespace

Reply ClosureTables::closure(const Snapshot& terms, const Ask& ask, std::string_view owner) {
  const std::string_view name = ask.text("name");
  if (name.empty() || name.size() > name_bytes_max)
    return refused(
        {Error::Kind::invalid, "A closure table needs a name of at most 256 bytes.", "name"});
  const bool has_codes = ask.find("concept") != nullptr;
  const std::string_view asked = ask.text("version");
  size_t since = 0;
  if (!asked.empty() &&
      std::from_chars(asked.data(), asked.data() + asked.size(), since).ec != std::errc())
    return refused({Error::Kind::invalid, "version must be one that this server gave.", "version"});
  return tables_.with([&](Tables& tables) -> Reply {
    const std::string key = fmt::format("{}|{}", owner, name);
    const bool starts = !has_codes && asked.empty();
    if (starts) {
      if (tables.all.size() >= tables_max && !tables.all.contains(key))
        tables.all.erase(std::ranges::min_element(tables.all, {},
                                                  [](const auto& one) { return one.second.used; }));
      tables.all[key] = {};
    }
    const auto place = tables.all.find(key);
    if (place == tables.all.end()) return unknown_table(name);
    Table& table = place->second;
    table.used = ++tables.uses;
    if (!has_codes) return {.body = map_of(table, name, since), .refused = std::nullopt};
    const size_t before = table.version++;
    for (const Ask::Given& one : ask.all()) {
      if (one.name != "concept" || one.value == nullptr) continue;
      if (table.codes.size() >= codes_max)
        return refused({Error::Kind::too_costly,
                        fmt::format("A closure table holds at most {} codes.", codes_max),
                        "concept"});
      extend(*terms, table, one.value->text_of("system"), one.value->text_of("code"));
    }
    return {.body = map_of(table, name, before), .refused = std::nullopt};
  });
}

// The rows between the new code and those that were there.
void ClosureTables::extend(const Terminology& terms, Table& table, std::string_view system,
                           std::string_view code) {
  const std::pair<std::string, std::string> entry(terms.name_of(system), code);
  if (std::ranges::find(table.codes, entry) != table.codes.end()) return;
  for (const auto& [other_system, other] : table.codes) {
    if (other_system != entry.first) continue;
    if (terms.subsumes(entry.first, other, code) == Truth::yes)
      table.rows.push_back({entry.first, std::string(code), other, table.version});
    else if (terms.subsumes(entry.first, code, other) == Truth::yes)
      table.rows.push_back({entry.first, other, std::string(code), table.version});
  }
  table.codes.push_back(entry);
}

std::string ClosureTables::map_of(const Table& table, std::string_view name, size_t since) {
  std::string out = fmt::format(R"({{"resourceType":"ConceptMap","id":"{}","version":"{}","name":)",
                                random_uuid(), table.version);
  json::print_string(name, out);
  out += R"(,"status":"active","experimental":true,"group":[)";
  std::map<std::string_view, std::map<std::string_view, std::vector<std::string_view>>> groups;
  for (const Row& row : table.rows)
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
