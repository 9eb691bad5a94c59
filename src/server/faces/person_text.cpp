#include "server/faces/person_text.h"

#include <algorithm>

namespace tasuki::server::faces {
namespace {

std::string_view sex_of(std::string_view gender) {
  return gender == "female" || gender == "male" || gender == "other" ? gender
                                                                     : std::string_view("unknown");
}

const record::LinkedRecord* newest(const record::Person& person) {
  const record::LinkedRecord* found = nullptr;
  for (const record::LinkedRecord& record : person.records)
    if (!record.withheld && (found == nullptr || record.updated > found->updated)) found = &record;
  return found;
}

std::vector<std::string_view> other_names(const record::Person& person) {
  std::vector<std::string_view> names;
  for (const record::LinkedRecord& record : person.records) {
    if (record.withheld || record.name.empty() || record.name == person.name) continue;
    if (std::find(names.begin(), names.end(), record.name) == names.end())
      names.push_back(record.name);
  }
  return names;
}

}  // namespace

void write_person(const record::Person& person, PersonMore more, Text& text) {
  const record::LinkedRecord* latest = newest(person);
  text.object();
  text.member("id", person.id)
      .member("name", person.name)
      .member("kana", person.kana)
      .member("birthDate", person.birth_date);
  text.member("sex", sex_of(person.gender))
      .member("address",
              latest == nullptr ? std::string_view() : std::string_view(latest->address));
  text.name("identifiers").array();
  for (const record::LinkedRecord& record : person.records)
    if (!record.withheld && !record.number.empty())
      text.object().member("facility", record.organisation).member("value", record.number).end();
  text.end().name("facilities").array();
  for (const record::LinkedRecord& record : person.records)
    if (!record.withheld) text.value(std::string_view(record.organisation));
  text.end();
  if (more.whole) {
    text.name("otherNames").array();
    for (const std::string_view name : other_names(person))
      text.value(name);
    text.end().member("phone",
                      latest == nullptr ? std::string_view() : std::string_view(latest->phone));
  }
  text.end();
}

}  // namespace tasuki::server::faces
