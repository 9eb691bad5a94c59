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
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/sqlite/budget.h"
#include "store/sqlite/recalled.h"
#include "store/sqlite/record_set.h"
#include "store/sqlite/sample.h"
#include "store/sqlite/snapshot.h"
#include "store/store.h"

namespace tasuki::store::sqlite {

struct List {  // of records, by an FTS5 expression
  std::string expression;
  const Node* node = nullptr;  // null: the kinds
};

// Of an `about`: whom the records of its child are about.
struct Subjects {
  std::vector<bool> numbers;  // of their names
  uint64_t unsure = 0;        // a record about it may be about anybody
  bool is_anybody = false;    // one of the child's is: nothing can be told

  void add(uint64_t subject) {
    if (subject >= numbers.size()) numbers.resize(subject + subject / 2 + 1);
    numbers[subject] = true;
  }
  bool has(uint64_t subject) const { return subject < numbers.size() && numbers[subject]; }
};

struct Plan {
  std::string parts;          // of the question, by name
  std::vector<List> lists;    // a record stands in each of them
  std::vector<List> without;  // and in none of these
  // Trees of ranges, asked of each candidate's ordered entries, and of terms whose lists are held.
  std::vector<const Node*> filters;
  std::vector<const Node*> not_filters;
  std::unordered_map<const Node*, Recall::List> held;
  std::vector<Subjects> about;          // of each candidate's own subject
  std::optional<Records> set;           // only these
  std::optional<RecordSet> remembered;  // only these: lists and without are in it already
  std::vector<Records> not_sets;
  bool lists_kinds = false;  // the lists only name the kinds: a record's row tells as much

  bool passes(uint64_t record, std::string_view ordered) const;
  bool holds(const Node& filter, uint64_t record, std::string_view ordered) const;
  bool is_about(uint64_t subject) const;
  // The set is known from here on: the lists, too.
  void drive_by(Records records);
};

// What is wanted of the answer, which decides how much of it has to be looked at.
struct Wanted {
  size_t hits = 0;         // on the page and one more
  bool is_whole = false;   // every hit: a total
  bool is_sorted = false;  // not by record
  uint64_t sort_group = 0;
};

struct Bounds {
  uint64_t from = 0;
  uint64_t to = 0;  // both inclusive
};

class Planner {
 public:
  Planner(Snapshot& snapshot, const Recalled& recalled, const Search& search, Budget& budget)
      : snapshot_(snapshot),
        recalled_(recalled),
        search_(search),
        kinds_(search.kinds),
        budget_(budget) {}

  // `explains`: the budget's steps tell of each list how long it is.
  Result<Plan> plan(const Node& where, bool explains = false);
  // Turns ranges into the plan's set where that looks at less, and gives a plan without any list
  // the kinds' lists.
  Result<void> choose_driver(Plan& plan, const Wanted& wanted);
  Result<uint64_t> live();  // records of the kinds asked for
  // The plan's lists as one remembered set; false: some are not remembered, and `reads` is false.
  Result<bool> remember(Plan& plan, bool reads);
  // How many candidates there are and some of them, the newest.
  Result<Sample> sample_of(const Plan& plan);

 private:
  Result<void> add(Plan& plan, const Node& node);
  Result<void> subtract(Plan& plan, const Node& node);
  Result<Records> records_of(const Node& node);
  Result<bool> hold_terms(Plan& plan, const Node& node);
  Result<std::optional<Records>> few_of(const Plan& plan, const Node& filter, size_t count_max);
  Result<void> drive_by_range(Plan& plan, const Wanted& wanted,
                              const std::vector<const Node*>& ranges);
  Result<double> share_that_passes(const Plan& plan, const Records& records);
  Result<Records> containing(const Node& node);
  Result<Records> matching(const std::string& expression);
  Result<void> add_about(Plan& plan, const Node& node);
  Result<void> find_subjects(Subjects& about, const Node& node);
  void take_subject(Subjects& about, const Search& far, uint64_t record);
  Result<std::string> kinds_expression();
  Result<void> recall_lists(Plan& plan, const Wanted& wanted);
  Result<std::optional<RecordSet>> remembered(const Node& node, bool reads);
  Result<std::optional<RecordSet>> remembered_kinds(bool reads);

  Snapshot& snapshot_;
  const Recalled& recalled_;
  const Search& search_;
  std::vector<uint16_t> kinds_;
  Budget& budget_;
  bool explains_ = false;
};

// The plan's candidates, newest record first. Ranges are still to be asked (Plan::passes).
class Candidates {
 public:
  static Result<Candidates> open(Snapshot& snapshot, const Recalled& recalled, const Plan& plan,
                                 Bounds bounds, Budget& budget);
  Result<std::optional<uint64_t>> next();

 private:
  explicit Candidates(Snapshot& snapshot) : snapshot_(&snapshot) {}
  Result<void> open_list(const Recalled& recalled, const Plan& plan, Bounds bounds, Budget& budget);
  Result<bool> narrow(const Recalled& recalled, const List& list, bool wanted);

  Snapshot* snapshot_;
  const RecordSet* remembered_ = nullptr;    // the plan's
  uint64_t from_ = 0, to_ = 0;               // of it
  std::unique_ptr<std::string> expression_;  // the query borrows its bytes
  std::unique_ptr<Query> rows_;              // or
  Records list_;                             // taken from the back
  bool probes_ = false;                      // asking the expression of each
};

std::string expression_of(const Node& posting);
std::string whole_expression(const Plan& plan);  // with what is not wanted
Result<bool> is_listed(Connection& connection, const std::string& expression, uint64_t record);
void intersect(std::optional<Records>& set, Records other);
Records united(Records a, const Records& b);
// Which of the set's records the lists hold, walking only the lists' part between the set's ends.
Result<Records> filtered(Connection& connection, const std::string& expression, const Records& set,
                         Budget& budget);

}  // namespace tasuki::store::sqlite
