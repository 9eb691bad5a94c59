// One unit of work: what several prepared changes, a message and its checkpoints do in one commit
// (law 2).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "record/finder.h"
#include "record/message.h"
#include "record/session/prepare.h"

namespace tasuki::record {

// What the changes were built on; asked again inside the unit of work.
struct Assumption {
  fhir::search::Query query;
  std::vector<std::pair<store::Key, uint32_t>> found;  // and the version each had
};

constexpr std::string_view assumption_failed =
    "assumption";  // location of the Error when one no longer holds

struct UnitResult {
  std::vector<Resource> resources;                // in the order of the changes
  std::vector<std::pair<size_t, Error>> refused;  // each_alone: which change, and why
  uint64_t message = 0;
  std::optional<StoredMessage> repeated;  // it stood already, and nothing was done
};

struct UnitOfWork {
  std::vector<Prepared> changes;
  std::vector<Assumption> assumptions;
  const Inbound* inbound = nullptr;
  // Imports: a change that is refused leaves the others standing, and each patient gets an audit
  // entry of its own, with this text.
  bool each_alone = false;
  std::string detail;
  std::vector<store::Key> erased;  // whose removal is among the changes: their bodies go for good
  std::string once_key, once_fingerprint;  // empty: no key (once.h)
  // What else belongs into the commit, after the changes; empty: nothing. An Error undoes all.
  std::function<Result<void>(store::Writer&, const UnitResult&)> also = {};
};

class UnitRunner {
 public:
  UnitRunner(Inside& inside, const Session& session, const Access& access)
      : inside_(inside), session_(session), given_access_(access), access_(access) {}

  // Commits, then brings the rules in memory up to date. The findings of prepare() are the
  // caller's.
  Result<UnitResult> run(UnitOfWork& unit);

 private:
  Result<void> work(store::Writer& writer, UnitOfWork& unit);
  void remember(const UnitOfWork& unit);
  std::vector<store::Key> terminology_written(const UnitOfWork& unit) const;
  Result<void> check(store::Writer& writer, const Assumption& assumption);
  Result<std::optional<StoredMessage>> same_message(store::Writer& writer, const Inbound& inbound);
  Result<uint64_t> keep_message(store::Writer& writer, const Inbound& inbound);
  Result<void> tell_late(store::Writer& writer, const Inbound& inbound);
  Result<void> apply_all(store::Writer& writer, UnitOfWork& unit);
  Result<Resource> apply(store::Writer& writer, Prepared& prepared);
  Result<Resource> remove(store::Writer& writer, Prepared& prepared);
  Result<std::optional<Resource>> existing(store::Writer& writer, const Prepared& prepared);
  static Resource standing_as_it_is(const Prepared& prepared, const store::Version& standing);
  Result<void> check_owner(store::Writer& writer, const Prepared& prepared,
                           const store::Version& standing);
  Result<Resource> put(store::Writer& writer, Prepared& prepared);
  Result<void> index_again_if_late(Prepared& prepared);
  Result<void> derive(store::Writer& writer, const Prepared& prepared,
                      const store::Receipt& receipt);
  std::string name_of(const Resource& resource) const;  // "Patient/p1/_history/2"
  Result<void> add_trace(store::Writer& writer, const UnitOfWork& unit);
  Result<void> add_trace_by_patient(store::Writer& writer, const UnitOfWork& unit);

  Inside& inside_;
  const Session& session_;
  const Access& given_access_;
  Access access_;
  // Made anew on every run: the store may run a unit more than once.
  UnitResult outcome_;
  bool wrote_ = false;  // the change under way has left something in the store
  Affected affected_;
  std::string report_;  // of the message, as it was kept
  bool parameters_changed_ = false;
};

}  // namespace tasuki::record
