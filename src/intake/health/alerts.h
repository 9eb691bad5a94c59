// Who is told when something is not as usual, and who is told when they do nothing.
//
// A trouble is told once to its owners, by e-mail or webhook, in the four lines of the card; once
// more to those behind them when nobody has taken it on within the agreed time; and that it is
// over, to all who were told. What could not be delivered is tried again at the next look. Kept in
// the store: a restart tells nobody twice. No patient's data goes out: names of feeds and counts
// only.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "intake/health/monitor.h"
#include "record/door.h"

namespace tasuki::intake::health {

struct Owners {
  std::vector<std::string> first, then;  // "mailto:jimu@minato.example" or "https://..."
  std::chrono::minutes escalates_after{30};
};

struct AlertSettings {
  std::string mail_relay, mail_from;      // "host:port"; empty: no e-mail
  std::map<std::string, Owners> of_feed;  // by feed id
  Owners usual;                           // of feeds that name none
};

// What is wrong, or right again, with something that has owners.
struct Trouble {
  std::string id;  // of the feed
  std::string organisation;
  bool stands = false;
  std::string level;
  std::vector<std::string> lines;
};

class Alerts {
 public:
  Alerts(record::Door& door, AlertSettings settings);

  // Called after each look of the monitor.
  void look(const std::vector<Trouble>& troubles, Instant now);

  // JSON: what stands, who was told, who has taken it on (docs/ops-api.md).
  Result<std::string> list(const record::Principal& by) const;
  // "I am on it": nobody else is called.
  Result<void> take_on(std::string_view id, const record::Principal& by);

 private:
  struct Alert {
    std::string id, organisation, level;
    Instant since;
    std::vector<std::string> lines;
    std::vector<std::string> told, owed;  // addresses; owed: not delivered yet
    bool has_escalated = false, is_over = false;
    std::string taken_by;
  };
  static std::string text_of(const Alert& alert);
  static Alert alert_of(std::string_view text);

  const Owners& owners_of(const std::string& feed) const;
  void turn(Alert& alert, const Trouble& trouble, Instant now) const;
  void deliver(Alert& alert) const;
  Result<void> tell(const std::string& address, const Alert& alert) const;
  Result<void> keep(const Alert& alert);

  record::Door& door_;
  const AlertSettings settings_;
  mutable std::mutex mutex_;
  std::map<std::string, Alert> alerts_;  // by id: what stands, and what is over but not told yet
};

// What the monitor sees, as troubles.
std::vector<Trouble> troubles_of(const std::vector<FeedHealth>& feeds);

}  // namespace tasuki::intake::health
