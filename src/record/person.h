// One person, many records 名寄せ: the Patient records of several facilities that stand for the
// same human being.
//
// Why: records are only linked, never merged. A link carries its evidence and its rule version and
// can be undone; a person is nothing but the records linked today, named after the oldest of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace tasuki::record {

// One facility's Patient record of a person.
struct LinkedRecord {
  std::string patient;       // id of the Patient resource; empty when withheld
  std::string organisation;  // 10-digit institution number of the facility responsible
  bool withheld =
      false;  // the facility knows the person, the person has not agreed: nothing else is told
  // As that facility writes it; empty when withheld.
  std::string number;      // patient number at the facility
  std::string name, kana;  // 山田 花子, ヤマダ ハナコ
  std::string birth_date;  // 1952-04-01
  std::string gender;      // FHIR: female
  std::string address, phone;
  Instant updated;
};

// The id of the person whose oldest record this Patient resource is.
std::string person_id_of(std::string_view patient);

struct Person {
  std::string
      id;  // uuid derived from the oldest linked record; older ids of the same person keep working
  // From the record changed last among those the reader may see.
  std::string name, kana, birth_date, gender;
  std::vector<LinkedRecord> records;  // visible ones first, oldest first
};

// What the rules say of two records. ask: a person has to look.
enum class Band : uint8_t { link, ask, apart };

struct Link {
  std::string left, right;  // Patient ids, left < right
  Band band = Band::ask;
  double score = 0;        // log2 of the likelihood ratio
  std::string evidence;    // "kana name equal +9.2; birth date equal +12.1; phone differs -0.7"
  std::string rule;        // version of the rules that said so
  std::string decided_by;  // principal id when a person decided; empty: the rules
};

}  // namespace tasuki::record
