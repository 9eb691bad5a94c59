#include "formats/masters/layout.h"

#include <algorithm>

namespace tasuki::formats::masters {
namespace {

// clang-format off
constexpr Layout table[] = {
    // 支払基金 レセプト電算処理システム: 記録条件仕様, マスターファイル仕様説明書. The record letter is the second column.
    {.name = "receipt-disease", .title = "傷病名マスター", .letter = 'B', .columns_min = 24,
     .targets = {{{"http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterB-disease", "ReceiptDisease", "レセプト電算 傷病名コード", {2}, {5}, 7},
                  {"http://medis.or.jp/CodeSystem/master-disease-keyNumber", "DiseaseKeyNumber", "病名管理番号", {10}, {5}, 8},
                  {"http://medis.or.jp/CodeSystem/master-disease-exCode", "DiseaseExchangeCode", "病名交換用コード", {12}, {5}, 4}}},
     .kana = {9}, .since = {22}, .until = {23},
     .fields = {{{"icd10", {15}}, {"icd10-2", {16}}, {"successor", {3}}, {"adopted", {11}}, {"receipt-code", {2}}, {"key-number", {10}}, {"exchange-code", {12}}}}},
    {.name = "receipt-modifier", .title = "修飾語マスター", .letter = 'Z', .columns_min = 19,
     .targets = {{{"http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterZ-disease-modifier", "ReceiptModifier", "レセプト電算 修飾語コード", {2}, {6}, 4},
                  {"http://medis.or.jp/CodeSystem/master-disease-modKeyNumber", "ModifierKeyNumber", "修飾語管理番号", {16}, {6}, 8},
                  {"http://medis.or.jp/CodeSystem/master-disease-modExCode", "ModifierExchangeCode", "修飾語交換用コード", {17}, {6}, 4}}},
     .kana = {9}, .since = {13}, .until = {15},
     .fields = {{{"kind", {18}}, {"receipt-code", {2}}, {"key-number", {16}}, {"exchange-code", {17}}}}},
    {.name = "receipt-medicine", .title = "医薬品マスター", .letter = 'Y', .columns_min = 32,
     .targets = {{{"urn:tasuki:master:receipt-medicine", "ReceiptMedicine", "レセプト電算 医薬品コード", {2}, {4}, 9},
                  {"http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationGeneralOrderCode", "GeneralOrderCode", "一般名処方コード", {36}, {37}, 12}}},
     .kana = {6}, .since = {29}, .until = {30},
     .fields = {{{"unit", {9}}, {"price", {11}}, {"form", {27}}, {"price-list-code", {31}}, {"general-name-code", {36}}, {"receipt-code", {2}}}}},
    {.name = "receipt-procedure", .title = "医科診療行為マスター", .letter = 'S', .columns_min = 100,
     .targets = {{{"urn:tasuki:master:receipt-procedure", "ReceiptProcedure", "レセプト電算 診療行為コード", {2}, {4}, 9}}},
     .kana = {6}, .since = {86}, .until = {87},
     .fields = {{{"unit", {9}}, {"points-kind", {10}}, {"points", {11}}}}},
    {.name = "receipt-material", .title = "特定器材マスター", .letter = 'T', .columns_min = 30,
     .targets = {{{"urn:tasuki:master:receipt-material", "ReceiptMaterial", "レセプト電算 特定器材コード", {2}, {4}, 9}}},
     .kana = {6}, .since = {27}, .until = {29},
     .fields = {{{"unit", {9}}, {"price", {11}}}}},
    // MEDIS-DC 標準医薬品マスター: HOT13 and HOT9 files share a header of 24 columns.
    {.name = "medicine-hot", .title = "標準医薬品マスター(HOT・YJ)", .header = "処方用番号", .columns_min = 24,
     .targets = {{{"http://medis.or.jp/CodeSystem/master-HOT13", "HOT13", "HOT13", {0}, {11}, 13},
                  {"http://medis.or.jp/CodeSystem/master-HOT9", "HOT9", "HOT9", {0}, {11}, 9},
                  {"http://medis.or.jp/CodeSystem/master-HOT7", "HOT7", "HOT7", {1}, {11}, 7},
                  {"http://capstandard.jp/iyaku.info/CodeSystem/YJ-code", "YJ", "個別医薬品コード(YJ)", {7}, {11}, 12}}},
     .fields = {{{"receipt-code", {8}}, {"price-list-code", {6}}, {"yj", {7}}, {"hot7", {1}}, {"strength", {13}}, {"kind", {19}}, {"maker", {20}}, {"change", {22}}, {"changed", {23}}}}},
    // 厚生労働省 処方箋に記載する一般名処方の標準的な記載.
    {.name = "general-name", .title = "一般名処方マスタ", .header = "一般名コード", .columns_min = 2,
     .targets = {{{"http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationGeneralOrderCode", "GeneralOrderCode", "一般名処方コード", {-1, "一般名コード"}, {-1, "標準的な記載"}}}},
     .fields = {{{"ingredient", {-1, "成分名"}}, {"strength", {-1, "規格"}}}}},
    // JAMI 標準用法マスタ, 電子処方箋 用法マスタ.
    {.name = "usage", .title = "標準用法マスタ", .header = "用法コード", .columns_min = 2,
     .targets = {{{"http://jami.jp/CodeSystem/MedicationUsage", "MedicationUsage", "JAMI 用法コード(16桁)", {-1, "用法コード"}, {-1, "用法名称"}, 16}}},
     .kana = {-1, "カナ"}, .since = {-1, "開始"}, .until = {-1, "終了"}},
    // 日本臨床検査医学会 JLAC10, JLAC11.
    {.name = "jlac10", .title = "臨床検査項目分類コード JLAC10", .header = "JLAC10", .columns_min = 2,
     .targets = {{{"http://medis.or.jp/CodeSystem/master-JLAC10-17digits", "JLAC10", "JLAC10(17桁)", {-1, "JLAC10"}, {-1, "名称"}, 17}}},
     .fields = {{{"unit", {-1, "単位"}}, {"jlac11", {-1, "JLAC11"}}}}},
    {.name = "jlac11", .title = "臨床検査項目コード JLAC11", .header = "JLAC11", .columns_min = 2,
     .targets = {{{"urn:tasuki:master:jlac11", "JLAC11", "JLAC11(17桁)", {-1, "JLAC11"}, {-1, "名称"}, 17}}},
     .fields = {{{"unit", {-1, "単位"}}}}},
    // 厚生労働省 特定健診 健診項目コード: JLAC10's shape, but a system of its own.
    {.name = "checkup-item", .title = "特定健診 健診項目", .header = "項目コード", .columns_min = 2,
     .targets = {{{"urn:oid:1.2.392.200119.6.1005", "CheckupItem", "特定健診 健診項目コード", {-1, "項目コード"}, {-1, "項目名"}, 17}}},
     .fields = {{{"unit", {-1, "単位"}}, {"type", {-1, "データ"}}, {"method", {-1, "検査方法"}}}}},
    // MEDIS-DC ICD10対応標準病名マスター, 病名基本テーブル (nmain): no header and no letter.
    {.name = "medis-disease", .title = "ICD10対応標準病名マスター", .columns_min = 10,
     .targets = {{{"http://medis.or.jp/CodeSystem/master-disease-keyNumber", "DiseaseKeyNumber", "病名管理番号", {1}, {2}, 8},
                  {"http://medis.or.jp/CodeSystem/master-disease-exCode", "DiseaseExchangeCode", "病名交換用コード", {5}, {2}, 4}}},
     .kana = {3},
     .fields = {{{"adopted", {4}}, {"exchange-code", {5}}, {"icd10", {6}}, {"icd10-2", {7}}, {"receipt-code", {10}}, {"key-number", {1}}}}},
};
// clang-format on

bool is_digits(std::string_view text, size_t size) {
  return text.size() == size &&
         std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// 変更区分, eight digits, name, reading, one digit, four characters.
bool is_medis_disease(const Row& row) {
  return row.size() >= 10 && row[0].size() <= 1 && is_digits(row[1], 8) && !row[2].empty() &&
         row[4].size() <= 1 && row[5].size() == 4;
}

bool has_header(const Row& row, std::string_view words) {
  return std::ranges::any_of(row, [&](std::string_view cell) { return cell.contains(words); });
}

}  // namespace

std::span<const Layout> layouts() {
  return table;
}

const Layout* layout_of(const Row& first) {
  for (const Layout& layout : table) {
    if (first.size() < layout.columns_min) continue;
    if (layout.letter != 0) {
      if (first[1].size() == 1 && first[1].front() == layout.letter) return &layout;
    } else if (!layout.header.empty()) {
      if (has_header(first, layout.header)) return &layout;
    } else if (is_medis_disease(first)) {
      return &layout;
    }
  }
  return nullptr;
}

const Layout* layout_named(std::string_view name) {
  const auto one = std::ranges::find(table, name, &Layout::name);
  return one == std::end(table) ? nullptr : one;
}

std::optional<size_t> place_of(const Column& column, const Row& header) {
  if (column.place >= 0) return static_cast<size_t>(column.place);
  if (column.header.empty()) return std::nullopt;
  for (size_t i = 0; i < header.size(); ++i)
    if (header[i].contains(column.header)) return i;
  return std::nullopt;
}

}  // namespace tasuki::formats::masters
