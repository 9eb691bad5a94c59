#include "server/api/closures.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/time.h"
#include "base/utf8.h"
#include "base/uuid.h"

namespace tasuki::server::api {
namespace {

constexpr size_t tables_max = 256;  // the one that was written longest ago goes
constexpr size_t loaded_max = 32;   // in memory
constexpr size_t steps_at_once = 100;
constexpr size_t name_bytes_max = 256;
constexpr std::string_view head_prefix = "closure|";

std::string steps_of(std::string_view id) {
  return fmt::format("closure-step|{}|", id);
}

std::string id_in(const record::Note& head) {
  return head.value.substr(0, head.value.find(' '));
}

std::string head_of(std::string_view id) {
  return fmt::format("{} {:020}", id, now().time_since_epoch().count());
}

Result<size_t> version_asked(const fhir::terminology::Ask& ask) {
  const std::string_view asked = ask.text("version");
  size_t version = 0;
  if (asked.empty()) return version;
  const auto read = std::from_chars(asked.data(), asked.data() + asked.size(), version);
  if (read.ec == std::errc() && read.ptr == asked.data() + asked.size()) return version;
  return Error{Error::Kind::invalid, "version must be one that this server gave.", "version"};
}

}  // namespace

Result<std::string> Closures::answer(const fhir::terminology::Snapshot& terms,
                                     const fhir::terminology::Ask& ask, std::string_view owner) {
  const std::string_view name = ask.text("name");
  if (name.empty() || name.size() > name_bytes_max)
    return Error{Error::Kind::invalid, "A closure table needs a name of at most 256 bytes.",
                 "name"};
  const bool has_codes = ask.find("concept") != nullptr;
  const size_t since = TRY(version_asked(ask));
  // Neither an owner nor a name can be taken for the other's end.
  const auto key = fmt::format("{}{}:{}|{}", head_prefix, owner.size(), owner, name);
  return tables_.with([&](Tables& tables) -> Result<std::string> {
    if (!has_codes && ask.text("version").empty()) TRY(begin(key, tables));
    Table& table = *TRY(find(key, name, tables));
    if (!has_codes) return table.rows.map(name, since);
    const size_t before = table.rows.version();
    const auto step = TRY(table.rows.step(*terms, ask));
    TRY(notebook_.set_all(
        {{key, head_of(table.id)}, {fmt::format("{}{:08}", steps_of(table.id), before), step}}));
    TRY(table.rows.take(step));
    return table.rows.map(name, before);
  });
}

Result<void> Closures::begin(const std::string& key, Tables& tables) {
  tables.erase(key);
  if (const auto standing = TRY(notebook_.find(key)))
    TRY(forget({key, *standing}));
  else
    TRY(make_room());
  return notebook_.set(key, head_of(random_uuid()));
}

Result<Closures::Table*> Closures::find(const std::string& key, std::string_view name,
                                        Tables& tables) {
  const auto head = TRY(notebook_.find(key));
  if (!head) {
    tables.erase(key);
    return Error{Error::Kind::not_found,
                 fmt::format("There is no closure table \"{}\" (any more): start it again by "
                             "sending its name alone.",
                             utf8::head(name, 64)),
                 "name"};
  }
  if (const auto known = tables.find(key); known != tables.end()) return &known->second;
  Table table{.id = id_in({key, *head}), .rows = {}};
  const auto prefix = steps_of(table.id);
  std::string after;
  do {
    const auto steps = TRY(notebook_.all(prefix, after, steps_at_once));
    for (const auto& step : steps)
      TRY(table.rows.take(step.value));
    after = steps.size() == steps_at_once ? steps.back().key : "";
  } while (!after.empty());
  if (tables.size() >= loaded_max) tables.clear();
  return &(tables[key] = std::move(table));
}

Result<void> Closures::forget(const record::Note& head) {
  const auto prefix = steps_of(id_in(head));
  // The head goes first: a table without its first steps must not be found.
  TRY(notebook_.remove_all({head.key}));
  for (;;) {
    std::vector<std::string> keys;
    for (const auto& step : TRY(notebook_.all(prefix, {}, steps_at_once)))
      keys.push_back(step.key);
    if (keys.empty()) return {};
    TRY(notebook_.remove_all(keys));
  }
}

Result<void> Closures::make_room() {
  const auto heads = TRY(notebook_.all(head_prefix, {}, tables_max + 1));
  if (heads.size() < tables_max) return {};
  const auto written = [](const record::Note& head) {
    return head.value.substr(std::min(head.value.find(' '), head.value.size()));
  };
  return forget(*std::ranges::min_element(heads, {}, written));
}

}  // namespace tasuki::server::api
