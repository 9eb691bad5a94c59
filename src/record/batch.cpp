#include "record/batch.h"

#include <fmt/format.h>

#include "record/batch_text.h"
#include "record/inside.h"
#include "store/store.h"

namespace tasuki::record {
namespace {

constexpr std::string_view entry_table = "batch-entry";
constexpr std::string_view message_table = "batch-message";
constexpr std::string_view cursor_table = "batch-cursor";
constexpr size_t forget_max = 1000;

std::string entry_key(const std::string& batch, std::string_view type, std::string_view id) {
  return fmt::format("{}|{}/{}", batch, type, id);
}

std::string message_key(const std::string& batch, uint64_t number) {
  return fmt::format("{}|{:016}", batch, number);
}

}  // namespace

Result<void> Batch::plan(const std::vector<BatchEntry>& entries,
                         const std::vector<std::pair<fhir::TypeId, std::string>>& no_more,
                         const std::vector<BatchMessage>& messages) {
  const auto& definitions = door_.definitions();
  std::vector<store::Item> texts;
  texts.reserve(entries.size());
  for (const BatchEntry& entry : entries)
    texts.push_back({entry_key(owner_.id, definitions.name(entry.type), entry.id),
                     text_of(definitions, entry)});
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const auto& [key, text] : texts)
      TRY(writer.set_item(entry_table, key, text));
    for (const auto& [type, id] : no_more)
      TRY(writer.remove_item(entry_table, entry_key(owner_.id, definitions.name(type), id)));
    for (const BatchMessage& message : messages)
      TRY(writer.set_item(message_table, message_key(owner_.id, message.number), text_of(message)));
    return {};
  });
}

Result<std::optional<BatchEntry>> Batch::find(fhir::TypeId type, std::string_view id) const {
  const auto& definitions = door_.definitions();
  const auto text = TRY(inside(door_).store().read()->item(
      entry_table, entry_key(owner_.id, definitions.name(type), id)));
  if (!text) return std::optional<BatchEntry>();
  return std::optional(TRY(entry_of(definitions, *text)));
}

Result<std::vector<BatchEntry>> Batch::entries(std::string_view after, size_t count_max) const {
  std::vector<BatchEntry> entries;
  const std::string prefix = owner_.id + "|";
  for (const auto& item : TRY(inside(door_).store().read()->items(
           entry_table, prefix, after.empty() ? std::string() : prefix + std::string(after),
           count_max)))
    entries.push_back(TRY(entry_of(door_.definitions(), item.value)));
  return entries;
}

Result<std::string> Batch::before(const BatchEntry& entry) const {
  if (entry.standing == 0 || entry.action == BatchEntry::Action::create) return std::string();
  const auto version = TRY(inside(door_).store().read()->version(
      {inside(door_).kind_of(entry.type), entry.id}, entry.standing));
  return version ? version->body : std::string();
}

Result<bool> Batch::forget_some() {
  bool is_empty = true;
  auto& store = inside(door_).store();
  for (const std::string_view table : {entry_table, message_table, cursor_table}) {
    const auto items = TRY(store.read()->items(table, owner_.id + "|", {}, forget_max));
    if (items.empty()) continue;
    is_empty = false;
    const auto removed = store.write([&](store::Writer& writer) -> Result<void> {
      for (const auto& item : items)
        TRY(writer.remove_item(table, item.key));
      return {};
    });
    if (!removed) return removed.error();
  }
  return is_empty;
}

}  // namespace tasuki::record
