// Session: persons, found and shown; pairs of records a person decides about.
#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "json/parse.h"
#include "record/consent/roles.h"
#include "record/finder.h"
#include "record/index/ordered.h"
#include "record/session/trace.h"

namespace tasuki::record {

namespace {

constexpr std::string_view number_system = "urn:oid:1.2.392.100495.20.3.51.";
constexpr std::string_view kana_code = "SYL";
constexpr size_t words_max = 8;
constexpr size_t hits_per_person = 8;  // a person has about so many records

std::string joined(const json::Value& name) {
  const auto text = name.text_of("text");
  if (!text.empty()) return std::string(text);
  std::string all(name.text_of("family"));
  if (const auto* given = name.find("given")) {
    for (const auto& part : given->items())
      all.append(all.empty() ? "" : " ").append(part.text());
  }
  return all;
}

bool is_kana_name(const json::Value& name) {
  const auto* extensions = name.find("extension");
  return extensions != nullptr &&
         std::ranges::any_of(extensions->items(), [](const auto& extension) {
           return extension.text_of("valueCode") == kana_code;
         });
}

void read_names(const json::Value& patient, LinkedRecord& record) {
  const auto* names = patient.find("name");
  if (names == nullptr) return;
  for (const auto& name : names->items()) {
    auto& place = is_kana_name(name) ? record.kana : record.name;
    if (place.empty()) place = joined(name);
  }
}

std::string number_of(const json::Value& patient) {
  const auto* identifiers = patient.find("identifier");
  if (identifiers == nullptr || identifiers->items().empty()) return {};
  for (const auto& identifier : identifiers->items()) {
    if (identifier.text_of("system").starts_with(number_system))
      return std::string(identifier.text_of("value"));
  }
  return std::string(identifiers->items().front().text_of("value"));
}

std::string address_of(const json::Value& patient) {
  const auto* addresses = patient.find("address");
  if (addresses == nullptr || addresses->items().empty()) return {};
  const auto& address = addresses->items().front();
  std::string text(address.text_of("text"));
  if (!text.empty()) return text;
  text.append(address.text_of("state")).append(address.text_of("city"));
  if (const auto* lines = address.find("line")) {
    for (const auto& line : lines->items())
      text += line.text();
  }
  return text;
}

std::string phone_of(const json::Value& patient) {
  const auto* telecom = patient.find("telecom");
  if (telecom == nullptr) return {};
  for (const auto& contact : telecom->items()) {
    if (contact.text_of("system") == "phone") return std::string(contact.text_of("value"));
  }
  return {};
}

Result<LinkedRecord> read_record(const store::Version& version, std::string organisation) {
  const auto document = TRY(json::parse(version.body));
  const auto& patient = document.root;
  LinkedRecord record;
  record.patient = version.key.id;
  record.organisation = std::move(organisation);
  record.updated = version.time;
  record.number = number_of(patient);
  read_names(patient, record);
  record.birth_date = patient.text_of("birthDate");
  record.gender = patient.text_of("gender");
  record.address = address_of(patient);
  record.phone = phone_of(patient);
  return record;
}

// One reader's view of persons, for one request.
class PersonView {
 public:
  PersonView(Inside& inside, store::Reader& reader, const Access& access,
             const Principal& principal)
      : inside_(inside),
        reader_(reader),
        access_(access),
        principal_(principal),
        patient_(inside.definitions().resource_type("Patient").value_or(fhir::no_type)) {}

  // Nothing when the reader may see none of the person's records.
  Result<std::optional<Person>> person(const std::string& id) {
    Person person;
    person.id = id;
    std::vector<std::pair<uint64_t, LinkedRecord>> visible;
    std::vector<std::string> withheld;
    bool knows = principal_.role == Role::system;
    for (const auto& patient : TRY(patients_of(reader_, id))) {
      const auto entry = TRY(record_entry(reader_, patient));
      const auto current = TRY(reader_.current({inside_.kind_of(patient_), patient}));
      if (!entry || !current || current->deleted) continue;
      if (access_.admits(current->owner, current->subject)) {
        knows |= entry->owner == principal_.organisation;
        visible.emplace_back(entry->order, TRY(read_record(*current, entry->owner)));
      } else if (!access_.is_closed(current->owner, current->subject)) {
        withheld.push_back(entry->owner);
      }
    }
    if (visible.empty()) return std::optional<Person>();
    std::ranges::sort(visible, {}, &std::pair<uint64_t, LinkedRecord>::first);
    for (auto& [order, record] : visible)
      person.records.push_back(std::move(record));
    show_newest(person);
    // That another facility knows the person is told only to one that treats the person itself, so
    // that it can ask for consent; a facility the person has closed is not named at all.
    if (knows) add_withheld(person, std::move(withheld));
    return std::optional(std::move(person));
  }

  fhir::TypeId patient_type() const { return patient_; }

 private:
  static void show_newest(Person& person) {
    const auto newest = std::ranges::max_element(person.records, {}, &LinkedRecord::updated);
    person.name = newest->name;
    person.kana = newest->kana;
    person.birth_date = newest->birth_date;
    person.gender = newest->gender;
    for (const auto& record : person.records) {
      if (person.kana.empty()) person.kana = record.kana;
      if (person.name.empty()) person.name = record.name;
    }
  }
  static void add_withheld(Person& person, std::vector<std::string> organisations) {
    std::ranges::sort(organisations);
    organisations.erase(std::ranges::unique(organisations).begin(), organisations.end());
    for (auto& organisation : organisations) {
      LinkedRecord record;
      record.organisation = std::move(organisation);
      record.withheld = true;
      person.records.push_back(std::move(record));
    }
  }

  Inside& inside_;
  store::Reader& reader_;
  const Access& access_;
  const Principal& principal_;
  fhir::TypeId patient_;
};

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  for (size_t i = 0; i < text.size();) {
    const bool wide = text.substr(i).starts_with("\u3000");
    if (wide || text[i] == ' ' || text[i] == '\t') {
      if (!words.back().empty()) words.emplace_back();
      i += wide ? 3 : 1;
    } else {
      words.back() += text[i++];
    }
  }
  if (words.back().empty()) words.pop_back();
  if (words.size() > words_max) words.resize(words_max);
  return words;
}

// A word may be the beginning of a name, a whole patient number, or a birth date in either
// calendar.
Result<store::Node> word_node(const Inside& inside, fhir::TypeId patient, const std::string& word) {
  const auto& definitions = inside.definitions();
  const auto* identifier = definitions.search_parameter(patient, "identifier");
  const auto* birth = definitions.search_parameter(patient, "birthdate");
  if (identifier == nullptr || birth == nullptr) {
    return Error{Error::Kind::internal, "The definitions lack Patient's search parameters.", {}};
  }
  std::vector<store::Node> nodes;
  for (auto& prefix : inside.persons().name_prefixes(word)) {
    nodes.push_back(node_of(store::Node::Op::prefix, std::move(prefix)));
  }
  const auto plain = folded(word);
  if (!plain.empty()) {
    const auto& field = inside.indexer().field(patient, *identifier);
    nodes.push_back(node_of(store::Node::Op::term, field.term(form::code, word)));
    if (plain != word)
      nodes.push_back(node_of(store::Node::Op::term, field.term(form::code, plain)));
  }
  if (const auto date = normal_date(word); !date.empty()) {
    auto query = fhir::search::parse(definitions, patient, "birthdate=" + date);
    if (query) {
      const auto& field = inside.indexer().field(patient, *birth);
      const auto& moment =
          std::get<fhir::search::Moment>(query->criteria.front().any_of.front().value);
      nodes.push_back(moment_node(field.group(form::dates), field.group(form::dates_long),
                                  fhir::search::Prefix::eq, moment));
    }
  }
  return either(std::move(nodes));
}

Result<store::Node> people_node(const Inside& inside, fhir::TypeId patient, std::string_view text) {
  const auto words = words_of(text);
  std::vector<store::Node> each;
  for (const auto& word : words)
    each.push_back(TRY(word_node(inside, patient, word)));
  auto all_words = both(std::move(each));
  if (words.size() < 2) return all_words;
  // "山田 花子" is also the beginning of one whole name.
  std::vector<store::Node> ways;
  ways.push_back(std::move(all_words));
  ways.push_back(TRY(word_node(inside, patient, std::string(text))));
  return either(std::move(ways));
}

Result<void> trace_people(Inside& inside, const Session& session, std::string_view query,
                          const std::vector<Person>& people) {
  AuditEntry entry;
  entry.interaction = "search-type";
  entry.action = 'E';
  entry.time = session.time();
  entry.query = query;
  for (const auto& person : people) {
    for (const auto& record : person.records) {
      if (!record.withheld) entry.patients.push_back("Patient/" + record.patient);
    }
  }
  entry.count = entry.patients.size();
  return leave_trace(inside, session, entry);
}

Error no_person(std::string_view id) {
  return {Error::Kind::not_found, fmt::format("There is no person {}.", id), {}};
}

bool decides_links(Role role) {
  return role != Role::patient && role != Role::feed;
}

}  // namespace

Result<std::vector<Person>> Session::people(std::string_view text, size_t count_max) {
  Inside& inside = record::inside(door_);
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  PersonView view(inside, *reader, access, principal_);
  std::vector<Person> people;

  store::Search search;
  search.kinds = {inside.kind_of(view.patient_type())};
  if (words_of(text).empty()) {
    search.sort = {
        {.group = 0, .descending = true}};  // nobody in particular: who was written about last
  } else {
    search.where = TRY(people_node(inside, view.patient_type(), text));
  }
  search.admits = access.predicate();
  search.count_max = std::min<size_t>(count_max, 1000) * hits_per_person;
  for (const auto& hit : TRY(reader->search(search)).hits) {
    if (people.size() == count_max) break;
    const auto entry = TRY(record_entry(*reader, hit.key.id));
    const bool known =
        !entry || std::ranges::find(people, entry->person, &Person::id) != people.end();
    if (known) continue;
    auto person = TRY(view.person(entry->person));
    if (person) people.push_back(std::move(*person));
  }
  TRY(trace_people(inside, *this, "people?" + std::string(text), people));
  return people;
}

Result<Person> Session::person(std::string_view id) {
  Inside& inside = record::inside(door_);
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  std::string now_id(id);
  if (TRY(patients_of(*reader, id)).empty()) {
    // An older id: whoever the record it was named after stands for today.
    const auto root = TRY(reader->item(table::roots, id));
    const auto entry = root ? TRY(record_entry(*reader, *root)) : std::nullopt;
    if (!entry) return no_person(id);
    now_id = entry->person;
  }
  auto person = TRY(PersonView(inside, *reader, access, principal_).person(now_id));
  if (!person) return no_person(id);
  TRY(trace_people(inside, *this, "person?" + now_id, {*person}));
  return std::move(*person);
}

Result<Person> Session::person_of(std::string_view patient_id) {
  Inside& inside = record::inside(door_);
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  const auto entry = TRY(record_entry(*reader, patient_id));
  PersonView view(inside, *reader, access, principal_);
  const auto current =
      TRY(reader->current({inside.kind_of(view.patient_type()), std::string(patient_id)}));
  // Asking by a hidden record must not lead to the person.
  if (!entry || !current || !access.admits(current->owner, current->subject))
    return no_person(patient_id);
  auto person = TRY(view.person(entry->person));
  if (!person) return no_person(patient_id);
  TRY(trace_people(inside, *this, "person?" + entry->person, {*person}));
  return std::move(*person);
}

Result<std::vector<Link>> Session::link_questions(size_t count_max) {
  Inside& inside = record::inside(door_);
  if (!decides_links(principal_.role))
    return Error{Error::Kind::forbidden, "Staff decide about links.", {}};
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  const auto kind =
      inside.kind_of(inside.definitions().resource_type("Patient").value_or(fhir::no_type));
  const auto sees = [&](const std::string& id) -> Result<bool> {
    const auto current = TRY(reader->current({kind, id}));
    return current && access.admits(current->owner, current->subject);
  };
  std::vector<Link> links;
  std::string after;
  while (links.size() < count_max) {
    const auto items = TRY(reader->items(table::questions, "", after, 1000));
    for (const auto& item : items) {
      const auto stored = TRY(reader->item(table::links, item.key));
      if (!stored || links.size() == count_max) continue;
      auto link = TRY(parse_link(item.key, *stored));
      const bool sees_left = TRY(sees(link.left)), sees_right = TRY(sees(link.right));
      if (sees_left && sees_right) links.push_back(std::move(link));
    }
    if (items.size() < 1000) break;
    after = items.back().key;
  }
  return links;
}

Result<void> Session::decide_link(std::string_view left, std::string_view right, Band band) {
  Inside& inside = record::inside(door_);
  if (!decides_links(principal_.role))
    return Error{Error::Kind::forbidden, "Staff decide about links.", {}};
  const auto reader = inside.store().read();
  const auto access = TRY(inside.access(*reader, principal_, purpose_, time_));
  const auto kind =
      inside.kind_of(inside.definitions().resource_type("Patient").value_or(fhir::no_type));
  for (const auto id : {left, right}) {
    const auto current = TRY(reader->current({kind, std::string(id)}));
    if (!current || !access.admits(current->owner, current->subject)) return no_person(id);
  }
  Affected affected;
  const store::Work work = [&](store::Writer& writer) -> Result<void> {
    affected = {};
    TRY(inside.persons().decide(writer, left, right, band, principal_.id, affected));
    AuditEntry entry;
    entry.interaction = "update";
    entry.action = 'U';
    entry.time = time_;
    entry.patients = {"Patient/" + std::string(left), "Patient/" + std::string(right)};
    entry.detail = band == Band::link    ? "link decided"
                   : band == Band::apart ? "apart decided"
                                         : "decision taken back";
    TRY(writer.add_audit(print(entry, principal_, purpose_), ""));
    return {};
  };
  TRY(inside.store().write(work));
  return inside.refresh_policies(affected);
}

}  // namespace tasuki::record
