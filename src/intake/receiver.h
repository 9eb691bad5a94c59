// One message into the record: repeated or new, converted, stored with all it became in one commit,
// answered.
//
// Used by every connector and by replay, so that no way in differs from another. Thread-safe; a
// patient's messages are handled one after another in the order they came, others beside them.
#pragma once

#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "intake/feed.h"
#include "intake/stored.h"

namespace tasuki::intake {

struct Delivery {
  std::string_view bytes;
  // From the path of an SS-MIX2 file; empty otherwise.
  std::string kind = {}, patient = {};
  bool withdrawn = false;
  // Of the kinds that are whole lists (snapshot.h): which of the patient's lists of the kind.
  std::string list = {};
  std::string hold_because = {};  // the connector's own doubt: stored, and held for a person
  // What the feed remembers of this delivery, in the same commit.
  std::vector<std::pair<std::string, std::string>> checkpoints = {};
};

struct Receipt {
  Converted::State state = Converted::State::done;
  bool repeated = false;  // stored before; `answer` is what was answered then
  bool stored =
      false;  // false only when the record refused for the moment: the sender must try again
  std::string answer = {};  // byte for byte; empty when the maker gave none
  std::string reason = {};
};

class Receiver {
 public:
  // Makes the answer from what became of the message. Runs before the commit: the answer is stored
  // with it.
  using Answer = std::function<std::string(const Converted&)>;

  Receiver(FeedSettings settings, record::Door& door, CurrentMappings mappings);

  Receipt receive(const Delivery& delivery, const Answer& answer = {});

  // What a file of this feed is in messages: HL7 v2 by its own rules, records by patient.
  std::vector<std::string> split(std::string_view bytes) const;

  // A held message once more, with today's mappings. Done, or still held with today's reason.
  Result<Converted::State> replay(const record::StoredMessage& message);

  // What a stored message would be in the record under these mappings; nothing is written.
  // `inbound` points into `converted`.
  struct Again {
    Converted converted;
    record::Inbound inbound;
  };
  Result<Again> again(const record::StoredMessage& message, const Mappings& mappings) const;

  FeedStatus status() const;
  const FeedSettings& settings() const { return settings_; }
  record::Session session() const;

 private:
  using Known = std::optional<record::StoredMessage>;  // what stood already, where it did
  Converted convert_again(const record::StoredMessage& message, const Delivered& before,
                          const Mappings& mappings) const;
  Result<Known> store(const Converted& converted, record::Inbound& inbound);
  Result<void> take_back(const Delivery& delivery, Converted& converted,
                         record::Inbound& inbound) const;
  std::optional<Receipt> repeated(std::string_view bytes);
  Receipt answered_before(record::StoredMessage known);

  FeedSettings settings_;
  record::Door& door_;
  CurrentMappings mappings_;
  std::array<std::mutex, 64> lanes_;  // by patient
  std::atomic<uint64_t> received_ = 0, held_ = 0, refused_ = 0, repeated_ = 0;
  // Senders repeat in runs, after a break: while one may be under way a message is looked for
  // before it is converted, otherwise only where it is stored.
  std::atomic<uint64_t> new_in_a_row_ = 0;
};

}  // namespace tasuki::intake
