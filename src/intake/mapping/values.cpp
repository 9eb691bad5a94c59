// Codes, names, addresses, telephone numbers, staff and places. HL7 v2.5 2.A; hl7v2-japan.md 3-6;
// jp-core.md 2.
#include "intake/mapping/values.h"

#include <algorithm>

namespace tasuki::intake {
namespace {

using json::Value;

constexpr std::string_view representation_url =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
constexpr std::string_view staff_system = "urn:oid:1.2.392.100495.20.3.41.1";

// The first code point of each kind decides: any ideograph makes a name ideographic, else kana,
// else letters.
std::string_view script_of(std::string_view utf8) {
  bool kana = false;
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto lead = static_cast<unsigned char>(utf8[i]);
    if (lead < 0xe0) continue;
    if (lead >= 0xf0 || i + 2 >= utf8.size()) return "IDE";
    const uint32_t point = ((lead & 0x0fu) << 12) |
                           ((static_cast<unsigned char>(utf8[i + 1]) & 0x3fu) << 6) |
                           (static_cast<unsigned char>(utf8[i + 2]) & 0x3fu);
    if ((point >= 0x3400 && point <= 0x9fff) || (point >= 0xf900 && point <= 0xfaff)) return "IDE";
    if ((point >= 0x3041 && point <= 0x30ff) || (point >= 0xff66 && point <= 0xff9f)) kana = true;
    i += 2;
  }
  return kana ? "SYL" : "ABC";
}

std::string joined(std::string_view left, std::string_view between, std::string_view right) {
  if (left.empty() || right.empty()) return std::string(left) + std::string(right);
  return std::string(left) + std::string(between) + std::string(right);
}

// 1510071 and 151-0071 are the same postcode; the hyphen is how it is printed.
std::string postcode(std::string_view text) {
  const std::string plain = half_width(text);
  if (plain.size() == 7 &&
      std::ranges::all_of(plain, [](char c) { return c >= '0' && c <= '9'; })) {
    return plain.substr(0, 3) + "-" + plain.substr(3);
  }
  return plain;
}

std::string upper(std::string_view text) {
  std::string out = half_width(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  std::erase(out, ' ');
  return out;
}

}  // namespace

// Full-width ASCII (！-～) and the wide blank to ASCII.
std::string half_width(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = [&](size_t at) { return static_cast<unsigned char>(text[at]); };
    if (i + 2 < text.size() && byte(i) == 0xef && (byte(i + 1) == 0xbc || byte(i + 1) == 0xbd)) {
      const unsigned point = 0xff00u + ((byte(i + 1) - 0xbcu) << 6) + (byte(i + 2) & 0x3fu);
      if (point >= 0xff01 && point <= 0xff5e) {
        out += static_cast<char>(point - 0xff01 + '!');
        i += 2;
        continue;
      }
    }
    if (text.substr(i).starts_with("\xe3\x80\x80")) {
      out += ' ';
      i += 2;
      continue;
    }
    out += text[i];
  }
  return out;
}

std::string digits_of(std::string_view text) {
  std::string out = half_width(text);
  std::erase_if(out, [](char c) { return c < '0' || c > '9'; });
  return out;
}

std::string Values::local_system(std::string_view name) const {
  std::string system = "urn:tasuki:local:" + settings.facility + ":";
  if (name.empty()) return system + "local";
  for (const char c : name) {  // a URI has no blanks: "Payor ID" (RFC 3986 2.1)
    if (c == ' ')
      system += "%20";
    else
      system += c;
  }
  return system;
}

Value Values::coding(std::string_view code, std::string_view display, std::string_view system,
                     const Spot& spot) {
  Value made = Value::object();
  std::string name = upper(system);
  if (name == "HOT")
    name += std::to_string(code.size());  // HOT7, HOT9 and HOT13 are told apart by length alone
  if (const Row* const known = systems.find(name)) {
    made.append(arena, "system", string(known->to));
  } else if (name.size() == 7 && name.starts_with("HL7") && !name.contains('_')) {
    made.append(arena, "system",
                string("http://terminology.hl7.org/CodeSystem/v2-" + name.substr(3)));
  } else {
    // A code without a system is still this facility's own: told apart by the field it came in.
    const std::string field =
        std::string(source.segment(spot.segment).name()) + "-" + std::to_string(spot.field);
    made.append(arena, "system",
                string(local_system(name.empty() ? field : std::string(trimmed(system)))));
  }
  made.append(arena, "code", string(code));
  if (!display.empty()) made.append(arena, "display", string(display));
  return made;
}

// CWE: 1 code, 2 text, 3 system; 4-6 the same for the alternative; 9 original text. HL7 v2.5 2.A.13
Value Values::coded(const Spot& spot) {
  const std::string texts[] = {source.part(spot, 2), source.part(spot, 5), source.part(spot, 9)};
  Value codings = Value::array();
  for (const int first : {1, 4}) {
    const std::string code = source.part(spot, first);
    if (code.empty()) continue;
    codings.push(arena,
                 coding(code, source.part(spot, first + 1), source.part(spot, first + 2), spot));
  }
  Value made = Value::object();
  if (codings.size() > 0) made.append(arena, "coding", codings);
  const auto text =
      std::ranges::find_if(texts, [](const std::string& one) { return !one.empty(); });
  if (text != std::end(texts))
    made.append(arena, "text", string(*text));
  else if (codings.size() > 0)
    made.append(arena, "text", string(source.part(spot, source.part(spot, 1).empty() ? 4 : 1)));
  return made.size() > 0 ? made : Value();
}

// Guides ask for a code where senders have a name only (^Series Instance UID): the name is what
// this facility tells the thing apart by.
Value Values::code(const Spot& spot) {
  Value made = coded(spot);
  if (made.is_null() || made.find("coding") != nullptr) return made;
  const std::string name(made.text_of("text"));
  Value codings = Value::array();
  codings.push(arena, coding(name, name, {}, spot));
  Value named = Value::object();
  named.append(arena, "coding", codings);
  named.append(arena, "text", string(name));
  return named;
}

Value Values::text_only(std::string_view text) {
  if (text.empty()) return {};
  Value made = Value::object();
  made.append(arena, "text", string(text));
  return made;
}

// XPN: 1 family, 2 given, 3 middle, 7 type, 8 representation. One name a representation (jp-core.md
// 2, Names).
Value Values::person_name(const Spot& spot) {
  std::string family = source.part(spot, 1), given = source.part(spot, 2);
  const std::string type = source.part(spot, 7), code = source.part(spot, 8);
  if (family.empty() && given.empty()) return {};
  const std::string text = joined(family, " ", given);
  if (given.empty()) {  // the whole name in the first component: 医師　一郎
    const std::string plain = half_width(family);
    const size_t blank = family.find("\xe3\x80\x80") != std::string::npos
                             ? family.find("\xe3\x80\x80")
                             : family.find(' ');
    if (blank != std::string::npos) {
      given = std::string(trimmed(std::string_view(family).substr(blank)));
      family = family.substr(0, blank);
    }
  }
  const std::string_view script = code == "I"   ? "IDE"
                                  : code == "P" ? "SYL"
                                  : code == "A" ? "ABC"
                                                : script_of(text);
  Value extension = Value::object();
  extension.append(arena, "url", string(representation_url));
  extension.append(arena, "valueCode", string(script));
  Value made = Value::object();
  Value extensions = Value::array();
  extensions.push(arena, extension);
  made.append(arena, "extension", extensions);
  made.append(arena, "use",
              string(type.empty() || type == "L" ? "official"
                     : type == "M"               ? "maiden"
                     : type == "N"               ? "nickname"
                                                 : "usual"));
  made.append(arena, "text", string(given.empty() ? family : family + " " + given));
  if (!family.empty()) made.append(arena, "family", string(family));
  if (!given.empty()) {
    Value givens = Value::array();
    givens.push(arena, string(given));
    made.append(arena, "given", givens);
  }
  return made;
}

// XAD: 1 street, 3 city, 4 state, 5 zip, 6 country, 7 type, 8 in practice the whole address
// (hl7v2-japan.md 3).
Value Values::address(const Spot& spot) {
  const std::string street = source.part(spot, 1), city = source.part(spot, 3),
                    state = source.part(spot, 4);
  const std::string country = source.part(spot, 6), type = source.part(spot, 7),
                    whole = source.part(spot, 8);
  const std::string zip = postcode(source.part(spot, 5));
  const std::string text = whole.empty() ? state + city + street : whole;
  if (text.empty() && zip.empty()) return {};
  Value made = Value::object();
  if (type == "H" || type == "B") made.append(arena, "use", string(type == "H" ? "home" : "work"));
  if (!text.empty()) made.append(arena, "text", string(text));
  if (!street.empty()) {
    Value lines = Value::array();
    lines.push(arena, string(street));
    made.append(arena, "line", lines);
  }
  if (!city.empty()) made.append(arena, "city", string(city));
  if (!state.empty()) made.append(arena, "state", string(state));
  if (!zip.empty()) made.append(arena, "postalCode", string(zip));
  if (!country.empty()) made.append(arena, "country", string(country == "JPN" ? "JP" : country));
  return made;
}

// XTN: 2 use, 3 equipment, 4 e-mail; the number in component 12, in older messages in 1.
Value Values::telecom(const Spot& spot) {
  const std::string use = source.part(spot, 2), equipment = source.part(spot, 3),
                    mail = source.part(spot, 4);
  std::string number = source.part(spot, 12);
  if (number.empty()) number = source.part(spot, 1);
  const bool is_mail = number.empty() && !mail.empty();
  if (number.empty() && !is_mail) return {};
  Value made = Value::object();
  made.append(arena, "system",
              string(is_mail             ? "email"
                     : equipment == "FX" ? "fax"
                     : equipment == "BP" ? "pager"
                                         : "phone"));
  made.append(arena, "value", string(is_mail ? mail : half_width(number)));
  const std::string_view fhir_use = equipment == "CP"              ? "mobile"
                                    : use == "WPN"                 ? "work"
                                    : use == "PRN" || use == "ORN" ? "home"
                                                                   : "";
  if (!fhir_use.empty()) made.append(arena, "use", string(fhir_use));
  return made;
}

// XCN: 1 id, 2 family, 3 given. A logical reference: the staff number names the person, no resource
// is made.
Value Values::staff(const Spot& spot) {
  const std::string id = source.part(spot, 1);
  const std::string name = joined(source.part(spot, 2), " ", source.part(spot, 3));
  if (id.empty() && name.empty()) return {};
  Value made = Value::object();
  made.append(arena, "type", string("Practitioner"));
  if (!id.empty()) {
    Value identifier = Value::object();
    identifier.append(arena, "system", string(std::string(staff_system) + settings.facility));
    identifier.append(arena, "value", string(id));
    made.append(arena, "identifier", identifier);
  }
  if (!name.empty()) made.append(arena, "display", string(name));
  return made;
}

// PL: 1 ward or department, 2 room, 3 bed.
Value Values::place(const Spot& spot) {
  std::string name;
  for (const int part : {1, 2, 3})
    name = joined(name, "-", source.part(spot, part));
  if (name.empty()) return {};
  Value identifier = Value::object();
  identifier.append(arena, "system", string(local_system("location")));
  identifier.append(arena, "value", string(name));
  Value made = Value::object();
  made.append(arena, "type", string("Location"));
  made.append(arena, "identifier", identifier);
  made.append(arena, "display", string(name));
  return made;
}

Value Values::organisation(const Spot& spot) {
  const std::string name = source.part(spot, 1), id = source.part(spot, 3);
  if (name.empty()) return {};
  Value made = Value::object();
  made.append(arena, "type", string("Organization"));
  made.append(arena, "display", string(name));
  return made;
}

}  // namespace tasuki::intake
