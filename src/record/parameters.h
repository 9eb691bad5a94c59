// Search parameters added while the program runs: SearchParameter resources of the record and of
// installed packages made active, and what was stored before indexed under them.
//
// Why: a region asks for what nobody foresaw, and its records cannot wait for a restart. A
// parameter is active from the commit of its resource: what is written from then on is indexed
// under it. One thread walks what was stored before, a page a unit of work, and keeps its place in
// the same unit, so that a kill costs one page. Until it is through, a search by the parameter is
// refused with how far it is.
//
// Items: "ready|<hash of the definition>" -> nothing; "walk" -> the place of the walk under way.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "fhir/model/added.h"
#include "record/inside.h"

namespace tasuki::record {

class Parameters {
 public:
  explicit Parameters(Inside& inside) : inside_(inside) {}
  ~Parameters();

  // From the resources as they are stored and the packages as they are installed. At the start, and
  // after each change of one.
  Result<void> load();
  std::vector<ParameterState> states() const;

 private:
  struct Active {
    fhir::AddedParameter parameter;
    std::string hash;  // of its identity
    std::shared_ptr<std::atomic<unsigned>> percent;
  };
  struct Walk {          // where it is
    std::string hashes;  // of the definitions it is for
    size_t type = 0;     // among the types it goes through
    std::optional<store::Cursor> after;
    uint64_t done = 0, all = 0;
  };

  Result<std::vector<Active>> read(store::Reader& reader) const;
  Result<void> read_record(store::Reader& reader, std::vector<Active>& found) const;
  Result<void> add(store::Reader& reader, fhir::AddedParameter parameter,
                   std::vector<Active>& found) const;
  void activate();
  void work(const std::stop_token& stop);
  Result<void> walk(const std::stop_token& stop);
  Result<void> walk_type(const std::stop_token& stop, Walk& walk, fhir::TypeId type,
                         const std::vector<Active>& waiting);
  Result<void> finish(const std::vector<Active>& waiting);
  Result<Walk> resume(const std::vector<Active>& waiting, const std::vector<fhir::TypeId>& types);
  std::vector<fhir::TypeId> types_of(const std::vector<Active>& waiting) const;

  Inside& inside_;
  std::mutex loading_;  // one load at a time, so that the newest committed state wins
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::vector<Active> active_;
  std::jthread thread_;
};

}  // namespace tasuki::record
