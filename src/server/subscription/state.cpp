#include "server/subscription/state.h"

#include <charconv>

#include "server/purpose.h"

namespace tasuki::server::subscription {
namespace {

std::string progress_key(std::string_view id) {
  return fmt::format("subscription/{}", id);
}

uint64_t take_number(std::string_view& text) {
  uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  return number;
}

}  // namespace

record::Note note_of(std::string_view id, const Progress& progress) {
  return {progress_key(id), fmt::format("{} {} {} {}", progress.start, progress.events,
                                        progress.delivered, progress.author)};
}

Result<std::optional<Progress>> progress_of(const record::Notebook& notebook, std::string_view id) {
  const auto text = TRY(notebook.find(progress_key(id)));
  if (!text) return std::optional<Progress>();
  std::string_view left = *text;
  Progress progress;
  progress.start = take_number(left);
  progress.events = take_number(left);
  progress.delivered = take_number(left);
  progress.author = left;
  return std::optional(std::move(progress));
}

std::string event_key(std::string_view id, uint64_t number) {
  return fmt::format("subscription-event/{}/{:020}", id, number);
}

record::Note event_note(std::string_view id, uint64_t number, uint64_t sequence) {
  return {event_key(id, number), std::to_string(sequence)};
}

Result<std::vector<Event>> events_of(record::Door& door, const record::Principal& principal,
                                     std::string_view id, uint64_t from, uint64_t to) {
  const record::Notebook notebook(door);
  auto session = door.session(principal, purpose_of(principal));
  std::vector<Event> events;
  for (uint64_t number = from; number <= to; ++number) {
    const auto note = TRY(notebook.find(event_key(id, number)));
    if (!note) continue;  // older than what is kept
    std::string_view text = *note;
    const uint64_t sequence = take_number(text);
    auto changes = TRY(record::changes_after(door, sequence - 1, 1));
    if (changes.empty() || changes.front().sequence != sequence) continue;  // erased since
    record::FeedChange& change = changes.front();
    if (!TRY(record::may_be_told(session, change))) continue;
    events.push_back({.number = number,
                      .time = change.resource.updated,
                      .focus = fmt::format("{}/{}", door.definitions().name(change.resource.type),
                                           change.resource.id),
                      .body = std::move(change.resource.body),
                      .deleted = change.resource.deleted});
  }
  return events;
}

}  // namespace tasuki::server::subscription
