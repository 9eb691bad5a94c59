#include "formats/ssmix2/kinds.h"

#include <algorithm>

namespace tasuki::ssmix2 {
namespace {

// clang-format off
constexpr Kind table[] = {
    {"ADT-00", "患者基本情報",         "ADT^A08", "ADT^A23", "-",      true},
    {"ADT-01", "担当医の変更",         "ADT^A54", "ADT^A55", "-",      false},
    {"ADT-12", "外来診察の受付",       "ADT^A04", "",        "PV1-44", false},
    {"ADT-21", "入院予定",             "ADT^A14", "ADT^A27", "PV2-8",  false},
    {"ADT-22", "入院実施",             "ADT^A01", "ADT^A11", "PV1-44", false},
    {"ADT-31", "外出泊実施",           "ADT^A21", "ADT^A52", "EVN-6",  false},
    {"ADT-32", "外出泊帰院実施",       "ADT^A22", "ADT^A53", "EVN-6",  false},
    {"ADT-41", "転科・転棟予定",       "ADT^A15", "ADT^A26", "PV2-8",  false},
    {"ADT-42", "転科・転棟実施",       "ADT^A02", "ADT^A12", "EVN-6",  false},
    {"ADT-51", "退院予定",             "ADT^A16", "ADT^A25", "PV2-9",  false},
    {"ADT-52", "退院実施",             "ADT^A03", "ADT^A13", "PV1-45", false},
    {"ADT-61", "アレルギー情報",       "ADT^A60", "",        "-",      true},
    {"PPR-01", "病名（歴）情報",       "PPR^ZD1", "",        "-",      true},
    {"OMD",    "食事オーダ",           "OMD^O03", "",        "ORC-9",  false},
    {"OMP-01", "処方オーダ",           "RDE^O11", "",        "ORC-9",  false},
    {"OMP-11", "処方実施通知",         "RAS^O17", "",        "RXA-3",  false},
    {"OMP-02", "注射オーダ",           "RDE^O11", "",        "ORC-9",  false},
    {"OMP-12", "注射実施通知",         "RAS^O17", "",        "RXA-3",  false},
    {"OML-01", "検体検査オーダ",       "OML^O33", "",        "ORC-9",  false},
    {"OML-11", "検体検査結果通知",     "OUL^R22", "",        "SPM-17", false},
    {"OMG-01", "放射線検査オーダ",     "OMG^O19", "",        "ORC-9",  false},
    {"OMG-11", "放射線検査の実施通知", "OMI^Z23", "",        "OBR-7",  false},
    {"OMG-02", "内視鏡検査オーダ",     "OMG^O19", "",        "ORC-9",  false},
    {"OMG-12", "内視鏡検査の実施通知", "OMI^Z23", "",        "OBR-7",  false},
    {"OMG-03", "生理検査オーダ",       "OMG^O19", "",        "ORC-9",  false},
    {"OMG-13", "生理検査結果通知",     "ORU^R01", "",        "OBR-7",  false},
};
// clang-format on

// Characters that agree place by place; codes are six long, so this is as good as an edit distance.
size_t likeness(std::string_view one, std::string_view other) {
  size_t same = 0;
  for (size_t i = 0; i < std::min(one.size(), other.size()); ++i)
    same += (one[i] & ~0x20) == (other[i] & ~0x20) ? 1u : 0u;
  return same;
}

}  // namespace

std::span<const Kind> kinds() {
  return table;
}

const Kind* kind_of(std::string_view code) {
  const auto* found = std::ranges::find(table, code, &Kind::code);
  return found == std::end(table) ? nullptr : found;
}

std::string_view nearest_kind(std::string_view code) {
  return std::ranges::max_element(table, {},
                                  [&](const Kind& kind) { return likeness(kind.code, code); })
      ->code;
}

}  // namespace tasuki::ssmix2
