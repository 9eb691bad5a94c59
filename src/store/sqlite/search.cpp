// A page of a search: walk the candidates, ask of each what the postings cannot tell, sort, cut.
//
// Without sort keys hits come by record number, newest first, which is the order of the walk: a
// page costs what a page holds. With sort keys the values come from the candidates' own rows
// (ordered entries), the smallest low end of the group ascending, the largest low end descending.
// Where reading them all costs more, the ordered index is walked in its own order instead and each
// record is asked whether it belongs, so that a page costs what lies before it.
#include <algorithm>
#include <limits>

#include <fmt/core.h>

#include "store/sqlite/codec.h"
#include "store/sqlite/ordered.h"
#include "store/sqlite/plan.h"
#include "store/sqlite/snapshot.h"
#include "store/sqlite/sort_start.h"
#include "store/sqlite/sort_value.h"
#include "store/sqlite/walk.h"

namespace tasuki::store::sqlite {
namespace {

// So many candidates are sorted by their rows without asking what else would cost less.
constexpr size_t sorted_by_rows = 100;
// Records read to be sorted by what only their body says.
constexpr size_t read_to_sort_max = 100'000;
// Of a list too long to be remembered each record that the walk meets is looked up, which costs as
// much as reading so many entries.
constexpr uint64_t look_up_cost = 400;
// A row read costs as much as so many entries of a list.
constexpr uint64_t row_cost = 80;
// The index is walked so many times longer than expected before sorting is taken after all.
constexpr uint64_t patience = 8, steps_least = 20'000;
constexpr uint64_t number_max = std::numeric_limits<int64_t>::max();

struct Hit {
  std::vector<std::string> values;  // of the sort keys: empty = absent, else 1 and the value
  uint64_t record = 0;
};

class Finder {
 public:
  Finder(Snapshot& snapshot, const Recalled& recalled, const Search& search)
      : snapshot_(snapshot), recalled_(recalled), search_(search), budget_(search.cost_max) {}

  Result<SearchPage> run() {
    record_max_ = search_.after ? search_.after->record_max : TRY(newest_record());
    Planner planner(snapshot_, recalled_, search_, budget_);
    plan_ = TRY(planner.plan(search_.where, search_.explains));
    is_sorted_within_ = is_sorted_within();
    TRY(planner.choose_driver(plan_,
                              {.hits = search_.count_max + 1,
                               .is_whole = search_.with_total,
                               .is_sorted = !search_.sort.empty(),
                               .sort_group = search_.sort.empty() ? 0 : search_.sort[0].group}));
    if (search_.sort.empty()) {
      TRY(by_record());
    } else {
      TRY(check_cursor());
      TRY(choose_order(planner));
      const bool is_done = walks_index_ && TRY(by_index());
      if (!is_done) TRY(by_values());
    }
    if (search_.with_total) page_.total = total_;
    page_.steps = budget_.steps();
    return std::move(page_);
  }

 private:
  Result<uint64_t> newest_record() {
    auto rows = TRY(snapshot_.connection().query("SELECT coalesce(max(number), 0) FROM record"));
    TRY(rows.next());
    return rows.number(0);
  }

  Result<Walk> walk(uint64_t to) {
    const Bounds bounds{0, to};
    return Walk(TRY(Candidates::open(snapshot_, recalled_, plan_, bounds, budget_)),
                snapshot_.pending(), search_.where, bounds);
  }

  // The next record that belongs to the answer as far as its row tells, or what is remembered of
  // it.
  Result<std::optional<RecordRow>> next(Walk& walk) {
    const bool asks_row =
        !search_.sort.empty() || !plan_.filters.empty() || !plan_.not_filters.empty();
    while (const auto record = TRY(walk.next())) {
      TRY(budget_.spend(1));
      const auto about = about_of(*record);
      if (about && !belongs(*about)) continue;
      if (about && !asks_row) {
        if (!plan_.passes(*record, {})) continue;
        RecordRow row;
        row.number = *record;
        return row;
      }
      auto row = TRY(snapshot_.candidate(*record));
      if (row && belongs(*row, walk.written_now())) return row;
    }
    return std::optional<RecordRow>();
  }

  std::optional<About> about_of(uint64_t record) const {
    return recalled_.columns() ? recalled_.columns()->find(record) : std::nullopt;
  }

  bool is_of_kind(uint16_t kind) const {
    const auto& kinds = search_.kinds;
    return kinds.empty() || std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
  }

  bool belongs(const About& about) const {
    return about.lives && is_of_kind(about.kind) && plan_.is_about(about.subject) &&
           (!search_.admits || search_.admits(about.owner, about.subject));
  }

  bool belongs(const RecordRow& row, bool written_now) const {
    if (row.deleted || !is_of_kind(row.key.kind)) return false;
    if (!written_now && !plan_.passes(row.number, row.ordered)) return false;
    return plan_.is_about(row.subject) &&
           (!search_.admits || search_.admits(row.owner, row.subject));
  }

  // The record's version, or nothing if the search's own check of the body refuses it.
  Result<std::optional<Version>> verified(uint64_t record) {
    auto version = TRY(snapshot_.current_of_record(record));
    if (version && search_.verifies && !search_.verifies(*version)) version.reset();
    return version;
  }

  // Every candidate counts that its columns admit: nothing else is asked of it.
  bool is_counted_by_columns() const {
    return search_.with_total && !search_.verifies && recalled_.columns() && plan_.remembered &&
           plan_.filters.empty() && plan_.not_filters.empty() && plan_.not_sets.empty();
  }

  // Those that need not be asked for, as whole sets; left are the others.
  RecordSet count_sets() {
    RecordSet left = *plan_.remembered;
    const auto& columns = *recalled_.columns();
    const bool is_of_all = record_max_ >= columns.record_max() && plan_.about.empty();
    if (!is_of_all) return left;
    for (const auto kind : search_.kinds) {
      columns.each_living(kind, [&](uint64_t owner, const RecordSet& living) {
        if (search_.admits && (owner == 0 || owner != search_.admitted_owner)) return;
        const auto count = RecordSet::count_of_both(left, living);
        total_ += count;
        left = count == left.count() ? RecordSet() : RecordSet::except(left, living);
      });
    }
    return left;
  }

  Result<void> count_by_columns() {
    Records unknown;
    size_t looked_at = 0;
    count_sets().each_down_from(record_max_, [&](uint64_t record) {
      ++looked_at;
      const auto about = recalled_.columns()->find(record);
      if (!about) {
        unknown.push_back(record);
      } else if (belongs(*about)) {
        ++total_;
      }
    });
    for (const auto record : unknown) {
      const auto row = TRY(snapshot_.candidate(record));
      if (row && belongs(*row, false)) ++total_;
    }
    return budget_.spend(looked_at);
  }

  Result<void> by_record() {
    const bool is_counted = is_counted_by_columns();
    if (is_counted) TRY(count_by_columns());
    const bool counts = search_.with_total && !is_counted;
    const auto after = search_.after ? search_.after->record : std::numeric_limits<uint64_t>::max();
    auto records = TRY(walk(counts ? record_max_ : std::min(record_max_, after - 1)));
    while (auto row = TRY(next(records))) {
      const bool wanted = row->number < after && page_.hits.size() < search_.count_max;
      if (!wanted && !search_.verifies) {
        if (row->number < after) more_after_page();
      } else {
        auto version = TRY(verified(row->number));
        if (!version) continue;
        if (wanted) {
          page_.hits.push_back(*std::move(version));
        } else if (row->number < after) {
          more_after_page();
        }
      }
      if (counts) ++total_;
      if (!counts && (page_.next || search_.count_max == 0)) break;
    }
    return {};
  }

  void more_after_page() {
    if (page_.next || page_.hits.empty()) return;
    page_.next = Cursor{{}, page_.hits.back().record, record_max_};
  }

  // Strictly before in the search's order.
  bool before(const std::vector<std::string>& a, uint64_t a_record,
              const std::vector<std::string>& b, uint64_t b_record) const {
    for (size_t i = 0; i < search_.sort.size(); ++i) {
      if (a[i] == b[i]) continue;
      if (a[i].empty() || b[i].empty()) return b[i].empty();  // absent values come last
      return search_.sort[i].descending ? a[i] > b[i] : a[i] < b[i];
    }
    return a_record > b_record;
  }

  Result<void> check_cursor() const {
    if (!search_.after || search_.after->values.size() == search_.sort.size()) return {};
    return Error{Error::Kind::invalid, "The cursor belongs to a search with other sort keys.", {}};
  }

  bool in_order(const Hit& a, const Hit& b) const {
    return before(a.values, a.record, b.values, b.record);
  }

  // The hit with its sort values, unless it lies on a former page.
  std::optional<Hit> hit_of(const RecordRow& row, const Version* version = nullptr) const {
    Hit hit{.values = {}, .record = row.number};
    for (const auto& key : search_.sort) {
      if (!key.of_version) {
        hit.values.push_back(value_of(key, row));
        continue;
      }
      auto value = version != nullptr ? key.of_version(*version) : std::string();
      hit.values.push_back(value.empty() ? value : "\x01" + value);
    }
    const auto& after = search_.after;
    if (after && !before(after->values, after->record, hit.values, hit.record)) return std::nullopt;
    return hit;
  }

  Result<void> by_values() {
    // Verifying late spares unpacking bodies that the page never shows; a total needs each of them
    // verified.
    const bool reads = reads_to_sort();
    const bool verifies_late = search_.verifies && !search_.with_total && !reads;
    const size_t kept_max = search_.count_max + 1;
    std::vector<Hit> hits;
    auto records = TRY(walk(record_max_));
    while (auto row = TRY(next(records))) {
      std::optional<Version> version;
      if (reads || (search_.verifies && !verifies_late)) {
        version = TRY(verified(row->number));
        if (!version) continue;
      }
      if (reads && total_ >= read_to_sort_max) return too_many_to_read();
      ++total_;
      auto hit = hit_of(*row, version ? &*version : nullptr);
      if (!hit) continue;
      hits.push_back(*std::move(hit));
      if (verifies_late || hits.size() < 2 * kept_max + 64) continue;
      const auto cut = hits.begin() + static_cast<std::ptrdiff_t>(kept_max);
      std::nth_element(hits.begin(), cut, hits.end(),
                       [&](const Hit& a, const Hit& b) { return in_order(a, b); });
      hits.erase(cut, hits.end());
    }
    TRY(take_all(hits));
    return {};
  }

  bool reads_to_sort() const {
    return std::any_of(search_.sort.begin(), search_.sort.end(),
                       [](const SortKey& key) { return static_cast<bool>(key.of_version); });
  }

  static Error too_many_to_read() {
    return {Error::Kind::too_costly,
            fmt::format("More than {} records would have to be read to sort them so. Narrow the "
                        "search, or sort by something that is kept in order.",
                        read_to_sort_max),
            "_sort"};
  }

  // False: the page is full.
  Result<bool> take_all(std::vector<Hit>& hits) {
    std::sort(hits.begin(), hits.end(), [&](const Hit& a, const Hit& b) { return in_order(a, b); });
    // A record may have stood twice in the index, as spans of one beginning: then its hits are
    // neighbours now.
    const auto same = [](const Hit& a, const Hit& b) { return a.record == b.record; };
    hits.erase(std::unique(hits.begin(), hits.end(), same), hits.end());
    for (const auto& hit : hits) {
      const bool is_full = page_.hits.size() >= search_.count_max;
      if (is_full && page_.hits.empty()) return false;
      auto version = TRY(verified(hit.record));
      if (!version) continue;
      if (is_full) {
        page_.next = Cursor{last_.values, last_.record, record_max_};
        return false;
      }
      page_.hits.push_back(*std::move(version));
      last_ = hit;
    }
    return true;
  }

  // By the lists: a record is asked for but once, whether sorted or walked past.
  Result<void> narrow_set() {
    auto candidates = TRY(Candidates::open(snapshot_, recalled_, plan_, {0, record_max_}, budget_));
    Records records;
    while (const auto record = TRY(candidates.next()))
      records.push_back(*record);
    std::reverse(records.begin(), records.end());
    plan_.drive_by(std::move(records));
    return {};
  }

  // The order's own index holds nothing but what the only list holds.
  bool is_sorted_within() const {
    if (search_.sort.empty() || search_.sort[0].implies.empty()) return false;
    const auto& lists = plan_.lists;
    return lists.size() == 1 && lists[0].node && lists[0].node->op == Node::Op::term &&
           lists[0].node->bytes == search_.sort[0].implies && plan_.without.empty() && !plan_.set;
  }

  // A row read for each candidate, or the index walked past those that do not belong? What a unit
  // has yet to commit is not in the index or not in the counters, and a total needs every hit
  // anyway.
  Result<void> choose_order(Planner& planner) {
    const bool writes = snapshot_.pending() && !snapshot_.pending()->kinds().empty();
    if (search_.with_total || writes || reads_to_sort()) return {};
    is_sorted_within_ = is_sorted_within_ && !plan_.set;
    if (plan_.set) TRY(narrow_set());
    const auto live = TRY(planner.live());
    uint64_t candidates = plan_.set ? plan_.set->size() : live;
    if (!plan_.set && !plan_.lists_kinds) {
      auto list = TRY(planner.sample_of(plan_));
      candidates = list.expected;
      if (list.is_whole) plan_.drive_by(std::move(list.newest));
    }
    if (candidates <= sorted_by_rows) return {};
    const uint64_t wanted = search_.count_max + 1;
    steps_expected_ =
        is_sorted_within_ ? wanted : wanted * std::max<uint64_t>(live / candidates, 1);
    const bool looks_up = !is_sorted_within_ && !plan_.set && !plan_.lists_kinds &&
                          !plan_.remembered &&
                          !(candidates <= read_max && TRY(planner.remember(plan_, true)));
    const uint64_t walk =
        steps_expected_ * (looks_up ? look_up_cost : uint64_t{10}) + wanted * row_cost;
    walks_index_ = walk < candidates * row_cost;
    return {};
  }

  // False: the index leads nowhere soon, and nothing is on the page.
  Result<bool> by_index() {
    budget_.begin("_sort", "ordered index, in its order");
    budget_.expect(steps_expected_);
    const auto* after = search_.after ? &search_.after->values[0] : nullptr;
    if (!after || !after->empty()) {  // the cursor may already be among those without a value
      const auto start = TRY(begin_where_asked());
      if (!start) return true;
      auto from = after ? std::string_view(*after).substr(1) : std::string_view();
      const bool is_behind = after && (search_.sort[0].descending ? from < *start : from > *start);
      if (!start->empty() && !is_behind) from = *start;
      auto rows = TRY(index_from(from, after || !start->empty()));
      const auto walked = TRY(walk_index(std::move(rows)));
      if (walked == Walked::too_far) page_ = {};
      if (walked != Walked::to_the_end) return walked == Walked::full;
    }
    if (search_.sort[0].group == 0) return true;  // every record has a last change
    budget_.begin("_sort", "those without a value");
    std::vector<Hit> without_value;
    auto records = TRY(walk(record_max_));
    while (auto row = TRY(next(records))) {
      auto hit = value_of(search_.sort[0], *row).empty() ? hit_of(*row) : std::nullopt;
      if (hit) without_value.push_back(*std::move(hit));
    }
    TRY(take_all(without_value));
    return true;
  }

  // From where on the index is to be walked, those before having been taken. Nothing: the page is
  // full.
  Result<std::optional<std::string>> begin_where_asked() {
    constexpr size_t before_max = 500;
    auto start = sort_start(plan_, search_.sort[0]);
    std::vector<Hit> hits;
    for (const auto* range : start.before) {
      const auto found = TRY(find_in_range(snapshot_.connection(), *range, before_max));
      TRY(budget_.spend(std::min(found.looked_at, before_max)));
      if (!found.complete) return std::optional(std::string());
      for (const auto record : found.records) {
        const auto row = TRY(snapshot_.candidate(record));
        if (record > record_max_ || !row || !belongs(*row, false) ||
            !TRY(is_candidate(record, whole_expression(plan_))) ||
            value_of(search_.sort[0], *row).substr(1) >= start.value)
          continue;
        if (auto hit = hit_of(*row)) hits.push_back(*std::move(hit));
      }
    }
    if (!TRY(take_all(hits))) return std::optional<std::string>();
    return std::optional(std::move(start.value));
  }

  // As far as set and lists tell.
  Result<bool> is_candidate(uint64_t record, const std::string& expression) {
    const auto& set = plan_.set;
    if (set && !std::binary_search(set->begin(), set->end(), record)) return false;
    if (plan_.remembered && !plan_.remembered->has(record)) return false;
    return expression.empty() || TRY(is_listed(snapshot_.connection(), expression, record));
  }

  Result<Query> index_from(std::string_view value, bool resumes) {
    if (search_.sort[0].group == 0) return log_from(value);
    const auto group = search_.sort[0].group;
    auto& connection = snapshot_.connection();
    if (!search_.sort[0].descending) {
      return connection.query("SELECT low, record FROM ordered WHERE grp=? AND low>=? ORDER BY low",
                              group, value);
    }
    if (!resumes)
      return connection.query("SELECT low, record FROM ordered WHERE grp=? ORDER BY low DESC",
                              group);
    return connection.query(
        "SELECT low, record FROM ordered WHERE grp=? AND low<=? ORDER BY low DESC", group, value);
  }

  // By last change the version log is the index; superseded versions are passed over.
  Result<Query> log_from(std::string_view value) {
    auto& connection = snapshot_.connection();
    const bool descending = search_.sort[0].descending;
    const auto from = value.empty() ? (descending ? number_max : 0) : number_of(value);
    if (search_.kinds.size() == 1) {
      return connection.query(descending ? "SELECT sequence, record FROM version WHERE kind=? AND "
                                           "sequence<=? ORDER BY sequence DESC"
                                         : "SELECT sequence, record FROM version WHERE kind=? AND "
                                           "sequence>=? ORDER BY sequence",
                              search_.kinds[0], from);
    }
    return connection.query(
        descending ? "SELECT sequence, record FROM version WHERE sequence<=? ORDER BY sequence DESC"
                   : "SELECT sequence, record FROM version WHERE sequence>=? ORDER BY sequence",
        from);
  }

  enum class Walked : uint8_t { full, to_the_end, too_far };

  // Takes the index's records value by value: those with the same one are sorted by the further
  // keys.
  Result<Walked> walk_index(Query rows) {
    const bool row_tells = (plan_.lists_kinds && plan_.without.empty()) || is_sorted_within_;
    const auto expression = row_tells ? std::string() : whole_expression(plan_);
    const uint64_t steps_max = std::max(steps_expected_ * patience, steps_least);
    std::string value;
    std::vector<Hit> run;
    for (uint64_t steps = 0; TRY(rows.next()); ++steps) {
      TRY(budget_.spend(1));
      const auto now =
          search_.sort[0].group == 0 ? big_endian(rows.number(0)) : std::string(rows.bytes(0));
      if (now != value) {
        if (!TRY(take_all(run))) return Walked::full;
        run.clear();
        value = now;
      }
      if (steps > steps_max) return Walked::too_far;
      const auto record = rows.number(1);
      if (record > record_max_ || !TRY(is_candidate(record, expression))) continue;
      const auto about = about_of(record);
      if (about && !belongs(*about)) continue;
      const auto row = TRY(snapshot_.candidate(record));
      // A record counts where its own sort value stands, not at each of its values.
      if (!row || !belongs(*row, false) || value_of(search_.sort[0], *row).substr(1) != value)
        continue;
      if (auto hit = hit_of(*row)) run.push_back(*std::move(hit));
    }
    return TRY(take_all(run)) ? Walked::to_the_end : Walked::full;
  }

  Snapshot& snapshot_;
  const Recalled& recalled_;
  const Search& search_;
  Budget budget_;
  Plan plan_;
  uint64_t record_max_ = 0;
  uint64_t total_ = 0;
  bool walks_index_ = false, is_sorted_within_ = false;
  uint64_t steps_expected_ = 0;
  SearchPage page_;
  Hit last_;  // on the page
};

}  // namespace

Result<bool> Snapshot::knows_subjects() {
  TRY(begin());
  return TRY(Recalled::of(*this)).columns() != nullptr;
}

Result<SearchPage> Snapshot::search(const Search& search) {
  TRY(begin());
  const auto recalled = TRY(Recalled::of(*this));
  return Finder(*this, recalled, search).run();
}

}  // namespace tasuki::store::sqlite
