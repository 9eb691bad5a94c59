// A laboratory list with a header line: the words that such headers use, and the mapping they make.
#include <algorithm>

#include <fmt/format.h>

#include "base/charset.h"
#include "base/text.h"
#include "formats/table/records.h"
#include "intake/propose/propose.h"

namespace tasuki::intake::propose {
namespace {

struct Role {
  std::string_view name;
  std::vector<std::string_view> words;  // any of them, folded, in the header
};

const std::vector<Role>& roles() {
  static const std::vector<Role> all = {
      {"patient",
       {"患者番号", "患者ID", "患者コード", "カルテ番号", "診察券番号", "PATIENTID", "PATIENT"}},
      {"kana", {"カナ氏名", "氏名カナ", "患者カナ", "カナ", "フリガナ"}},
      {"name", {"患者氏名", "漢字氏名", "氏名", "患者名", "NAME"}},
      {"birth", {"生年月日", "BIRTHDATE", "DOB"}},
      {"sex", {"性別", "SEX", "GENDER"}},
      {"code", {"項目コード", "検査コード", "検査項目コード", "JLAC10", "CODE"}},
      {"item", {"検査項目名", "項目名", "検査名", "ITEM"}},
      {"value", {"検査結果", "結果値", "結果", "測定値", "値", "RESULT", "VALUE"}},
      {"unit", {"単位", "UNIT"}},
      {"range", {"基準値", "基準範囲", "RANGE"}},
      {"taken", {"採取日時", "採血日", "採取日", "検査日", "測定日", "DATE"}},
      {"order", {"依頼番号", "オーダ番号", "受付番号", "検体番号", "ORDER"}},
  };
  return all;
}

std::string_view role_of(std::string_view header) {
  const std::string word = folded(header);
  for (const Role& role : roles())
    if (std::ranges::any_of(role.words, [&](auto known) { return folded(known) == word; }))
      return role.name;
  for (const Role& role : roles())
    if (std::ranges::any_of(
            role.words, [&](auto known) { return word.find(folded(known)) != std::string::npos; }))
      return role.name;
  return {};
}

char separator_of(std::string_view line) {
  char best = ',';
  ptrdiff_t most = 0;
  for (const char one : {',', '\t', ';'})
    if (const auto count = std::ranges::count(line, one); count > most) {
      most = count;
      best = one;
    }
  return best;
}

// A line of the mapping, where all the columns it reads are there.
struct Wanted {
  std::vector<std::string_view> needs;
  std::string_view line;
};

const std::vector<Wanted>& patient_lines() {
  static const std::vector<Wanted> lines = {
      {{"name"}, "  name <- ROW-name : XPN\n"},
      {{"kana"}, "  name <- ROW-kana : XPN\n"},
      {{"sex"}, "  gender <- ROW-sex | table gender else \"unknown\"\n"},
      {{"birth"}, "  birthDate <- ROW-birth : date\n"},
  };
  return lines;
}

const std::vector<Wanted>& result_lines() {
  static const std::vector<Wanted> lines = {
      {{"code"}, "    code <- ROW-code : CWE | map lab-items else publish-local\n"},
      {{"code", "item"}, "    code.text <- ROW-item\n"},
      {{"item"}, "    code <- ROW-item : code\n"},
      {{"taken"}, "    effectiveDateTime <- ROW-taken : date\n"},
      {{"value", "unit"}, "    value[x] <- ROW-value : result unit ROW-unit else keep-text\n"},
      {{"value"}, "    valueString <- ROW-value\n"},
      {{"range"}, "    referenceRange <- ROW-range : range\n"},
  };
  return lines;
}

std::string lines_for(const std::vector<Wanted>& lines, const std::vector<std::string>& columns) {
  std::string text;
  const auto has = [&](std::string_view name) {
    return std::ranges::find(columns, name) != columns.end();
  };
  for (const Wanted& one : lines) {
    if (!std::ranges::all_of(one.needs, has)) continue;
    const std::string_view element = one.line.substr(0, one.line.find("<-"));
    const bool is_value = element.contains("value") && text.contains("value[x]");
    const bool is_code = one.line.contains("code <-") && text.contains("code <-");
    if (!is_value && !is_code) text += one.line;
  }
  return text;
}

}  // namespace

Proposal propose_delimited(const Sample& sample) {
  Proposal made;
  made.format = "csv";
  const Charset charset = sniffed_charset(sample.bytes);
  const std::string text = decode(sample.bytes, charset).text;
  const std::string_view line = std::string_view(text).substr(0, text.find_first_of("\r\n"));
  table::Shape shape;
  shape.format = table::Shape::Format::csv;
  shape.separator = separator_of(line);
  const auto records = table::read(sample.bytes, shape, charset);
  std::vector<std::string> columns, unknown;
  std::string declared;
  for (const std::string& header : records ? records->names : std::vector<std::string>()) {
    const std::string_view role = role_of(header);
    if (role.empty() || std::ranges::find(columns, role) != columns.end()) {
      unknown.push_back(header);
      continue;
    }
    columns.emplace_back(role);
    declared += fmt::format("column {} \"{}\"\n", role, header);
  }
  made.settings = fmt::format(
      "[[feed]]\nid = \"病院.検査一覧\"\norganisation = \"1300000000\"  # 医療機関コード10桁 / the "
      "10-digit "
      "institution number\nname = \"病院の名前\"\nconnector = \"folder\"\nstate = "
      "\"shadow\"\nkind = "
      "\"lab-list\"\ncharset = "
      "\"{}\"\nroots = [\"/srv/lab-list\"]\n",
      name_of(charset));
  made.mapping = "mapping lab-list 1\nfrom csv lab-list\n";
  if (shape.separator != ',')
    made.mapping += shape.separator == '\t' ? "separator tab\n" : "separator \";\"\n";
  made.mapping += declared +
                  "use foundation\n\n-> Patient as patient ensure key ROW-patient\n  identifier\n"
                  "    system <- \"urn:oid:1.2.392.100495.20.3.51.1\" + @facility\n    value <- "
                  "ROW-patient\n" +
                  lines_for(patient_lines(), columns);
  const auto has = [&](std::string_view name) {
    return std::ranges::find(columns, name) != columns.end();
  };
  if (has("value") && (has("code") || has("item")))
    made.mapping += fmt::format(
                        "each ROW\n  -> Observation as result key ROW-patient, {}{}{}\n    status "
                        "<- \"final\"\n"
                        "    category <- category#laboratory\n    subject <- ref patient\n",
                        has("code") ? "ROW-code" : "ROW-item", has("taken") ? ", ROW-taken?" : "",
                        has("order") ? ", ROW-order?" : "") +
                    lines_for(result_lines(), columns);
  made.facts.push_back(fmt::format(
      "行 {0}、列 {1}、文字コード {2} / {0} rows, {1} columns, charset {2}",
      records ? records->rows.size() : 0, records ? records->names.size() : 0, name_of(charset)));
  if (!has("patient"))
    made.facts.push_back(
        "患者番号の列が見つかりません。`column patient \"見出し\"` を書いてください。/ No column "
        "looks like the "
        "patient number: write `column patient \"HEADER\"`.");
  std::string others;
  for (const std::string& one : unknown)
    others += (others.empty() ? "" : ", ") + one;
  if (!others.empty())
    made.facts.push_back("意味の分からない列(未変換として報告されます)/ columns not recognised: " +
                         others);
  return made;
}

}  // namespace tasuki::intake::propose
