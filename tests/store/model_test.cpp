// Whatever is put, deleted and asked at random, an engine answers as a linear scan over plain
// memory does.
#include <gmock/gmock.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "store/engine.h"

namespace tasuki::store::tests {
namespace {

struct Record {
  Put put;
  uint64_t number = 0, sequence = 0;
  uint32_t version = 0;
};
using Model = std::map<std::string, Record>;  // by id; the kind follows from the id

bool has(const Put& put, const std::function<bool(const std::string&)>& holds) {
  return std::any_of(put.index.terms.begin(), put.index.terms.end(), holds);
}

bool within(const std::string& value, const std::string& from, const std::string& to) {
  return value >= from && (to.empty() || value < to);
}

bool belongs(const Node& node, const Record& record) {
  const auto& put = record.put;
  const auto child = [&](const Node& inner) { return belongs(inner, record); };
  switch (node.op) {
    case Node::Op::all:
      return true;
    case Node::Op::none:
      return false;
    case Node::Op::term:
      return has(put, [&](const auto& term) { return term == node.bytes; });
    case Node::Op::prefix:
      return has(put, [&](const auto& term) { return term.starts_with(node.bytes); });
    case Node::Op::contains:
      return has(put, [&](const auto& term) {
        return term.starts_with(node.bytes) &&
               term.find(node.needle, node.bytes.size()) != std::string::npos;
      });
    case Node::Op::range:
      return std::any_of(
          put.index.ordered.begin(), put.index.ordered.end(), [&](const OrderedEntry& entry) {
            return entry.group == node.group && within(entry.low, node.low_from, node.low_to) &&
                   within(entry.high, node.high_from, node.high_to);
          });
    case Node::Op::both:
      return std::all_of(node.children.begin(), node.children.end(), child);
    case Node::Op::either:
      return std::any_of(node.children.begin(), node.children.end(), child);
    case Node::Op::except:
      return !node.children.empty() && child(node.children[0]) &&
             std::none_of(node.children.begin() + 1, node.children.end(), child);
    case Node::Op::about:  // about_test.cpp
      return true;
    case Node::Op::records:
      return std::count(node.records.begin(), node.records.end(), record.number) > 0;
  }
  return false;
}

std::optional<std::string> sort_value(const Record& record, const SortKey& key) {
  if (key.group == 0) return std::string(1, '0') + std::to_string(1'000'000'000 + record.sequence);
  std::optional<std::string> value;
  for (const auto& entry : record.put.index.ordered) {
    if (entry.group != key.group) continue;
    if (!value || (key.descending ? entry.low > *value : entry.low < *value)) value = entry.low;
  }
  return value;
}

bool comes_before(const Record& a, const Record& b, const std::vector<SortKey>& sort) {
  for (const auto& key : sort) {
    const auto x = sort_value(a, key);
    const auto y = sort_value(b, key);
    if (x == y) continue;
    if (!x || !y) return x.has_value();
    return key.descending ? *x > *y : *x < *y;
  }
  return a.number > b.number;
}

constexpr uint64_t by_high_group = 2;

class Chance {
 public:
  explicit Chance(unsigned seed) : random_(seed) {}
  int below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }
  bool one_in(int count) { return below(count) == 0; }

  std::string value() { return std::to_string(10 + below(40)); }
  std::string term() {
    static const std::string_view words[] = {"a",          "ab",       "abc",    "b|ヤマダ",
                                             "b|ヤマモト", "b|サトウ", "c|\x01", "c|\xff\xfe"};
    return std::string(words[static_cast<size_t>(below(8))]) +
           (one_in(2) ? "" : std::to_string(below(3)));
  }

  Put put(int ids) {
    const int id = below(ids);
    Put put = put_of(static_cast<uint16_t>(1 + id % 3), "id" + std::to_string(id),
                     std::to_string(below(1000)));
    for (int i = below(5); i > 0; --i)
      put.index.terms.push_back(term());
    for (int i = below(4); i > 0; --i) {
      auto low = value();
      auto high = one_in(2) ? low : value();
      const auto group = static_cast<uint64_t>(1 + below(3));
      put.index.ordered.push_back(
          {group, std::min(low, high), std::max(low, high), group == by_high_group});
    }
    put.deleted = one_in(6);
    if (put.deleted) put.index = {}, put.body = {};
    put.subject = "Patient/" + std::to_string(below(4));
    put.owner = one_in(2) ? "hospital" : "clinic";
    return put;
  }

  Node node(int depth, uint64_t records) {
    const auto bound = [&] { return one_in(2) ? std::string() : value(); };
    switch (below(depth > 0 ? 12 : 8)) {
      case 0:
        return {};
      case 1:
        return prefix(term().substr(0, 3));
      case 2:
        return contains("b|", one_in(2) ? "マ" : "ウ1");
      case 3:
      case 4: {
        auto node = range(static_cast<uint64_t>(1 + below(3)), bound(), bound(), bound(), bound());
        node.by_high = node.group == by_high_group;
        return node;
      }
      case 5: {
        Node node;
        node.op = one_in(5) ? Node::Op::none : Node::Op::records;
        if (node.op == Node::Op::none) return node;
        for (int i = below(20); i > 0; --i)
          node.records.push_back(static_cast<uint64_t>(below(static_cast<int>(records) + 3)));
        return node;
      }
      case 6:
      case 7:
        return tests::term(term());
      default:
        break;
    }
    const Node::Op ops[] = {Node::Op::both, Node::Op::either, Node::Op::except};
    std::vector<Node> children;
    for (int i = below(4); i > 0; --i)
      children.push_back(node(depth - 1, records));
    return join(ops[below(3)], std::move(children));
  }

 private:
  std::mt19937 random_;
};

class AgainstModel : public EveryEngine {
 protected:
  struct Size {
    int changes = 8, ids = 60, searches_apart = 4;
  };

  // Changes in one unit, searched in the midst of it; sometimes undone.
  void write_unit(Model& model, Chance& chance, Size size) {
    auto changed = model;
    const bool fails = chance.one_in(5);
    const auto before = chance;
    const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
      changed = model;  // an engine may run it again
      chance = before;
      for (int i = chance.below(size.changes); i >= 0; --i) {
        const auto written = chance.put(size.ids);
        if (written.deleted && !changed.contains(written.key.id)) continue;
        const auto receipt = TRY(writer.put(written));
        if (!receipt.unchanged) {
          changed[written.key.id] = {written, receipt.record, receipt.sequence, receipt.number};
        }
        if (chance.one_in(size.searches_apart)) compare(writer, changed, chance);
      }
      if (fails) return Error{Error::Kind::conflict, "undone", {}};
      return {};
    });
    EXPECT_EQ(outcome.has_value(), !fails);
    if (!fails) model = std::move(changed);
  }

  std::vector<std::string> expected(const Search& search, const Model& model,
                                    const std::set<std::string>& hidden,
                                    std::string_view open_owner) {
    std::vector<const Record*> found;
    for (const auto& [id, record] : model) {
      const bool kind = search.kinds.empty() ||
                        std::count(search.kinds.begin(), search.kinds.end(), record.put.key.kind);
      const bool is_hidden = hidden.contains(record.put.subject) && record.put.owner != open_owner;
      if (record.put.deleted || !kind || is_hidden) continue;
      if (belongs(search.where, record)) found.push_back(&record);
    }
    std::sort(found.begin(), found.end(),
              [&](auto* a, auto* b) { return comes_before(*a, *b, search.sort); });
    std::vector<std::string> ids;
    for (const auto* record : found)
      ids.push_back(record->put.key.id);
    return ids;
  }

  void compare(Reader& reader, const Model& model, Chance& chance, size_t pages_max = SIZE_MAX) {
    std::set<std::string> hidden;
    std::set<uint64_t> hidden_numbers;
    if (chance.one_in(2)) {
      hidden.insert("Patient/1");
      hidden_numbers.insert(must(reader.number_of("Patient/1")));
    }
    Search search;
    if (!chance.one_in(4)) search.kinds = {static_cast<uint16_t>(1 + chance.below(3))};
    search.where = chance.node(3, model.size());
    for (int i = chance.below(3); i > 0; --i) {
      search.sort.push_back({static_cast<uint64_t>(chance.below(4)), chance.one_in(2)});
    }
    search.count_max = static_cast<size_t>(1 + chance.below(15));
    search.with_total = chance.one_in(2);
    const std::string open_owner = chance.one_in(2) ? "hospital" : "";
    if (!open_owner.empty()) search.admitted_owner = must(reader.number_of(open_owner));
    search.admits = [&](uint64_t owner, uint64_t subject) {
      const bool is_open = owner != 0 && owner == search.admitted_owner;
      return is_open || !hidden_numbers.contains(subject);
    };

    const auto wanted = expected(search, model, hidden, open_owner);
    std::vector<std::string> found;
    size_t pages = 0;
    do {
      const auto page = must(reader.search(search));
      if (search.with_total) {
        EXPECT_EQ(page.total, wanted.size());
      }
      EXPECT_LE(page.hits.size(), search.count_max);
      for (const auto& hit : page.hits)
        found.push_back(hit.key.id);
      search.after = page.next;
    } while (search.after && ++pages < pages_max);
    const size_t compared = search.after ? found.size() : wanted.size();
    EXPECT_THAT(found, testing::ElementsAreArray(wanted.data(), compared));
  }
};
INSTANTIATE_TEST_SUITE_P(Engine, AgainstModel, testing::ValuesIn(engines()),
                         testing::PrintToStringParamName());

TEST_P(AgainstModel, answers_within_large_units_as_a_linear_scan_does) {
  for (unsigned seed = 1; seed <= 2 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    start_anew();
    Chance chance(seed);
    Model model;
    for (int unit = 0; unit < 4; ++unit)
      write_unit(model, chance, {.changes = 1'500, .ids = 600, .searches_apart = 60});
    const auto reader = store_->read();
    for (int i = 0; i < 20 && !HasFailure(); ++i)
      compare(*reader, model, chance);
  }
}

TEST_P(AgainstModel, answers_as_a_linear_scan_does) {
  for (unsigned seed = 1; seed <= 12 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    start_anew();
    Chance chance(seed);
    Model model;
    for (int unit = 0; unit < 40; ++unit)
      write_unit(model, chance, {});
    const auto reader = store_->read();
    for (int i = 0; i < 150 && !HasFailure(); ++i)
      compare(*reader, model, chance);
    for (const auto& [id, record] : model) {
      const auto version = must(reader->current(record.put.key));
      ASSERT_TRUE(version);
      EXPECT_EQ(version->number, record.version);
      EXPECT_EQ(version->deleted, record.put.deleted);
    }
  }
}

// Enough records that lists are sampled, ranges drive and sorts walk the ordered index.
TEST_P(AgainstModel, answers_as_a_linear_scan_does_when_there_are_many) {
  constexpr int ids = 6000;
  Chance chance(2026);
  Model model;
  for (int unit = 0; unit < 4; ++unit) {
    const auto outcome = store_->write([&](Writer& writer) -> Result<void> {
      for (int i = 0; i < ids / 4; ++i) {
        const auto written = chance.put(ids);
        if (written.deleted && !model.contains(written.key.id)) continue;
        const auto receipt = TRY(writer.put(written));
        model[written.key.id] = {written, receipt.record, receipt.sequence, receipt.number};
      }
      return {};
    });
    ASSERT_TRUE(outcome.has_value());
  }
  const auto reader = store_->read();
  for (int i = 0; i < 150 && !HasFailure(); ++i) {
    SCOPED_TRACE(testing::Message() << "question " << i);
    compare(*reader, model, chance, 4);
  }
}

// What readers remember is of one state of the database: it follows the writes, and a reader whose
// snapshot is older does not see what a younger one has learnt.
TEST_P(AgainstModel, answers_each_snapshot_from_its_own_state) {
  for (unsigned seed = 1; seed <= 6 && !HasFailure(); ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    start_anew();
    Chance chance(seed);
    Model model;
    for (int unit = 0; unit < 30 && !HasFailure(); ++unit) {
      write_unit(model, chance, {});
      const auto before = store_->read();
      const Model then = model;
      for (int i = 0; i < 4; ++i)
        compare(*before, then, chance);
      write_unit(model, chance, {});
      const auto after = store_->read();
      for (int i = 0; i < 4; ++i)
        compare(*after, model, chance);
      for (int i = 0; i < 4; ++i)
        compare(*before, then, chance);
    }
  }
}

}  // namespace
}  // namespace tasuki::store::tests
