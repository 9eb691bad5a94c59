#include "intake/replay/compare.h"

#include <algorithm>
#include <atomic>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "intake/replay/difference.h"
#include "intake/replay/tally.h"
#include "intake/withdraw.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/rehearse.h"

namespace tasuki::intake {
namespace {

using record::BatchEntry;
using record::Rehearsed;

constexpr size_t page_messages = 256;

// What one message would do to one record.
struct Candidate {
  Rehearsed::Effect effect = Rehearsed::Effect::same;
  bool is_sketch = false;
  BatchEntry entry;
};
struct Outcome {
  std::optional<Error> failure;
  Converted::State state = Converted::State::done;
  std::vector<Candidate> candidates;
  record::BatchMessage message;
};

class ComparedMessages {
 public:
  ComparedMessages(const Receiver& receiver, const Mappings& mappings, const ReplayChoice& choice,
                   record::Batch& batch, const CompareSettings& settings)
      : receiver_(receiver),
        mappings_(mappings),
        choice_(choice),
        batch_(batch),
        settings_(settings) {}

  Result<ReplayCounts> run() {
    record::MessageSearch search;
    search.feed = choice_.feed;
    search.state = choice_.state;
    if (!choice_.reason.empty()) search.reason_prefix = choice_.reason;
    search.with_bytes = true;
    search.count_max = page_messages;
    search.after = choice_.from > 0 ? choice_.from - 1 : 0;
    for (;;) {
      auto messages = TRY(receiver_.session().messages(search));
      const bool is_last = messages.size() < page_messages ||
                           (choice_.to > 0 && messages.back().number >= choice_.to);
      if (!messages.empty()) search.after = messages.back().number;
      // What has no bytes any more (retention) cannot be judged again.
      std::erase_if(messages, [&](const auto& message) {
        return !choice_.takes(message) || message.bytes.empty();
      });
      TRY(take(messages));
      if (is_last || !settings_.goes_on(counts_)) return counts_;
    }
  }

 private:
  Result<void> take(const std::vector<record::StoredMessage>& messages) {
    std::vector<Outcome> outcomes(messages.size());
    std::atomic<size_t> next = 0;
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < std::max(1U, settings_.threads); ++i)
        threads.emplace_back([&] {
          for (size_t at = next++; at < messages.size(); at = next++)
            outcomes[at] = judge(messages[at]);
        });
    }
    page_.clear();
    gone_.clear();
    std::vector<record::BatchMessage> changed;
    for (size_t i = 0; i < messages.size(); ++i)
      if (TRY(merge(messages[i], outcomes[i]))) changed.push_back(std::move(outcomes[i].message));
    std::vector<BatchEntry> entries;
    for (auto& [key, entry] : page_)
      entries.push_back(std::move(entry));
    return batch_.plan(entries, {gone_.begin(), gone_.end()}, changed);
  }

  // On any thread; reads only.
  Outcome judge(const record::StoredMessage& message) const {
    Outcome outcome;
    auto judged = judge(message, outcome);
    if (!judged) outcome.failure = std::move(judged).error();
    return outcome;
  }

  Result<void> judge(const record::StoredMessage& message, Outcome& outcome) const {
    auto again = TRY(receiver_.again(message, mappings_));
    auto session = receiver_.session();
    auto rehearsed = record::rehearse(session, again.inbound);
    if (!rehearsed) {
      outcome.state = Converted::State::held;
      outcome.message = {.number = message.number,
                         .state = record::MessageState::held,
                         .reason = "record.refused: " + rehearsed.error().message,
                         .mapping = again.inbound.mapping,
                         .report = again.inbound.report,
                         .checkpoints = {},
                         .stands = record::hash_of_body(message.report)};
      return {};
    }
    outcome.state = again.converted.state;
    outcome.message = {.number = message.number,
                       .state = again.inbound.state,
                       .reason = again.inbound.reason,
                       .mapping = again.inbound.mapping,
                       .report = again.inbound.report,
                       .checkpoints = again.inbound.checkpoints,
                       .stands = record::hash_of_body(message.report)};
    for (size_t i = 0; i < rehearsed->size(); ++i)
      outcome.candidates.push_back(
          candidate(message, again, static_cast<uint32_t>(i), (*rehearsed)[i]));
    if (outcome.state == Converted::State::done) TRY(withdrawn(message, again, outcome));
    return {};
  }

  Candidate candidate(const record::StoredMessage& message, const Receiver::Again& again,
                      uint32_t place, Rehearsed& rehearsed) const {
    const Made& made = again.converted.resources[place];
    Candidate candidate{.effect = rehearsed.effect, .is_sketch = made.ensure, .entry = {}};
    BatchEntry& entry = candidate.entry;
    const bool creates = rehearsed.effect == Rehearsed::Effect::create;
    entry.action = creates ? BatchEntry::Action::create : BatchEntry::Action::change;
    entry.type = made.type;
    entry.id = made.id;
    entry.standing = rehearsed.standing;
    entry.message = message.number;
    entry.as_of = again.inbound.as_of;
    entry.standing_as_of = std::move(rehearsed.standing_as_of);
    entry.hash = std::move(rehearsed.hash);
    entry.group = message.group;
    entry.mapping = again.inbound.mapping;
    entry.body = std::move(rehearsed.body);
    if (rehearsed.effect == Rehearsed::Effect::change)
      entry.note =
          tally_of(mappings_.definitions(), again.converted, place, rehearsed.before, entry.body);
    return candidate;
  }

  // What this message made and makes no more. People and what is shared by all stay: others speak
  // of them, too.
  Result<void> withdrawn(const record::StoredMessage& message, const Receiver::Again& again,
                         Outcome& outcome) const {
    auto session = receiver_.session();
    const auto& definitions = mappings_.definitions();
    const auto makes_no_more = [&](fhir::TypeId type, std::string_view id) {
      return !definitions.patient_links(type).empty() && definitions.name(type) != "Patient" &&
             definitions.name(type) != "Provenance" &&
             std::ranges::none_of(again.converted.resources, [&](const Made& made) {
               return made.type == type && made.id == id;
             });
    };
    for (auto& standing : TRY(record::made_by_message(session, message.number, makes_no_more))) {
      json::Document document = TRY(json::parse(standing.body));
      Made made{.type = standing.type, .id = standing.id, .resource = document.root};
      withdraw(definitions, document.arena, made);
      Candidate candidate{.effect = Rehearsed::Effect::change, .is_sketch = false, .entry = {}};
      BatchEntry& entry = candidate.entry;
      json::print(made.resource, entry.body);
      if (entry.body == standing.body) continue;
      entry.action = BatchEntry::Action::withdraw;
      entry.type = standing.type;
      entry.id = standing.id;
      entry.standing = standing.version;
      entry.message = message.number;
      entry.as_of = again.inbound.as_of;
      entry.standing_as_of = standing.as_of;
      entry.hash = record::hash_of_body(entry.body);
      entry.group = message.group;
      entry.mapping = again.inbound.mapping;
      outcome.candidates.push_back(std::move(candidate));
    }
    return {};
  }

  // In the order of the messages. True: the message itself would be another.
  Result<bool> merge(const record::StoredMessage& message, Outcome& outcome) {
    ++counts_.read;
    if (outcome.failure) {
      ++counts_.failed;
      ++counts_.by_reason[outcome.failure->message];
      return false;
    }
    bool changed = tell_state(message, outcome);
    for (Candidate& candidate : outcome.candidates)
      changed = TRY(merge(candidate)) || changed;
    return changed;
  }

  bool tell_state(const record::StoredMessage& message, const Outcome& outcome) {
    const auto state = outcome.message.state;
    if (state == message.state)
      return state != record::MessageState::done && outcome.message.reason != message.reason;
    const bool done = state == record::MessageState::done;
    ++(done ? counts_.now_done : counts_.now_held);
    const bool was_shadow = message.state == record::MessageState::shadow;
    if (!done) ++counts_.by_reason["-> " + outcome.message.reason];
    if (done) ++counts_.by_reason[(was_shadow ? "shadow" : message.reason) + " -> done"];
    return true;
  }

  Result<bool> merge(Candidate& candidate) {
    const auto key = std::pair(candidate.entry.type, candidate.entry.id);
    const auto planned = TRY(found_so_far(key));
    const bool differs = candidate.effect == Rehearsed::Effect::create ||
                         candidate.effect == Rehearsed::Effect::change;
    if (!planned) {
      if (candidate.effect == Rehearsed::Effect::late) ++counts_.late;
      if (candidate.effect == Rehearsed::Effect::same) ++counts_.same;
      if (differs) keep(key, std::move(candidate.entry));
      return differs;
    }
    const BatchEntry& entry = candidate.entry;
    if (candidate.is_sketch || entry.hash == planned->hash ||
        candidate.effect == Rehearsed::Effect::late || is_older(entry.as_of, planned->as_of))
      return false;
    forget(key, *planned);
    if (differs) keep(key, std::move(candidate.entry));
    return true;
  }

  static bool is_older(std::string_view one, std::string_view other) {
    const size_t both = std::min(one.size(), other.size());
    return one.substr(0, both) < other.substr(0, both);
  }

  using Key = std::pair<fhir::TypeId, std::string>;

  Result<std::optional<BatchEntry>> found_so_far(const Key& key) const {
    if (!filter_.may_have(key.second) || gone_.contains(key)) return std::optional<BatchEntry>();
    if (const auto here = page_.find(key); here != page_.end()) return std::optional(here->second);
    return batch_.find(key.first, key.second);
  }

  void keep(const Key& key, BatchEntry entry) {
    count(entry, 1);
    filter_.add(key.second);
    gone_.erase(key);
    page_[key] = std::move(entry);
  }

  void forget(const Key& key, const BatchEntry& planned) {
    count(planned, uint64_t(-1));
    page_.erase(key);
    gone_.insert(key);
  }

  void count(const BatchEntry& entry, uint64_t by) {
    constexpr std::string_view words[] = {"create", "change", "withdraw"};
    const auto action = static_cast<size_t>(entry.action);
    uint64_t* const totals[] = {&counts_.create, &counts_.change, &counts_.withdraw};
    *totals[action] += by;
    counts_
        .by_type[fmt::format("{} {}", mappings_.definitions().name(entry.type), words[action])] +=
        by;
    add_tally(entry.note, by, counts_);
  }

  const Receiver& receiver_;
  const Mappings& mappings_;
  const ReplayChoice& choice_;
  record::Batch& batch_;
  const CompareSettings& settings_;
  ReplayCounts counts_;
  Filter filter_;
  std::map<Key, BatchEntry> page_;
  std::set<Key> gone_;
};

}  // namespace

Result<ReplayCounts> compare(const Receiver& receiver, const Mappings& mappings,
                             const ReplayChoice& choice, record::Batch& batch,
                             const CompareSettings& settings) {
  return ComparedMessages(receiver, mappings, choice, batch, settings).run();
}

}  // namespace tasuki::intake
