#include "record/notebook.h"

#include <charconv>

#include <fmt/format.h>

#include "record/inside.h"

namespace tasuki::record {
namespace {

constexpr std::string_view notes_table = "note", parts_table = "note-part";

// A long note (the 30 MB that a job was asked with) lies in parts: the tree of items reads a value
// whole whenever it compares its key, so one such value made every look-up beside it cost thousands
// of pages. The note itself then says how many there are.
constexpr size_t part_bytes = 3800;  // a cell and one page
constexpr char in_parts = '\x01';

std::string part_key(std::string_view key, uint64_t number) {
  return fmt::format("{}|{:08}", key, number);
}

uint64_t parts_of(std::string_view value) {  // 0: the note is whole
  uint64_t parts = 0;
  if (value.starts_with(in_parts))
    std::from_chars(value.data() + 1, value.data() + value.size(), parts);
  return parts;
}

Result<std::string> whole(store::Reader& reader, std::string_view key, std::string value) {
  const uint64_t parts = parts_of(value);
  if (parts == 0) return value;
  value.clear();
  for (uint64_t number = 0; number < parts; ++number)
    value += TRY(reader.item(parts_table, part_key(key, number))).value_or("");
  return value;
}

Result<void> forget(store::Writer& writer, std::string_view key) {
  const auto standing = TRY(writer.item(notes_table, key));
  for (uint64_t number = parts_of(standing.value_or("")); number > 0; --number)
    TRY(writer.remove_item(parts_table, part_key(key, number - 1)));
  return standing ? writer.remove_item(notes_table, key) : Result<void>();
}

Result<void> write(store::Writer& writer, const Note& note) {
  TRY(forget(writer, note.key));
  std::string_view rest = note.value;
  if (rest.size() <= part_bytes && !rest.starts_with(in_parts))
    return writer.set_item(notes_table, note.key, note.value);
  uint64_t parts = 0;
  for (; !rest.empty(); rest.remove_prefix(std::min(rest.size(), part_bytes)))
    TRY(writer.set_item(parts_table, part_key(note.key, parts++), rest.substr(0, part_bytes)));
  return writer.set_item(notes_table, note.key, fmt::format("{}{}", in_parts, parts));
}

}  // namespace

Result<std::optional<std::string>> Notebook::find(std::string_view key) const {
  const auto reader = inside(door_).store().read();
  auto value = TRY(reader->item(notes_table, key));
  if (!value) return std::optional<std::string>();
  return std::optional(TRY(whole(*reader, key, *std::move(value))));
}

Result<std::vector<Note>> Notebook::all(std::string_view prefix, std::string_view after,
                                        size_t count_max) const {
  const auto reader = inside(door_).store().read();
  std::vector<Note> notes;
  for (auto& item : TRY(reader->items(notes_table, prefix, after, count_max))) {
    auto value = TRY(whole(*reader, item.key, std::move(item.value)));
    notes.push_back({std::move(item.key), std::move(value)});
  }
  return notes;
}

Result<void> Notebook::set(std::string_view key, std::string_view value) {
  return set_all({{std::string(key), std::string(value)}});
}

Result<void> Notebook::set_all(const std::vector<Note>& notes) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const auto& note : notes)
      TRY(write(writer, note));
    return {};
  });
}

Result<void> Notebook::remove_all(const std::vector<std::string>& keys) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const auto& key : keys)
      TRY(forget(writer, key));
    return {};
  });
}

}  // namespace tasuki::record
