#include "record/outbox.h"

#include <charconv>

#include <fmt/format.h>

#include "json/member.h"
#include "json/parse.h"
#include "record/inside.h"
#include "store/pack.h"

namespace tasuki::record {
namespace {

constexpr std::string_view waiting_table = "outbox";
constexpr std::string_view bytes_table = "outbox-bytes";
constexpr std::string_view tray_table = "outbox-tray";
constexpr std::string_view done_table = "outbox-done";
constexpr std::string_view number_key =
    "outbox|number";  // the last that was given, among the notes
constexpr std::string_view note_table = "note";
constexpr size_t page_items = 1000;

std::string padded(uint64_t number) {
  return fmt::format("{:016}", number);
}
std::string lane_prefix(const std::string& destination, unsigned lane) {
  return fmt::format("{}|{:02}|", destination, lane);
}
std::string waiting_key(const OutboxMessage& message) {
  return lane_prefix(message.destination, lane_of(message.person)) + padded(message.number);
}
std::string plain_key(const OutboxMessage& message) {
  return message.destination + "|" + padded(message.number);
}

void member(std::string& out, std::string_view name, std::string_view text) {
  if (!text.empty()) json::print_member(name, text, out);
}

std::string known_of(const OutboxMessage& message) {
  std::string out = fmt::format(R"({{"number":{},"tries":{})", message.number, message.tries);
  member(out, "destination", message.destination);
  member(out, "person", message.person);
  member(out, "control", message.control_id);
  member(out, "source", message.source);
  member(out, "problem", message.problem);
  member(out, "answer", message.answer);
  const std::pair<std::string_view, Instant> moments[] = {
      {"queued", message.queued}, {"sent", message.sent}, {"answered", message.answered}};
  for (const auto& [name, time] : moments)
    if (time != Instant()) member(out, name, format_instant(time));
  return out + "}";
}

Result<OutboxMessage> message_of_known(std::string_view text) {
  const json::Document document = TRY(json::parse(text));
  const json::Value& known = document.root;
  const auto number = [&](std::string_view name) {
    const json::Value* const value = known.find(name);
    uint64_t found = 0;
    if (value != nullptr)
      std::from_chars(value->text().data(), value->text().data() + value->text().size(), found);
    return found;
  };
  const auto time = [&](std::string_view name) {
    return parse_instant(known.text_of(name)).value_or(Instant());
  };
  return OutboxMessage{.number = number("number"),
                       .destination = std::string(known.text_of("destination")),
                       .person = std::string(known.text_of("person")),
                       .control_id = std::string(known.text_of("control")),
                       .source = std::string(known.text_of("source")),
                       .bytes = {},
                       .queued = time("queued"),
                       .tries = static_cast<unsigned>(number("tries")),
                       .problem = std::string(known.text_of("problem")),
                       .sent = time("sent"),
                       .answered = time("answered"),
                       .answer = std::string(known.text_of("answer"))};
}

Result<uint64_t> count_of(store::Reader& reader, std::string_view table,
                          const std::string& prefix) {
  uint64_t count = 0;
  std::string after;
  for (;;) {
    const auto items = TRY(reader.items(table, prefix, after, page_items));
    count += items.size();
    if (items.size() < page_items) return count;
    after = items.back().key;
  }
}

Result<std::vector<OutboxMessage>> listed(store::Reader& reader, std::string_view table,
                                          const std::string& destination, uint64_t after,
                                          size_t count_max) {
  std::vector<OutboxMessage> messages;
  const std::string prefix = destination + "|";
  for (const auto& item : TRY(reader.items(table, prefix, prefix + padded(after), count_max)))
    messages.push_back(TRY(message_of_known(item.value)));
  return messages;
}

}  // namespace

// FNV-1a: the same in every build, for lanes outlive the program.
unsigned lane_of(std::string_view person) {
  uint32_t hash = 2166136261U;
  for (const char c : person)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  return hash % outbox_lanes;
}

Result<void> Outbox::add(std::vector<OutboxMessage> messages,
                         const std::optional<std::pair<std::string, std::string>>& note) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    const std::string last = TRY(writer.item(note_table, number_key)).value_or("0");
    uint64_t number = 0;
    std::from_chars(last.data(), last.data() + last.size(), number);
    for (OutboxMessage& message : messages) {
      message.number = ++number;
      if (message.queued == Instant()) message.queued = now();
      TRY(writer.set_item(waiting_table, waiting_key(message), known_of(message)));
      TRY(writer.set_item(bytes_table, padded(number), store::pack_bytes(message.bytes)));
    }
    if (!messages.empty()) TRY(writer.set_item(note_table, number_key, std::to_string(number)));
    return note ? writer.set_item(note_table, note->first, note->second) : Result<void>();
  });
}

Result<std::vector<OutboxMessage>> Outbox::waiting(const std::string& destination, unsigned lane,
                                                   size_t count_max) const {
  std::vector<OutboxMessage> messages;
  const auto reader = inside(door_).store().read();
  for (const auto& item :
       TRY(reader->items(waiting_table, lane_prefix(destination, lane), {}, count_max))) {
    auto message = TRY(message_of_known(item.value));
    if (const auto bytes = TRY(reader->item(bytes_table, padded(message.number))))
      message.bytes = TRY(store::unpack_bytes(*bytes));
    messages.push_back(std::move(message));
  }
  return messages;
}

Result<uint64_t> Outbox::waiting_count(const std::string& destination) const {
  return count_of(*inside(door_).store().read(), waiting_table, destination + "|");
}

Result<uint64_t> Outbox::tray_count(const std::string& destination) const {
  return count_of(*inside(door_).store().read(), tray_table, destination + "|");
}

Result<void> Outbox::delivered(const OutboxMessage& message) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    TRY(writer.remove_item(waiting_table, waiting_key(message)));
    TRY(writer.remove_item(bytes_table, padded(message.number)));
    return writer.set_item(done_table, plain_key(message), known_of(message));
  });
}

Result<void> Outbox::set_aside(const OutboxMessage& message) {
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    TRY(writer.remove_item(waiting_table, waiting_key(message)));
    return writer.set_item(tray_table, plain_key(message), known_of(message));
  });
}

Result<std::vector<OutboxMessage>> Outbox::tray(const std::string& destination, uint64_t after,
                                                size_t count_max) const {
  return listed(*inside(door_).store().read(), tray_table, destination, after, count_max);
}

Result<std::vector<OutboxMessage>> Outbox::done(const std::string& destination, uint64_t after,
                                                size_t count_max) const {
  return listed(*inside(door_).store().read(), done_table, destination, after, count_max);
}

Result<uint64_t> Outbox::again(const std::string& destination, std::optional<uint64_t> number) {
  uint64_t moved = 0;
  const auto done = inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    moved = 0;
    for (OutboxMessage& message : TRY(listed(writer, tray_table, destination,
                                             number ? *number - 1 : 0, number ? 1 : page_items))) {
      if (number && message.number != *number) break;
      message.tries = 0;
      TRY(writer.remove_item(tray_table, plain_key(message)));
      TRY(writer.set_item(waiting_table, waiting_key(message), known_of(message)));
      ++moved;
    }
    return {};
  });
  if (!done) return done.error();
  return moved;
}

Result<size_t> Outbox::prune(const std::string& destination, Instant before) {
  const auto reader = inside(door_).store().read();
  // They lie in the order they came: mostly the first says that there is nothing to do.
  const auto oldest = TRY(listed(*reader, done_table, destination, 0, 1));
  if (oldest.empty() || oldest.front().answered >= before) return size_t{0};
  std::vector<std::string> old;
  for (const OutboxMessage& message : TRY(listed(*reader, done_table, destination, 0, page_items)))
    if (message.answered < before) old.push_back(plain_key(message));
  if (old.empty()) return size_t{0};
  const auto done = inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const std::string& key : old)
      TRY(writer.remove_item(done_table, key));
    return {};
  });
  if (!done) return done.error();
  return old.size();
}

}  // namespace tasuki::record
