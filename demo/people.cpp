#include "people.h"

#include <array>

#include <fmt/format.h>

namespace tasuki::demo {
namespace {

struct NamePart {
  std::string_view kanji, kana,
      variant;  // variant: another way the same name is written; empty = none
};
// clang-format off
constexpr std::array families{
    NamePart{"佐藤", "サトウ", ""}, NamePart{"鈴木", "スズキ", ""}, NamePart{"髙橋", "タカハシ", "高橋"}, NamePart{"田中", "タナカ", ""},
    NamePart{"伊藤", "イトウ", ""}, NamePart{"渡邊", "ワタナベ", "渡辺"}, NamePart{"山本", "ヤマモト", ""}, NamePart{"中村", "ナカムラ", ""},
    NamePart{"小林", "コバヤシ", ""}, NamePart{"加藤", "カトウ", ""}, NamePart{"吉田", "ヨシダ", ""}, NamePart{"山崎", "ヤマザキ", "山﨑"},
    NamePart{"佐々木", "ササキ", ""}, NamePart{"松本", "マツモト", ""}, NamePart{"井上", "イノウエ", ""}, NamePart{"木村", "キムラ", ""},
    NamePart{"林", "ハヤシ", ""}, NamePart{"斎藤", "サイトウ", "齋藤"}, NamePart{"清水", "シミズ", ""}, NamePart{"山口", "ヤマグチ", ""},
    NamePart{"森", "モリ", ""}, NamePart{"池田", "イケダ", ""}, NamePart{"橋本", "ハシモト", ""}, NamePart{"阿部", "アベ", ""},
    NamePart{"石川", "イシカワ", ""}, NamePart{"小澤", "オザワ", "小沢"}, NamePart{"濱田", "ハマダ", "浜田"}, NamePart{"廣瀬", "ヒロセ", "広瀬"},
    NamePart{"黒澤", "クロサワ", "黒沢"}, NamePart{"宮﨑", "ミヤザキ", "宮崎"}, NamePart{"服部", "ハットリ", ""}, NamePart{"長谷川", "ハセガワ", ""},
};
constexpr std::array women{
    NamePart{"幸子", "サチコ", ""}, NamePart{"和子", "カズコ", ""}, NamePart{"節子", "セツコ", ""}, NamePart{"洋子", "ヨウコ", ""},
    NamePart{"恵子", "ケイコ", ""}, NamePart{"由美", "ユミ", ""}, NamePart{"久美子", "クミコ", ""}, NamePart{"真由美", "マユミ", ""},
    NamePart{"陽子", "ヨウコ", ""}, NamePart{"智子", "トモコ", ""}, NamePart{"美咲", "ミサキ", ""}, NamePart{"葵", "アオイ", ""},
    NamePart{"陽菜", "ハルナ", ""}, NamePart{"結衣", "ユイ", ""}, NamePart{"千代", "チヨ", ""}, NamePart{"京子", "キョウコ", ""},
};
constexpr std::array men{
    NamePart{"太郎", "タロウ", ""}, NamePart{"一郎", "イチロウ", ""}, NamePart{"清", "キヨシ", ""}, NamePart{"実", "ミノル", ""},
    NamePart{"茂", "シゲル", ""}, NamePart{"誠", "マコト", ""}, NamePart{"健", "ケン", ""}, NamePart{"浩", "ヒロシ", ""},
    NamePart{"隆", "タカシ", ""}, NamePart{"翔太", "ショウタ", ""}, NamePart{"大輔", "ダイスケ", ""}, NamePart{"蓮", "レン", ""},
    NamePart{"悠斗", "ユウト", ""}, NamePart{"正雄", "マサオ", ""}, NamePart{"勝", "マサル", ""}, NamePart{"修", "オサム", ""},
};
constexpr std::array towns{"架空町", "潮見台", "灯台前", "浜通り", "桜坂", "緑が丘", "港本町", "若松町"};
constexpr std::array all_facilities{
    FacilityInfo{Facility::minato, "minato-hosp", "1310000001", "みなと総合病院"},
    FacilityInfo{Facility::sakura, "sakura-hosp", "1310000019", "さくら病院"},
    FacilityInfo{Facility::midori, "midori-clinic", "1310000027", "みどり内科クリニック"},
};
// clang-format on

Name name_of(Dice& dice, char sex) {
  const NamePart& family = dice.one_of(std::span(families));
  const NamePart& given = sex == 'F' ? dice.one_of(std::span(women)) : dice.one_of(std::span(men));
  return {std::string(family.kanji), std::string(given.kanji), std::string(family.kana),
          std::string(given.kana)};
}

// Another facility's clerk typed another of the ways the same name is written.
Name as_spelt(const Name& name, Dice& dice) {
  Name spelt = name;
  for (const NamePart& part : families) {
    if (part.kanji == name.family && !part.variant.empty() && dice.happens(0.5))
      spelt.family = part.variant;
  }
  if (dice.happens(0.1)) {  // kana with its small letters written large, as old systems do
    if (const size_t at = spelt.kana_given.find("ョ"); at != std::string::npos)
      spelt.kana_given.replace(at, 3, "ヨ");
  }
  return spelt;
}

std::string address_of(Dice& dice, const std::string& town, std::array<int, 3> block) {
  const bool wide = dice.happens(0.5);
  const std::string numbers = fmt::format("{}-{}-{}", block[0], block[1], block[2]);
  if (dice.happens(0.3))
    return fmt::format("東京都みなと町{}{}丁目{}番{}号", town, full_width(std::to_string(block[0])),
                       full_width(std::to_string(block[1])), full_width(std::to_string(block[2])));
  return fmt::format("東京都みなと町{}{}", town, wide ? full_width(numbers) : numbers);
}

Insurance insurance_of(Dice& dice, Day from, int age) {
  Insurance insurance;
  insurance.from = from;
  std::string digits;
  if (age >= 75) {
    insurance.kind_code = "39";
    insurance.kind = "後期高齢者医療";
    digits = fmt::format("3913{:03}", dice.between(100, 199));
  } else if (dice.happens(0.5)) {
    insurance.kind_code = "C0";
    insurance.kind = "国民健康保険";
    digits = fmt::format("13{:03}", dice.between(800, 899));
  } else {
    insurance.kind_code = "06";
    insurance.kind = "組合管掌健康保険";
    digits = fmt::format("0613{:03}", dice.between(900, 999));
  }
  insurance.insurer = digits + check_digit(digits);
  if (age < 75) insurance.symbol = full_width(std::to_string(dice.between(10, 9999)));
  insurance.number = full_width(fmt::format("{}", dice.between(100, 9999999)));
  return insurance;
}

void insure(Person& person, Dice& dice, Day today) {
  const auto age = [&](Day day) { return static_cast<int>((day - person.birth).count() / 365.25); };
  const Day start = today - std::chrono::days(365 * 6);
  person.insurances.push_back(insurance_of(dice, start, age(start)));
  const bool turned_75 = age(start) < 75 && age(today) >= 75;
  if (!turned_75 && !dice.happens(0.15)) return;
  const Day change = turned_75 ? person.birth + std::chrono::days(27394)
                               : today - std::chrono::days(dice.between(100, 900));
  person.insurances.back().to = change - std::chrono::days(1);
  person.insurances.push_back(insurance_of(dice, change, age(change)));
}

void marry(Person& person, Dice& dice, Day today) {
  if (person.sex != 'F' || !dice.happens(0.06)) return;
  person.name_until = person.name;
  const NamePart& family = dice.one_of(std::span(families));
  person.name.family = family.kanji;
  person.name.kana_family = family.kana;
  person.name_changed = today - std::chrono::days(dice.between(200, 1500));
}

void register_person(Person& person, Dice& dice) {
  const std::string town = towns[dice.next() % towns.size()];
  const std::array block{dice.between(1, 5), dice.between(1, 20), dice.between(1, 12)};
  const auto add = [&](Facility facility, int width) {
    const uint64_t number = person.number * 7 + 100 + static_cast<uint64_t>(facility) * 3;
    person.registrations.push_back({facility, fmt::format("{:0{}}", number, width),
                                    as_spelt(person.name, dice), address_of(dice, town, block)});
  };
  const int first = dice.between(0, 9);
  if (first < 5 || dice.happens(0.25)) add(Facility::minato, 10);
  if ((first >= 5 && first < 7) || dice.happens(0.2)) add(Facility::sakura, 8);
  if (first >= 7 || dice.happens(0.35)) add(Facility::midori, 6);
}

}  // namespace

const FacilityInfo& info(Facility facility) {
  return all_facilities[static_cast<size_t>(facility)];
}

char check_digit(std::string_view digits) {
  int sum = 0;
  bool doubled = true;
  for (size_t i = digits.size(); i-- > 0; doubled = !doubled) {
    const int product = (digits[i] - '0') * (doubled ? 2 : 1);
    sum += product / 10 + product % 10;
  }
  return static_cast<char>('0' + (10 - sum % 10) % 10);
}

std::string full_width(std::string_view ascii) {
  std::string wide;
  for (const char c : ascii) {
    if (c == '-') {
      wide += "－";
    } else {
      wide += "\xef\xbc";
      wide += static_cast<char>(0x90 + (c - '0'));
    }
  }
  return wide;
}

Person invent_person(uint64_t number, Dice& dice, Day today) {
  Person person;
  person.number = number;
  person.sex = dice.happens(0.53) ? 'F' : 'M';
  const int age = dice.happens(0.55) ? dice.between(60, 94) : dice.between(3, 59);
  person.birth = today - std::chrono::days(static_cast<int>(age * 365.25) + dice.between(0, 364));
  person.name = name_of(dice, person.sex);
  person.postcode = fmt::format("999-{:04}", dice.between(1, 60));
  person.phone = fmt::format("03-0000-{:04}", dice.between(0, 9999));
  if (dice.happens(0.05)) person.allergies.push_back("ペニシリン系抗菌薬");
  if (dice.happens(0.03)) person.allergies.push_back("造影剤");
  if (dice.happens(0.04)) person.allergies.push_back("そば");
  person.agreed = dice.happens(0.8);
  marry(person, dice, today);
  insure(person, dice, today);
  register_person(person, dice);
  return person;
}

}  // namespace tasuki::demo
