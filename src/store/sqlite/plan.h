// How a search's set is found: which candidates to walk, newest record first, and what to ask of
// each.
//
// Postings joined by and/or/not become one FTS5 expression, which walks the shortest list and skips
// in the others. A range beside it is asked of the candidate's own row where candidates are few or
// mostly hit, and read from the ordered index where that looks at less; a sample of the candidates
// decides (choose.cpp). What fits neither is worked out to a list of record numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/sqlite/budget.h"
#include "store/sqlite/snapshot.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

using Records = std::vector<uint64_t>;  // ascending, each once

struct Plan {
  std::string parts;                 // of the question, by name
  std::string match;                 // FTS5 expression; empty: none
  std::vector<std::string> without;  // FTS5 expressions of what is not wanted
  std::vector<const Node*> filters;  // trees of ranges, asked of each candidate's ordered entries
  std::vector<const Node*> not_filters;
  std::optional<Records> set;  // only these
  std::vector<Records> not_sets;
  bool lists_kinds = false;  // match only names the kinds: a record's row tells as much

  bool passes(uint64_t record, std::string_view ordered) const;
};

// What is wanted of the answer, which decides how much of it has to be looked at.
struct Wanted {
  size_t hits = 0;         // on the page and one more
  bool is_whole = false;   // every hit: a total
  bool is_sorted = false;  // not by record
};

struct Bounds {
  uint64_t from = 0;
  uint64_t to = 0;  // both inclusive
};

class Planner {
 public:
  Planner(Snapshot& snapshot, const std::vector<uint16_t>& kinds, Budget& budget)
      : snapshot_(snapshot), kinds_(kinds), budget_(budget) {}

  // `explains`: the budget's steps tell of each list how long it is.
  Result<Plan> plan(const Node& where, bool explains = false);
  // Turns ranges into the plan's set where that looks at less, and gives a plan without any list
  // the kinds' lists.
  Result<void> choose_driver(Plan& plan, const Wanted& wanted);
  Result<uint64_t> live();  // records of the kinds asked for

 private:
  Result<void> add(Plan& plan, const Node& node);
  Result<void> subtract(Plan& plan, const Node& node);
  Result<Records> records_of(const Node& node);
  Result<std::optional<Records>> few_of(const Node& filter, size_t count_max);
  Result<void> drive_by_range(Plan& plan, const Wanted& wanted,
                              const std::vector<const Node*>& ranges);
  Result<double> share_that_passes(const Plan& plan, const Records& records);
  Result<Records> containing(const Node& node);
  Result<Records> matching(const std::string& expression);
  Result<std::string> kinds_expression();

  Snapshot& snapshot_;
  const std::vector<uint16_t>& kinds_;
  Budget& budget_;
  bool explains_ = false;
};

// The plan's candidates, newest record first. Ranges are still to be asked (Plan::passes).
class Candidates {
 public:
  static Result<Candidates> open(Snapshot& snapshot, const Plan& plan, Bounds bounds,
                                 Budget& budget);
  Result<std::optional<uint64_t>> next();

 private:
  explicit Candidates(Snapshot& snapshot) : snapshot_(&snapshot) {}
  Result<void> open_list(const Plan& plan, Bounds bounds, Budget& budget);

  Snapshot* snapshot_;
  std::unique_ptr<std::string> expression_;  // the query borrows its bytes
  std::unique_ptr<Query> rows_;              // or
  Records list_;                             // taken from the back
  bool probes_ = false;                      // asking the expression of each
};

std::string whole_expression(const Plan& plan);  // with what is not wanted
Result<bool> is_listed(Connection& connection, const std::string& expression, uint64_t record);
void intersect(std::optional<Records>& set, Records other);
Records united(Records a, const Records& b);
// Which of the set's records the lists hold, walking only the lists' part between the set's ends.
Result<Records> filtered(Connection& connection, const std::string& expression, const Records& set,
                         Budget& budget);

}  // namespace tasuki::store::sqlite
