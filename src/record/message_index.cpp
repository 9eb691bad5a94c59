#include "record/message_index.h"

#include <charconv>
#include <limits>

#include "record/inside.h"

namespace tasuki::record {
namespace {

constexpr std::string_view index_table = "message-index";
constexpr std::string_view note_items = "note";
constexpr std::string_view place_key = "message-index|to";
constexpr size_t looked_at_max = 20'000;
constexpr size_t page_postings = 500;
constexpr size_t forget_page = 5000;
constexpr size_t term_value_bytes_max = 100;

// Counted down and big end first, so that the newest comes first.
std::string bytes_of(uint64_t number) {
  uint64_t down = std::numeric_limits<uint64_t>::max() - number;
  std::string bytes(8, '\0');
  for (size_t i = 8; i-- > 0; down >>= 8U)
    bytes[i] = static_cast<char>(down & 255U);
  return bytes;
}
uint64_t number_of(std::string_view bytes) {
  uint64_t down = 0;
  for (const char c : bytes)
    down = down << 8U | static_cast<unsigned char>(c);
  return std::numeric_limits<uint64_t>::max() - down;
}

std::string prefix_of(const MessageTerm& term) {
  return static_cast<char>(term.kind) + term.value.substr(0, term_value_bytes_max) + '\x1f';
}

}  // namespace

Result<uint64_t> MessageIndex::indexed_to() const {
  const std::string text =
      TRY(inside(door_).store().read()->item(note_items, place_key)).value_or("0");
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Result<void> MessageIndex::add(const std::vector<Entry>& entries, uint64_t up_to) {
  std::vector<std::string> keys;
  for (const Entry& entry : entries)
    for (const MessageTerm& term : entry.terms)
      keys.push_back(prefix_of(term) + bytes_of(entry.number));
  std::ranges::sort(keys);  // neighbours on one page of the tree
  return inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const std::string& key : keys)
      TRY(writer.set_item(index_table, key, {}));
    return writer.set_item(note_items, place_key, std::to_string(up_to));
  });
}

Result<MessageHits> MessageIndex::find(const std::vector<MessageTerm>& terms, uint64_t from,
                                       uint64_t below, size_t count_max) const {
  MessageHits hits;
  if (terms.empty()) return hits;
  const auto reader = inside(door_).store().read();
  const std::string walked = prefix_of(terms.front());
  // Keys after it are of smaller numbers.
  std::string after = below > 0 ? walked + bytes_of(below) : std::string();
  for (size_t looked_at = 0; hits.numbers.size() < count_max;) {
    const auto items = TRY(reader->items(index_table, walked, after, page_postings));
    for (const auto& item : items) {
      const std::string_view place = std::string_view(item.key).substr(walked.size());
      const uint64_t number = number_of(place);
      if (number < from) return hits;
      hits.looked_to = number;
      bool has_all = true;
      for (size_t i = 1; has_all && i < terms.size(); ++i)
        has_all =
            TRY(reader->item(index_table, prefix_of(terms[i]) + std::string(place))).has_value();
      if (has_all) hits.numbers.push_back(number);
      if (hits.numbers.size() == count_max) return hits;
    }
    looked_at += items.size();
    if (items.size() < page_postings) return hits;
    if (looked_at >= looked_at_max) {
      hits.is_cut = true;
      return hits;
    }
    after = items.back().key;
  }
  return hits;
}

Result<bool> MessageIndex::forget_some() {
  const auto items = TRY(inside(door_).store().read()->items(index_table, {}, {}, forget_page));
  const auto done = inside(door_).store().write([&](store::Writer& writer) -> Result<void> {
    for (const auto& item : items)
      TRY(writer.remove_item(index_table, item.key));
    return writer.set_item(note_items, place_key, "0");
  });
  if (!done) return done.error();
  return items.size() < forget_page;
}

}  // namespace tasuki::record
