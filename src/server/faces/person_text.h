// A person as the pages show one: docs/care-api.md, Person.
#pragma once

#include <string>
#include <vector>

#include "record/person.h"
#include "server/faces/text.h"

namespace tasuki::server::faces {

struct PersonMore {
  bool whole = false;  // also otherNames and phone
};
void write_person(const record::Person& person, PersonMore more, Text& text);

}  // namespace tasuki::server::faces
