// How far a subscription has come, kept in the notebook: "subscription/<id>", and each of its
// events under "subscription-event/<id>/<number>".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "record/feed.h"
#include "record/notebook.h"
#include "server/subscription/notification.h"

namespace tasuki::server::subscription {

struct Progress {
  std::string author;      // who asked for it; told under their consent
  uint64_t start = 0;      // changes up to this one are not told
  uint64_t events = 0;     // so many happened
  uint64_t delivered = 0;  // and so many of them were delivered, or may not be told
};
record::Note note_of(std::string_view id, const Progress& progress);
Result<std::optional<Progress>> progress_of(const record::Notebook& notebook, std::string_view id);

record::Note event_note(std::string_view id, uint64_t number, uint64_t sequence);
std::string event_key(std::string_view id, uint64_t number);

// Events [from, to] as the principal may see them today; those they may not are left out.
Result<std::vector<Event>> events_of(record::Door& door, const record::Principal& principal,
                                     std::string_view id, uint64_t from, uint64_t to);

}  // namespace tasuki::server::subscription
