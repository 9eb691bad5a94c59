#include "record/identity/persons.h"

#include <algorithm>
#include <charconv>
#include <map>

#include <fmt/core.h>

#include "base/text.h"
#include "base/uuid.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/identity/group.h"
#include "record/index/ordered.h"
#include "record/inside.h"

namespace tasuki::record {

namespace {

constexpr std::string_view person_space =
    "a6f1c9b0-5d0e-5c55-9d1f-7a3f6f0e7d11";  // of uuid names; chosen once
constexpr size_t links_max = 5000;           // of one record

std::string pair_key(std::string_view a, std::string_view b) {
  return std::string(a).append("|").append(b);
}

uint64_t unsigned_of(const json::Value& object, std::string_view name) {
  const auto* value = object.find(name);
  uint64_t number = 0;
  if (value != nullptr)
    std::from_chars(value->text().data(), value->text().data() + value->text().size(), number);
  return number;
}

std::string_view word(Band band) {
  return band == Band::link ? "link" : band == Band::ask ? "ask" : "apart";
}

// Both directions, so that each record finds its links by prefix.
Result<void> put_link(store::Writer& writer, const Link& link) {
  const std::string text = print(link);
  TRY(writer.set_item(table::links, pair_key(link.left, link.right), text));
  TRY(writer.set_item(table::links, pair_key(link.right, link.left), text));
  if (link.band == Band::ask)
    return writer.set_item(table::questions, pair_key(link.left, link.right), "");
  return writer.remove_item(table::questions, pair_key(link.left, link.right));
}

Result<void> drop_link(store::Writer& writer, std::string_view a, std::string_view b) {
  TRY(writer.remove_item(table::links, pair_key(a, b)));
  TRY(writer.remove_item(table::links, pair_key(b, a)));
  return writer.remove_item(table::questions, pair_key(std::min(a, b), std::max(a, b)));
}

Result<std::vector<Link>> links_of(store::Reader& reader, std::string_view patient) {
  std::vector<Link> links;
  for (const auto& item :
       TRY(reader.items(table::links, std::string(patient) + "|", "", links_max))) {
    links.push_back(TRY(parse_link(item.key, item.value)));
  }
  return links;
}

Link link_of(std::string_view a, std::string_view b, const Verdict& verdict) {
  Link link;
  link.left = std::min(a, b);
  link.right = std::max(a, b);
  link.band = verdict.band;
  link.score = verdict.score;
  link.evidence = verdict.evidence;
  link.rule = link_rule;
  return link;
}

const std::string& other_of(const Link& link, std::string_view one) {
  return link.left == one ? link.right : link.left;
}

// The records that are, were or become one person with the seeds, and every link among them.
class Neighbourhood {
 public:
  explicit Neighbourhood(store::Writer& writer) : writer_(writer) {}

  Result<void> grow(std::string_view patient) {
    waiting_.emplace_back(patient);
    while (!waiting_.empty() && records.size() < person_records_max) {
      const std::string one = std::move(waiting_.back());
      waiting_.pop_back();
      if (records.contains(one)) continue;
      auto entry = TRY(record_entry(writer_, one));
      if (!entry) continue;
      if (!entry->person.empty() && persons_.insert(entry->person).second) {
        for (auto& member : TRY(patients_of(writer_, entry->person)))
          waiting_.push_back(std::move(member));
      }
      records.emplace(one, std::move(*entry));
      for (auto& link : TRY(links_of(writer_, one))) {
        if (link.band == Band::link) waiting_.push_back(other_of(link, one));
        links.emplace(pair_key(link.left, link.right), std::move(link));
      }
    }
    return {};
  }

  std::map<std::string, RecordEntry> records;
  std::map<std::string, Link> links;

 private:
  store::Writer& writer_;
  std::vector<std::string> waiting_;
  std::set<std::string> persons_;  // whose records wait or were taken
};

// Gives every record of the neighbourhood its person.
Result<void> regroup(store::Writer& writer, Neighbourhood& around, Affected& affected) {
  std::vector<GroupRecord> records;
  for (const auto& [id, entry] : around.records)
    records.push_back({id, entry.order});
  std::vector<Link> links;
  for (const auto& [key, link] : around.links)
    links.push_back(link);

  for (const auto& group : groups_of(records, links)) {
    const std::string person = person_id_of(group.front());
    for (const auto& patient : group) {
      auto& entry = around.records.at(patient);
      if (entry.person == person) continue;
      if (!entry.person.empty()) {
        affected.persons.insert(entry.person);
        TRY(writer.remove_item(table::persons, pair_key(entry.person, patient)));
      }
      affected.persons.insert(person);
      entry.person = person;
      TRY(writer.set_item(table::persons, pair_key(person, patient), ""));
      TRY(writer.set_item(table::records, patient, print(entry)));
    }
    TRY(writer.set_item(table::roots, person, group.front()));
  }
  return {};
}

}  // namespace

std::string person_id_of(std::string_view patient) {
  return named_uuid(person_space, patient);
}

std::string print(const RecordEntry& entry) {
  return fmt::format(R"({{"person":"{}","subject":{},"order":{},"owner":"{}","traits":{}}})",
                     entry.person, entry.subject, entry.order, entry.owner, print(entry.traits));
}

Result<RecordEntry> parse_record_entry(std::string_view text) {
  const auto document = TRY(json::parse(text));
  const auto& root = document.root;
  RecordEntry entry;
  entry.person = root.text_of("person");
  entry.owner = root.text_of("owner");
  entry.subject = unsigned_of(root, "subject");
  entry.order = unsigned_of(root, "order");
  if (const auto* traits = root.find("traits")) entry.traits = parse_traits(*traits);
  return entry;
}

std::string print(const Link& link) {
  json::Document document;
  auto& arena = document.arena;
  auto all = json::Value::object();
  all.append(arena, "band", json::Value::string(arena, word(link.band)));
  all.append(arena, "score", json::Value::number(arena, fmt::format("{:.1f}", link.score)));
  all.append(arena, "evidence", json::Value::string(arena, link.evidence));
  all.append(arena, "rule", json::Value::string(arena, link.rule));
  all.append(arena, "by", json::Value::string(arena, link.decided_by));
  return json::print(all);
}

Result<Link> parse_link(std::string_view key, std::string_view text) {
  const auto document = TRY(json::parse(text));
  const auto& root = document.root;
  const auto bar = key.find('|');
  const auto a = key.substr(0, bar), b = key.substr(bar + 1);
  Link link;
  link.left = std::min(a, b);
  link.right = std::max(a, b);
  const auto band = root.text_of("band");
  link.band = band == "link" ? Band::link : band == "ask" ? Band::ask : Band::apart;
  if (const auto* score = root.find("score"))
    link.score = std::strtod(std::string(score->text()).c_str(), nullptr);
  link.evidence = root.text_of("evidence");
  link.rule = root.text_of("rule");
  link.decided_by = root.text_of("by");
  return link;
}

std::vector<std::string> Persons::block_terms(const Traits& traits) const {
  std::vector<std::string> terms;
  for (const auto& block : blocks_of(traits))
    terms.push_back(blocks_.term('=', block));
  return terms;
}

std::vector<std::string> Persons::terms(const Traits& traits) const {
  auto terms = block_terms(traits);
  for (const auto* names : {&traits.kanji, &traits.kana}) {
    for (const auto& name : *names) {
      for (const auto& part : {name.family, name.given, name.family + name.given}) {
        if (!part.empty()) terms.push_back(names_.text(part));
      }
    }
  }
  std::ranges::sort(terms);
  terms.erase(std::ranges::unique(terms).begin(), terms.end());
  return terms;
}

std::vector<std::string> Persons::name_prefixes(std::string_view word) const {
  std::vector<std::string> prefixes;
  for (const auto& form : {folded(word), normal_kana(word)}) {
    if (!form.empty()) prefixes.push_back(names_.text(cut(form, text_bytes_max - 3)));
  }
  return prefixes;
}

Result<std::vector<std::string>> Persons::candidates(store::Reader& reader,
                                                     const Written& written) const {
  const auto sharing = [&](std::vector<store::Node> blocks) -> Result<std::vector<std::string>> {
    store::Search search;
    search.kinds = {written.kind};
    search.where = either(std::move(blocks));
    search.count_max = candidates_max + 2;  // itself, and one that tells that there are more
    search.admits = [](uint64_t, uint64_t) {
      return true;
    };  // linking looks at all; showing asks consent
    std::vector<std::string> ids;
    for (auto& hit : TRY(reader.search(search)).hits) {
      if (hit.key.id != written.id) ids.push_back(std::move(hit.key.id));
    }
    return ids;
  };
  std::vector<store::Node> blocks;
  for (auto& term : block_terms(written.traits))
    blocks.push_back(node_of(store::Node::Op::term, std::move(term)));
  auto all = TRY(sharing(blocks));
  if (all.size() <= candidates_max) return all;

  // Only what is rare enough to tell anything: what all of one name and birthday have in common
  // (不明, テスト) is compared by each of them with all the others, and one of them is still found
  // by an insured number.
  all.clear();
  for (const auto& block : blocks) {
    auto ids = TRY(sharing({block}));
    if (ids.size() <= candidates_max) std::ranges::move(ids, std::back_inserter(all));
  }
  std::ranges::sort(all);
  all.erase(std::ranges::unique(all).begin(), all.end());
  return all;
}

Result<void> Persons::update(store::Writer& writer, const Written& written,
                             Affected& affected) const {
  const auto before = TRY(record_entry(writer, written.id));
  Neighbourhood around(writer);
  if (before) TRY(around.grow(written.id));  // whom it leaves has to be grouped again, too

  for (const auto& link : TRY(links_of(writer, written.id))) {
    if (written.deleted || link.decided_by.empty()) TRY(drop_link(writer, link.left, link.right));
  }
  std::vector<std::string> others;
  for (const auto& [id, entry] : around.records) {
    if (id != written.id) others.push_back(id);
  }
  if (written.deleted) {
    if (!before) return {};
    TRY(writer.remove_item(table::records, written.id));
    TRY(writer.remove_item(table::persons, pair_key(before->person, written.id)));
    affected.orphans.insert(before->subject);
    affected.persons.insert(before->person);
  } else {
    RecordEntry entry;
    if (before) entry.person = before->person;
    entry.subject = TRY(writer.number_of("Patient/" + written.id));
    entry.order = written.record;
    entry.owner = written.owner;
    entry.traits = written.traits;
    TRY(writer.set_item(table::records, written.id, print(entry)));
    for (const auto& candidate : TRY(candidates(writer, written))) {
      const auto other = TRY(record_entry(writer, candidate));
      const auto standing = TRY(writer.item(table::links, pair_key(written.id, candidate)));
      if (!other || standing) continue;  // what still stands was decided by a person
      const auto verdict = compare(written.traits, other->traits);
      if (verdict.band != Band::apart || verdict.veto)
        TRY(put_link(writer, link_of(written.id, candidate, verdict)));
    }
    others.push_back(written.id);
  }
  Neighbourhood now(writer);
  for (const auto& one : others)
    TRY(now.grow(one));
  return regroup(writer, now, affected);
}

Result<Link> Persons::nearest(store::Reader& reader, const Written& written) const {
  std::vector<Link> links;
  if (TRY(record_entry(reader, written.id))) {
    links = TRY(links_of(reader, written.id));
  } else {
    for (const auto& candidate : TRY(candidates(reader, written))) {
      const auto other = TRY(record_entry(reader, candidate));
      if (other)
        links.push_back(link_of(written.id, candidate, compare(written.traits, other->traits)));
    }
  }
  Link none;
  none.band = Band::apart;
  const auto best = std::ranges::min_element(links, {}, [](const Link& link) {
    return std::pair(link.band, -link.score);  // link, ask, apart
  });
  return best == links.end() ? none : *best;
}

Result<void> Persons::decide(store::Writer& writer, std::string_view left, std::string_view right,
                             Band band, std::string_view by, Affected& affected) const {
  const auto one = TRY(record_entry(writer, left));
  const auto other = TRY(record_entry(writer, right));
  if (!one || !other || left == right) {
    return Error{Error::Kind::not_found, "A link is between two Patient records that exist.", {}};
  }
  Neighbourhood before(writer);
  TRY(before.grow(left));
  TRY(before.grow(right));
  const auto verdict = compare(one->traits, other->traits);
  Link link = link_of(left, right, verdict);
  if (band != Band::ask) {
    link.band = band;
    link.decided_by = by;
  }
  TRY(put_link(writer, link));
  Neighbourhood now(writer);
  for (const auto& [id, entry] : before.records)
    TRY(now.grow(id));
  return regroup(writer, now, affected);
}

Result<std::optional<RecordEntry>> record_entry(store::Reader& reader, std::string_view patient) {
  const auto item = TRY(reader.item(table::records, patient));
  if (!item) return std::optional<RecordEntry>();
  return std::optional(TRY(parse_record_entry(*item)));
}

Result<std::vector<std::string>> patients_of(store::Reader& reader, std::string_view person) {
  std::vector<std::string> patients;
  for (const auto& item : TRY(reader.items(table::persons, std::string(person) + "|"))) {
    patients.push_back(item.key.substr(person.size() + 1));
  }
  return patients;
}

}  // namespace tasuki::record
