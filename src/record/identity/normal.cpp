#include "record/identity/normal.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

#include <fmt/core.h>

#include "base/text.h"
#include "json/parse.h"
#include "json/print.h"

namespace tasuki::record {

namespace {

constexpr std::string_view representation =
    "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
constexpr std::string_view member_system =
    "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
// Patient numbers of a facility mean nothing outside it.
constexpr std::string_view facility_system = "urn:oid:1.2.392.100495.20.3.51.";
constexpr size_t names_max = 8;

bool starts_any(std::string_view text, std::initializer_list<std::string_view> starts) {
  return std::ranges::any_of(starts, [&](auto start) { return text.starts_with(start); });
}

void replace_all(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

std::string digits_of(std::string_view text) {
  std::string digits;
  for (const char c : folded(text)) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

// "IDE" kanji, "SYL" kana; without the extension the letters themselves say it.
bool is_kana(const json::Value& name, std::string_view family) {
  if (const auto* extensions = name.find("extension")) {
    for (const auto& extension : extensions->items()) {
      if (extension.text_of("url") == representation)
        return extension.text_of("valueCode") == "SYL";
    }
  }
  return starts_any(family, {"\xe3\x82", "\xe3\x83"});  // U+3080..U+30FF: folded kana are katakana
}

std::string given_of(const json::Value& name) {
  std::string all;
  if (const auto* given = name.find("given")) {
    for (const auto& part : given->items())
      all += part.text();
  }
  return all;
}

// A name of one text, "山田 花子", splits at its space; folding would lose it.
PersonName split(std::string_view text) {
  for (const std::string_view space : {" ", "\u3000"}) {
    const auto at = text.find(space);
    if (at != std::string_view::npos)
      return {folded(text.substr(0, at)), folded(text.substr(at + space.size()))};
  }
  return {folded(text), {}};
}

void read_names(const json::Value& patient, Traits& traits) {
  const auto* names = patient.find("name");
  if (names == nullptr) return;
  for (const auto& name : names->items()) {
    const auto family = name.text_of("family");
    const std::string given = given_of(name);
    PersonName one = family.empty() && given.empty() ? split(name.text_of("text"))
                                                     : PersonName{folded(family), folded(given)};
    if (one.family.empty() && one.given.empty()) continue;
    auto& list =
        is_kana(name, one.family.empty() ? one.given : one.family) ? traits.kana : traits.kanji;
    if (&list == &traits.kana) one = {normal_kana(one.family), normal_kana(one.given)};
    if (list.size() < names_max && std::ranges::find(list, one) == list.end()) list.push_back(one);
  }
}

// What reception writes for a child not yet named, or for someone nobody knows.
bool is_nameless(const Traits& traits) {
  if (traits.kanji.empty() && traits.kana.empty()) return true;
  for (const auto* list : {&traits.kanji, &traits.kana}) {
    for (const auto& name : *list) {
      const std::string whole = name.family + name.given;
      for (const std::string_view mark :
           {"不明", "不詳", "氏名未定", "ベビー", "新生児", "フメイ", "身元"}) {
        if (whole.contains(folded(mark))) return true;
      }
    }
  }
  return false;
}

std::string without_zeros(std::string_view digits) {
  while (digits.size() > 1 && digits.front() == '0')
    digits.remove_prefix(1);
  return std::string(digits);
}

// "00123456:１２:３４５:00" -> "123456:12:345:0"; a missing branch stays missing.
std::string normal_member(std::string_view text) {
  std::string out;
  size_t begin = 0;
  for (int part = 0; part < 4; ++part) {
    const size_t end = text.find(':', begin);
    const auto piece = text.substr(begin, end == std::string_view::npos ? end : end - begin);
    if (part > 0) out += ':';
    std::string plain;
    for (const char c : folded(piece)) {
      if (c != '-') plain += c;
    }
    out += plain.empty() ? "" : without_zeros(plain);
    if (end == std::string_view::npos)
      begin = text.size();
    else
      begin = end + 1;
  }
  return out;
}

void read_identifiers(const json::Value& patient, Traits& traits) {
  const auto* identifiers = patient.find("identifier");
  if (identifiers == nullptr) return;
  for (const auto& identifier : identifiers->items()) {
    const auto system = identifier.text_of("system"), value = identifier.text_of("value");
    if (system.empty() || value.empty() || system.starts_with(facility_system)) continue;
    if (system == member_system)
      traits.insured.push_back(normal_member(value));
    else if (system.starts_with("urn:oid:1.2.392.") || system.starts_with("http://jpfhir.jp/")) {
      traits.numbers.push_back(std::string(system) + "|" + folded(value));
    }
  }
}

void read_contacts(const json::Value& patient, Traits& traits) {
  if (const auto* telecom = patient.find("telecom")) {
    for (const auto& contact : telecom->items()) {
      const auto kind = contact.text_of("system");
      if (kind != "phone" && kind != "sms" && !kind.empty()) continue;
      auto digits = digits_of(contact.text_of("value"));
      if (digits.starts_with("81") && digits.size() > 10) digits = "0" + digits.substr(2);
      if (digits.size() >= 9) traits.phones.push_back(std::move(digits));
    }
  }
  const auto* addresses = patient.find("address");
  if (addresses == nullptr || addresses->items().empty()) return;
  const auto& address = addresses->items().front();
  traits.postal_code = digits_of(address.text_of("postalCode"));
  std::string text(address.text_of("text"));
  if (text.empty()) {
    text.append(address.text_of("state")).append(address.text_of("city"));
    if (const auto* lines = address.find("line")) {
      for (const auto& line : lines->items())
        text += line.text();
    }
  }
  traits.address = normal_address(text);
}

constexpr std::array<std::string_view, 10> kanji_digits = {"〇", "一", "二", "三", "四",
                                                           "五", "六", "七", "八", "九"};

json::Value names_value(json::Arena& arena, const std::vector<PersonName>& names) {
  auto all = json::Value::array();
  for (const auto& name : names) {
    all.push(arena, json::Value::string(arena, name.family));
    all.push(arena, json::Value::string(arena, name.given));
  }
  return all;
}

json::Value list_value(json::Arena& arena, const std::vector<std::string>& list) {
  auto all = json::Value::array();
  for (const auto& one : list)
    all.push(arena, json::Value::string(arena, one));
  return all;
}

std::vector<std::string> list_of(const json::Value& object, std::string_view name) {
  std::vector<std::string> all;
  if (const auto* list = object.find(name)) {
    for (const auto& item : list->items())
      all.emplace_back(item.text());
  }
  return all;
}

std::vector<PersonName> names_of(const json::Value& object, std::string_view name) {
  const auto flat = list_of(object, name);
  std::vector<PersonName> names;
  for (size_t i = 0; i + 1 < flat.size(); i += 2)
    names.push_back({flat[i], flat[i + 1]});
  return names;
}

}  // namespace

// Half-width kana, ゛ apart and hiragana are folded's work. Here: ショ and シヨ are one name on a
// claims computer, ー and the vowel it stands for are written at will, ヂ/ジ and ヅ/ズ are one
// sound.
std::string normal_kana(std::string_view text) {
  std::string out = folded(text);
  constexpr std::pair<std::string_view, std::string_view> same[] = {
      {"ャ", "ヤ"}, {"ュ", "ユ"}, {"ョ", "ヨ"}, {"ッ", "ツ"}, {"ァ", "ア"},
      {"ィ", "イ"}, {"ゥ", "ウ"}, {"ェ", "エ"}, {"ォ", "オ"}, {"ヮ", "ワ"},
      {"ヵ", "カ"}, {"ヶ", "ケ"}, {"ヂ", "ジ"}, {"ヅ", "ズ"}, {"ヲ", "オ"},
      {"ヱ", "エ"}, {"ヰ", "イ"}, {"ー", ""},   {"-", ""},
  };
  for (const auto& [from, to] : same)
    replace_all(out, from, to);
  // オオノ and オノ stay apart; only the long vowel written out behind its own row is dropped: コウ
  // and コー.
  constexpr std::pair<std::string_view, std::string_view> long_vowels[] = {
      {"コウ", "コ"}, {"ソウ", "ソ"}, {"トウ", "ト"}, {"ノウ", "ノ"}, {"ホウ", "ホ"},
      {"モウ", "モ"}, {"ヨウ", "ヨ"}, {"ロウ", "ロ"}, {"ゴウ", "ゴ"}, {"ゾウ", "ゾ"},
      {"ドウ", "ド"}, {"ボウ", "ボ"}, {"ユウ", "ユ"},
  };
  for (const auto& [from, to] : long_vowels)
    replace_all(out, from, to);
  return out;
}

// 一丁目二番地３号, 1丁目2-3, １－２－３ and 1-2-3 are one. Building names behind the numbers are
// dropped.
std::string normal_address(std::string_view text) {
  std::string out = folded(text);
  for (size_t digit = 0; digit < kanji_digits.size(); ++digit) {
    for (const std::string_view unit : {"丁目", "番地", "番", "号"}) {
      replace_all(out, std::string(kanji_digits[digit]).append(unit),
                  std::to_string(digit).append(unit));
    }
  }
  for (const std::string_view unit : {"丁目", "番地の", "番地", "番", "号", "ー", "の"}) {
    size_t at = 0;
    while ((at = out.find(unit, at)) != std::string::npos) {
      const bool behind_digit = at > 0 && out[at - 1] >= '0' && out[at - 1] <= '9';
      if (behind_digit)
        out.replace(at, unit.size(), "-");
      else
        at += unit.size();
    }
  }
  const auto digit = out.find_first_of("0123456789");
  if (digit != std::string::npos) {
    const auto end = out.find_first_not_of("0123456789-", digit);
    out.resize(end == std::string::npos ? out.size() : end);
  }
  while (out.contains("--"))
    replace_all(out, "--", "-");
  while (out.ends_with('-'))
    out.pop_back();
  return out;
}

std::string normal_date(std::string_view text) {
  int year = 0;
  unsigned month = 0, day = 0;
  const std::string plain = folded(text);
  struct Era {
    std::string_view kanji, letter;
    int first;
  };
  constexpr Era eras[] = {{"明治", "m", 1868},
                          {"大正", "t", 1912},
                          {"昭和", "s", 1926},
                          {"平成", "h", 1989},
                          {"令和", "r", 2019}};
  std::string rest = plain;
  int base = 0;
  for (const auto& era : eras) {
    for (const auto name : {era.kanji, era.letter}) {
      if (base == 0 && rest.starts_with(name)) {
        base = era.first - 1;
        rest.erase(0, name.size());
      }
    }
  }
  replace_all(rest, "元年", "1年");
  for (const std::string_view unit : {"年", "月", "日", ".", "/", "-", "ー"})
    replace_all(rest, unit, " ");
  const bool parted = std::sscanf(rest.c_str(), "%4d %2u %2u", &year, &month, &day) == 3;
  const bool packed = !parted && std::sscanf(rest.c_str(), base == 0 ? "%4d%2u%2u" : "%2d%2u%2u",
                                             &year, &month, &day) == 3;
  const std::chrono::year_month_day date{std::chrono::year{year + base}, std::chrono::month{month},
                                         std::chrono::day{day}};
  if ((!parted && !packed) || !date.ok()) return {};
  return fmt::format("{:04}-{:02}-{:02}", year + base, month, day);
}

Traits traits_of(const json::Value& patient) {
  Traits traits;
  read_names(patient, traits);
  traits.birth_date = normal_date(patient.text_of("birthDate"));
  const auto gender = patient.text_of("gender");
  if (gender == "male" || gender == "female") traits.gender = gender;
  read_identifiers(patient, traits);
  read_contacts(patient, traits);
  traits.nameless = is_nameless(traits);
  return traits;
}

std::vector<std::string> blocks_of(const Traits& traits) {
  std::set<std::string> blocks;
  if (traits.nameless) return {};
  const std::string& date = traits.birth_date;
  for (const auto& name : traits.kana) {
    const std::string whole = name.family + name.given;
    blocks.insert("kana|" + whole);
    if (!date.empty() && !name.given.empty()) blocks.insert("given|" + date + "|" + name.given);
    if (!date.empty()) blocks.insert("family|" + date + "|" + name.family);
  }
  for (const auto& name : traits.kanji) {
    if (!date.empty()) blocks.insert("kanji|" + date + "|" + name.family + name.given);
    if (!date.empty() && !name.given.empty())
      blocks.insert("kanji-given|" + date + "|" + name.given);
    if (!name.given.empty()) blocks.insert("kanji|" + name.family + name.given);
  }
  for (const auto& insured : traits.insured) {
    blocks.insert("insured|" + insured.substr(0, insured.rfind(':')));
  }
  for (const auto& number : traits.numbers)
    blocks.insert("number|" + number);
  for (const auto& phone : traits.phones)
    blocks.insert("phone|" + phone);
  return {blocks.begin(), blocks.end()};
}

std::string print(const Traits& traits) {
  json::Document document;
  auto& arena = document.arena;
  auto all = json::Value::object();
  all.append(arena, "kanji", names_value(arena, traits.kanji));
  all.append(arena, "kana", names_value(arena, traits.kana));
  all.append(arena, "born", json::Value::string(arena, traits.birth_date));
  all.append(arena, "gender", json::Value::string(arena, traits.gender));
  all.append(arena, "insured", list_value(arena, traits.insured));
  all.append(arena, "numbers", list_value(arena, traits.numbers));
  all.append(arena, "phones", list_value(arena, traits.phones));
  all.append(arena, "postal", json::Value::string(arena, traits.postal_code));
  all.append(arena, "address", json::Value::string(arena, traits.address));
  all.append(arena, "nameless", json::Value::boolean(traits.nameless));
  return json::print(all);
}

Traits parse_traits(const json::Value& root) {
  Traits traits;
  traits.kanji = names_of(root, "kanji");
  traits.kana = names_of(root, "kana");
  traits.birth_date = root.text_of("born");
  traits.gender = root.text_of("gender");
  traits.insured = list_of(root, "insured");
  traits.numbers = list_of(root, "numbers");
  traits.phones = list_of(root, "phones");
  traits.postal_code = root.text_of("postal");
  traits.address = root.text_of("address");
  const auto* nameless = root.find("nameless");
  traits.nameless = nameless != nullptr && nameless->boolean();
  return traits;
}

}  // namespace tasuki::record
