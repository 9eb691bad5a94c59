// A Patient resource as what identifies a person, each part in one normal form.
//
// The classes of error it has to survive: spaces and width in names, small kana written large,
// voiced marks apart, old and variant kanji, 旧姓 and 通称 beside the legal name, 和暦 dates, house
// numbers written four ways, insured numbers padded or in full width, telephone numbers with and
// without dashes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"

namespace tasuki::record {

struct PersonName {
  std::string family, given;  // folded; given is empty when the source does not tell them apart
  bool operator==(const PersonName&) const = default;
};

struct Traits {
  std::vector<PersonName> kanji;  // 漢字 (IDE), every name in use or once in use
  std::vector<PersonName> kana;   // カナ (SYL), small kana made large, marks joined
  std::string birth_date;         // 1952-04-01; empty when only a part is known
  std::string gender;             // male, female; empty otherwise
  std::vector<std::string>
      insured;  // insurer:symbol:number:branch, digits only, no padding; branch may be empty
  std::vector<std::string> numbers;  // other identifiers that outlive a facility: system|value
  std::vector<std::string> phones;   // digits
  std::string postal_code;           // digits
  std::string address;               // folded, 丁目 番地 号 as hyphens, numbers in ASCII
  bool nameless = false;  // a newborn or an unknown patient in emergency: never linked by itself
};

Traits traits_of(const json::Value& patient);

std::string normal_kana(std::string_view text);
std::string normal_address(std::string_view text);
std::string normal_date(
    std::string_view text);  // 1952-04-01, 昭和27年4月1日, S27.4.1; empty: not a day

// What two records of one person share at least one of: words to look each other up by.
std::vector<std::string> blocks_of(const Traits& traits);

// Traits as one line of JSON and back; kept beside each record so that a comparison needs no
// documents.
std::string print(const Traits& traits);
Traits parse_traits(const json::Value& object);

}  // namespace tasuki::record
