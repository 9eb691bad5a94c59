#include "record/identity/score.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"

namespace tasuki::record {

namespace {

// log2(m/u): m, how often the field agrees on one person's records; u, how often on two people's.
// In a region of 100,000 a prior of about -17 stands against them.
struct Weights {
  double agree, partly, differ;
};
constexpr Weights kana_weight{
    11.0, 5.0, -5.0};  // u about 1/2000 for a full name, surnames being shared by few
constexpr Weights kanji_weight{4.0, 1.0, -3.0};   // beside kana: what the spelling adds
constexpr Weights birth_weight{13.0, 3.0, -7.0};  // u about 1/27,000 over 75 years
constexpr Weights gender_weight{1.0, 0.0, -6.0};
constexpr Weights insured_weight{14.0, 4.0,
                                 -0.5};  // numbers change with the job: differing says little
constexpr Weights number_weight{20.0, 0.0, -1.0};
constexpr Weights phone_weight{7.0, 0.0, -0.7};
constexpr Weights address_weight{7.0, 2.0, -1.0};

constexpr double link_from =
    20.0;  // set for a share of right links of .9995 or more on our test pairs
constexpr double ask_from = 9.0;

enum class Agreement : uint8_t { unknown, agree, partly, differ };

size_t characters(std::string_view utf8) {
  return static_cast<size_t>(std::ranges::count_if(
      utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

// One letter more, less or other, in names of at least three letters.
bool is_one_off(std::string_view left, std::string_view right) {
  if (left == right) return false;
  if (characters(left) < 3 || characters(right) < 3) return false;
  size_t begin = 0, end = 0;
  const size_t shorter = std::min(left.size(), right.size());
  while (begin < shorter && left[begin] == right[begin])
    ++begin;
  while (begin > 0 && begin < left.size() &&
         (static_cast<unsigned char>(left[begin]) & 0xc0) == 0x80)
    --begin;
  while (end < shorter - begin && left[left.size() - 1 - end] == right[right.size() - 1 - end])
    ++end;
  const auto rest = [&](std::string_view text) {
    size_t stop = text.size() - end;
    while (stop < text.size() && (static_cast<unsigned char>(text[stop]) & 0xc0) == 0x80)
      ++stop;
    return characters(text.substr(begin, stop - begin));
  };
  return rest(left) <= 1 && rest(right) <= 1;
}

std::string whole(const PersonName& name) {
  return name.family + name.given;
}

// The best of all pairs of names: legal, former and common names stand side by side.
Agreement compare_names(const std::vector<PersonName>& left, const std::vector<PersonName>& right) {
  if (left.empty() || right.empty()) return Agreement::unknown;
  bool partly = false;
  for (const auto& a : left) {
    for (const auto& b : right) {
      if (whole(a) == whole(b)) return Agreement::agree;
      const bool same_given =
          !a.given.empty() && a.given == b.given;  // married: the family name changed
      if (same_given || is_one_off(whole(a), whole(b))) partly = true;
    }
  }
  return partly ? Agreement::partly : Agreement::differ;
}

bool share(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  return std::ranges::any_of(
      left, [&](const auto& one) { return std::ranges::find(right, one) != right.end(); });
}

std::string_view without_branch(std::string_view insured) {
  return insured.substr(0, insured.rfind(':'));
}
std::string_view branch(std::string_view insured) {
  return insured.substr(insured.rfind(':') + 1);
}

// The branch number (枝番) tells the members of one family apart; older systems do not send it.
Agreement compare_insured(const std::vector<std::string>& left,
                          const std::vector<std::string>& right) {
  if (left.empty() || right.empty()) return Agreement::unknown;
  bool partly = false, other_member = false;
  for (const auto& a : left) {
    for (const auto& b : right) {
      if (without_branch(a) != without_branch(b)) continue;
      if (branch(a).empty() || branch(b).empty())
        partly = true;
      else if (branch(a) == branch(b))
        return Agreement::agree;
      else
        other_member = true;
    }
  }
  return partly ? Agreement::partly : other_member ? Agreement::unknown : Agreement::differ;
}

Agreement compare_births(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return Agreement::unknown;
  if (left == right) return Agreement::agree;
  // One digit mistyped, or day and month changed places.
  size_t other = 0;
  for (size_t i = 0; i < left.size() && i < right.size(); ++i)
    if (left[i] != right[i]) ++other;
  const bool swapped =
      left.size() == 10 && right.size() == 10 && left.substr(0, 4) == right.substr(0, 4) &&
      left.substr(5, 2) == right.substr(8, 2) && left.substr(8, 2) == right.substr(5, 2);
  return other == 1 || swapped ? Agreement::partly : Agreement::differ;
}

Agreement compare_texts(std::string_view left, std::string_view right) {
  if (left.empty() || right.empty()) return Agreement::unknown;
  return left == right ? Agreement::agree : Agreement::differ;
}

Agreement compare_addresses(const Traits& left, const Traits& right) {
  if (left.address.empty() || right.address.empty())
    return compare_texts(left.postal_code, right.postal_code) == Agreement::agree
               ? Agreement::partly
               : Agreement::unknown;
  if (left.address == right.address || left.address.ends_with(right.address) ||
      right.address.ends_with(left.address))
    return Agreement::agree;
  const bool same_post = !left.postal_code.empty() && left.postal_code == right.postal_code;
  return same_post ? Agreement::partly : Agreement::differ;
}

Agreement compare_lists(const std::vector<std::string>& left,
                        const std::vector<std::string>& right) {
  if (left.empty() || right.empty()) return Agreement::unknown;
  return share(left, right) ? Agreement::agree : Agreement::differ;
}

// Same kana, same day, but the given name is written with other kanji: 山田 花子 and 山田 華子, or
// twins named alike.
bool kanji_given_differ(const Traits& left, const Traits& right) {
  bool comparable = false;
  for (const auto& a : left.kanji) {
    for (const auto& b : right.kanji) {
      const bool known = !a.given.empty() && !b.given.empty();
      if (whole(a) == whole(b) || (known && a.given == b.given)) return false;
      comparable |= known || a.family == b.family;
    }
  }
  return comparable;
}

bool kana_given_differ(const Traits& left, const Traits& right) {
  bool comparable = false;
  for (const auto& a : left.kana) {
    for (const auto& b : right.kana) {
      if (a.given.empty() || b.given.empty()) continue;
      if (a.given == b.given || is_one_off(a.given, b.given)) return false;
      comparable = true;
    }
  }
  return comparable;
}

// U+3013 〓 and U+25CF ● stand for kanji a sender could not write: no evidence against.
bool is_damaged(const Traits& traits) {
  return std::ranges::any_of(traits.kanji, [](const auto& name) {
    return whole(name).contains("〓") || whole(name).contains("●");
  });
}

// ユウタ and ユウト may be a slip of the pen, or twins: a person has to look.
bool no_given_equal(const std::vector<PersonName>& left, const std::vector<PersonName>& right) {
  bool comparable = false;
  for (const auto& a : left) {
    for (const auto& b : right) {
      if (whole(a) == whole(b)) return false;
      if (a.given.empty() || b.given.empty()) continue;
      if (a.given == b.given) return false;
      comparable = true;
    }
  }
  return comparable;
}

class Tally {
 public:
  void add(std::string_view field, Agreement agreement, Weights weights) {
    if (agreement == Agreement::unknown) return;
    const double weight = agreement == Agreement::agree    ? weights.agree
                          : agreement == Agreement::partly ? weights.partly
                                                           : weights.differ;
    const std::string_view word = agreement == Agreement::agree    ? "equal"
                                  : agreement == Agreement::partly ? "close"
                                                                   : "differs";
    verdict.score += weight;
    if (!verdict.evidence.empty()) verdict.evidence += "; ";
    verdict.evidence += fmt::format("{} {} {:+.1f}", field, word, weight);
  }
  Verdict verdict;
};

Verdict vetoed(Verdict verdict, std::string_view reason) {
  verdict.band = Band::apart;
  verdict.veto = true;
  verdict.evidence += fmt::format("; veto: {}", reason);
  return verdict;
}

}  // namespace

Verdict compare(const Traits& left, const Traits& right) {
  Tally tally;
  const auto kana = compare_names(left.kana, right.kana);
  auto kanji = compare_names(left.kanji, right.kanji);
  if (kanji == Agreement::differ && (is_damaged(left) || is_damaged(right)))
    kanji = Agreement::unknown;
  const auto birth = compare_births(left.birth_date, right.birth_date);
  const auto gender = compare_texts(left.gender, right.gender);
  const auto insured = compare_insured(left.insured, right.insured);
  const auto number = compare_lists(left.numbers, right.numbers);
  const auto phone = compare_lists(left.phones, right.phones);
  const auto address = compare_addresses(left, right);
  // Without kana on one side the kanji carry the name's whole weight.
  const bool no_kana = kana == Agreement::unknown;
  tally.add("kana name", kana, kana_weight);
  tally.add("kanji name", kanji, no_kana ? kana_weight : kanji_weight);
  tally.add("birth date", birth, birth_weight);
  tally.add("sex", gender, gender_weight);
  tally.add("insured number", insured, insured_weight);
  tally.add("identifier", number, number_weight);
  tally.add("phone", phone, phone_weight);
  tally.add("address", address, address_weight);
  Verdict verdict = std::move(tally.verdict);

  if (left.nameless || right.nameless) {
    verdict.band =
        number == Agreement::agree || insured == Agreement::agree ? Band::ask : Band::apart;
    return verdict;
  }
  const bool same_identifier = number == Agreement::agree || insured == Agreement::agree;
  if (gender == Agreement::differ && birth == Agreement::differ)
    return vetoed(std::move(verdict), "sex and birth date differ");
  if (kana_given_differ(left, right) && !same_identifier)
    return vetoed(std::move(verdict), "given names differ");
  if (kana != Agreement::unknown && kanji_given_differ(left, right) && !is_damaged(left) &&
      !is_damaged(right) && !same_identifier) {
    return vetoed(std::move(verdict), "given names are written with other kanji");
  }
  // A name in kana and a day of birth are shared by one person in a few thousand: something more
  // has to agree.
  const bool supported = kanji == Agreement::agree || same_identifier ||
                         insured == Agreement::partly || phone == Agreement::agree ||
                         address == Agreement::agree;
  const bool contradicted =
      gender == Agreement::differ || birth == Agreement::differ ||
      (birth == Agreement::partly && !same_identifier) || no_given_equal(left.kana, right.kana) ||
      (no_given_equal(left.kanji, right.kanji) && !is_damaged(left) && !is_damaged(right));
  // Name and birthday alone, and everything else says otherwise: perhaps a namesake.
  const bool doubtful = !same_identifier && insured == Agreement::differ &&
                        phone == Agreement::differ && address == Agreement::differ;
  if (verdict.score >= link_from && supported && !contradicted && !doubtful)
    verdict.band = Band::link;
  else if (verdict.score >= ask_from)
    verdict.band = Band::ask;
  return verdict;
}

}  // namespace tasuki::record
