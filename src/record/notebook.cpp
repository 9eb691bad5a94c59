#include "record/notebook.h"

#include "record/inside.h"

namespace tasuki::record {
namespace {

constexpr std::string_view notes_table = "note";

}  // namespace

Result<std::optional<std::string>> Notebook::find(std::string_view key) const {
  return inside(door_).store().read()->item(notes_table, key);
}

Result<std::vector<Note>> Notebook::all(std::string_view prefix, std::string_view after,
                                        size_t count_max) const {
  std::vector<Note> notes;
  for (auto& item : TRY(inside(door_).store().read()->items(notes_table, prefix, after, count_max)))
    notes.push_back({std::move(item.key), std::move(item.value)});
  return notes;
}

Result<void> Notebook::set(std::string_view key, std::string_view value) {
  return set_all({{std::string(key), std::string(value)}});
}

Result<void> Notebook::set_all(const std::vector<Note>& notes) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const auto& note : notes)
      TRY(writer.set_item(notes_table, note.key, note.value));
    return {};
  });
}

Result<void> Notebook::remove_all(const std::vector<std::string>& keys) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const auto& key : keys)
      TRY(writer.remove_item(notes_table, key));
    return {};
  });
}

}  // namespace tasuki::record
