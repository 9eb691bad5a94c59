// Replays as the operator sees them: asked for, compared, looked at, published, taken back.
//
// One is worked on at a time, on a thread of its own. What it found and how far it is lies in the
// store: a program that stops while it publishes goes on where it was when it starts again.
#pragma once

#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "intake/receiver.h"
#include "intake/replay/choice.h"
#include "record/batch.h"

namespace tasuki::intake {

struct ReplaySettings {
  unsigned threads = 2;  // of a comparison
  // Folders of mappings that wait to be put in use, by name: <candidates>/<name>/*.map. Empty:
  // none.
  std::filesystem::path candidates;
  size_t kept_max = 50;  // older ones that are finished are forgotten
};

class Replays {
 public:
  Replays(record::Door& door, CurrentMappings mappings, const std::vector<FeedSettings>& feeds,
          ReplaySettings settings);
  ~Replays();

  // Answers are JSON (docs/ops-api.md).
  // Its id. Then::publish: by the same word of the same person, as soon as it is compared.
  enum class Then : uint8_t { wait, publish };
  Result<std::string> start(const ReplayChoice& choice, const record::Principal& by,
                            Then then = Then::wait);
  Result<std::string> list(const record::Principal& by) const;
  Result<std::string> show(std::string_view id, const record::Principal& by) const;
  struct Page {
    std::string after;  // "Observation/o1"
    size_t count_max = 50;
  };
  // Each record with its differences, element by element. Leaves a trace: this shows patients.
  Result<std::string> changes(std::string_view id, const Page& page,
                              const record::Principal& by) const;
  // Asks for it; the work goes on behind. conflict: not in a state for it.
  Result<void> publish(std::string_view id, const record::Principal& by);
  Result<void> undo(std::string_view id, const record::Principal& by);
  Result<void> forget(std::string_view id, const record::Principal& by);

  void wait();  // until nothing is under way

 private:
  enum class State : uint8_t {
    comparing,
    ready,
    publishing,
    published,
    undoing,
    undone,
    forgetting,
    failed
  };
  struct Replay {
    std::string id;
    State state = State::comparing;
    ReplayChoice choice;
    Then then = Then::wait;
    record::Principal by;
    Instant at;
    std::string problem;
    ReplayCounts counts;
  };
  static std::string text_of(const Replay& replay);
  static Result<Replay> replay_of(std::string_view text);

  void run(const std::stop_token& stop);
  void work(const std::string& id, const std::stop_token& stop);
  Result<void> carry_out(Replay& replay, const std::stop_token& stop);
  Result<void> compare(Replay& replay, const std::stop_token& stop);
  Result<void> slices(Replay& replay, const std::stop_token& stop);
  Result<void> forget_all(Replay& replay, const std::stop_token& stop);
  Result<void> forget_oldest();
  void resume();
  void add_work(std::string id);
  Result<void> turn(std::string_view id, const record::Principal& by, std::vector<State> from,
                    State to);
  Result<void> keep(const Replay& replay) const;
  Result<Replay> find(std::string_view id, const record::Principal& by) const;
  Result<const Receiver*> receiver_of(std::string_view feed, const record::Principal& by) const;
  Result<std::shared_ptr<const Mappings>> mappings_of(const ReplayChoice& choice) const;
  record::Batch batch_of(const Replay& replay) const;
  static Result<void> leave_trace(record::Session& session, const Replay& replay,
                                  std::string_view what);

  record::Door& door_;
  CurrentMappings mappings_;
  ReplaySettings settings_;
  std::vector<std::unique_ptr<Receiver>> receivers_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<std::string> queue_;
  bool is_working_ = false;
  std::jthread thread_;  // last: stops before what it uses goes
};

}  // namespace tasuki::intake
