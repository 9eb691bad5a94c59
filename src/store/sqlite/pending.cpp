#include "store/sqlite/pending.h"

#include <algorithm>
#include <functional>
#include <tuple>

#include "store/sqlite/codec.h"
#include "store/sqlite/ordered.h"

namespace tasuki::store::sqlite {

Glance::Glance(std::string_view document) {
  each_term(document, [&](std::string_view term) {
    if (term[0] != 't') return true;
    const size_t hash = std::hash<std::string_view>{}(term.substr(1));
    bits_.set(hash % bits);
    bits_.set(hash / bits % bits);
    return true;
  });
}

bool Glance::may_have(std::string_view term) const {
  const size_t hash = std::hash<std::string_view>{}(term);
  return bits_.test(hash % bits) && bits_.test(hash / bits % bits);
}

namespace {

bool may_match(const Node& where, const Glance& glance) {
  const auto may = [&](const Node& child) { return may_match(child, glance); };
  if (where.op == Node::Op::both) return std::ranges::all_of(where.children, may);
  if (where.op == Node::Op::either) return std::ranges::any_of(where.children, may);
  return where.op != Node::Op::term || glance.may_have(where.bytes);
}

}  // namespace

bool PendingEntry::matches(const Node& where, uint64_t record) const {
  if (!glance) glance.emplace(document);
  return may_match(where, *glance) && sqlite::matches(where, record, document, ordered);
}

void Pending::put(uint64_t record, uint16_t kind, PendingEntry entry) {
  kinds_.insert(kind);
  bytes_ += entry.document.size() + entry.ordered.size() + 100;
  const auto found = entries_.find(record);
  if (found == entries_.end()) {
    undo_.emplace_back(record, std::nullopt);
    entries_.emplace(record, std::move(entry));
    return;
  }
  // Written twice in one group: what stands in the index is still what the first of them found
  // there.
  entry.replaces = found->second.replaces;
  entry.former_ordered = found->second.former_ordered;
  undo_.emplace_back(record, std::exchange(found->second, std::move(entry)));
}

void Pending::begin_unit() {
  undo_.clear();
  before_unit_.reset();
}

void Pending::undo_unit() {
  if (before_unit_) {
    entries_ = *std::move(before_unit_);
  } else {
    take_back(entries_);
  }
  begin_unit();
}

void Pending::take_back(Entries& entries) {
  for (auto change = undo_.rbegin(); change != undo_.rend(); ++change) {
    if (change->second) {
      entries[change->first] = std::move(*change->second);
    } else {
      entries.erase(change->first);
    }
  }
  undo_.clear();
}

void Pending::clear() {
  entries_.clear();
  begin_unit();
  bytes_ = 0;
}

Result<void> Pending::flush_within_unit(Connection& connection) {
  auto before = std::move(before_unit_);
  if (!before) take_back(before.emplace(entries_));
  TRY(flush(connection));
  before_unit_ = std::move(before);
  return {};
}

Result<void> Pending::flush(Connection& connection) {
  // FTS5 starts a new segment when a rowid is not greater than the last one: hence the map, in
  // record order, and deletions before.
  std::vector<OrderedRow> former, later;
  for (const auto& [record, entry] : entries_) {
    if (!entry.replaces) continue;
    TRY(connection.run("DELETE FROM posting WHERE rowid=?", record));
    append_rows(former, record, entry.former_ordered);
  }
  for (const auto& [record, entry] : entries_) {
    if (entry.deleted) continue;
    TRY(connection.run("INSERT INTO posting(rowid, terms) VALUES(?, ?)", record,
                       Text{entry.document}));
    append_rows(later, record, entry.ordered);
  }
  TRY(remove_rows(connection, former));
  TRY(add_rows(connection, later));
  clear();
  return {};
}

}  // namespace tasuki::store::sqlite
