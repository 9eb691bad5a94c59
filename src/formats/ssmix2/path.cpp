#include "formats/ssmix2/path.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "base/scan.h"
#include "formats/ssmix2/kinds.h"

namespace tasuki::ssmix2 {
namespace {

constexpr size_t patient_size_max = 15, order_size_max = 22, department_size_max = 5,
                 name_bytes_max = 1024;

Error refused(std::string_view part, std::string message) {
  return {Error::Kind::invalid, std::move(message), std::string(part)};
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const size_t end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == text.npos) return parts;
    text.remove_prefix(end + 1);
  }
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

int number_in(std::string_view digits) {
  int value = 0;
  for (const char c : digits)
    value = value * 10 + (c - '0');
  return value;
}

bool is_date(std::string_view text) {
  if (text.size() != 8 || !all_digits(text)) return false;
  return std::chrono::year_month_day(
             std::chrono::year(number_in(text.substr(0, 4))),
             std::chrono::month(static_cast<unsigned>(number_in(text.substr(4, 2)))),
             std::chrono::day(static_cast<unsigned>(number_in(text.substr(6, 2)))))
      .ok();
}

bool is_moment(std::string_view text) {
  return text.size() >= 14 && text.size() <= 17 && all_digits(text) && is_date(text.substr(0, 8)) &&
         number_in(text.substr(8, 2)) < 24 && number_in(text.substr(10, 2)) < 60 &&
         number_in(text.substr(12, 2)) < 61;
}

Result<bool> check_patient(std::string_view patient) {
  const bool fits = !patient.empty() && patient.size() <= patient_size_max &&
                    patient.front() != '.' && std::ranges::all_of(patient, [](char c) {
                      return c > 0x20 && c < 0x7F && c != '/' && c != '\\';
                    });
  if (!fits)
    return refused(
        "患者ID",
        fmt::format("患者IDは英数字{}文字までです。/ A patient id has {} ASCII characters at most.",
                    patient_size_max, patient_size_max));
  return true;
}

Result<bool> check_care_date(std::string_view date) {
  if (date == "-" || is_date(date)) return true;
  return refused("診療日", "診療日はYYYYMMDDか「-」です。/ The care date is YYYYMMDD or \"-\".");
}

Result<Flag> flag_of(std::string_view text) {
  if (text == "0") return Flag::deleted;
  if (text == "1") return Flag::current;
  if (text == "2") return Flag::superseded;
  return refused(
      "コンディションフラグ",
      "フラグは 1（有効）、2（旧版）、0（削除）のどれかです。/ The condition flag is 1, 2 or 0.");
}

Result<bool> check_tail(const FileName& name) {
  if (name.key.order.empty() || name.key.order.size() > order_size_max)
    return refused(
        "オーダNo",
        fmt::format("オーダNoは1～{}文字です。/ The order number has 1 to {} characters.",
                    order_size_max, order_size_max));
  if (!is_moment(name.made_at))
    return refused("発生日時", "発生日時はYYYYMMDDHHMMSSFFFです。/ The time is YYYYMMDDHHMMSSFFF.");
  if (name.department.size() > department_size_max)
    return refused(
        "診療科",
        fmt::format("診療科コードは{}文字までです。/ A department code has {} characters at most.",
                    department_size_max, department_size_max));
  return true;
}

formats::Finding disagreement(std::string_view what, std::string_view folder,
                              std::string_view name) {
  return {formats::Finding::Severity::error,
          "ssmix2.path-disagrees",
          fmt::format("{}がフォルダでは「{}」、ファイル名では「{}」です。/ The folder says {}, the "
                      "file name {}.",
                      what, folder, name, folder, name),
          std::string(what),
          0,
          0};
}

}  // namespace

std::string text_of(const Key& key) {
  return key.patient + "|" + key.care_date + "|" + key.kind + "|" + key.order;
}

Result<FileName> parse_file_name(std::string_view name) {
  const auto parts = parts_of(name.substr(0, name_bytes_max), '_');
  if (parts.size() != 7)
    return refused("ファイル名",
                   fmt::format("「_」で区切った7つの部分が要りますが、{}つです（患者ID_診療日_種別_"
                               "オーダNo_発生日時_診療科_フラグ）。"
                               "/ A file name has 7 parts joined by \"_\", this one {}.",
                               parts.size(), parts.size()));
  TRY(check_patient(parts[0]));
  TRY(check_care_date(parts[1]));
  const Kind* kind = kind_of(parts[2]);
  if (kind == nullptr)
    return refused(
        "データ種別",
        fmt::format(
            "知らないデータ種別です。{} ではありませんか。/ Unknown kind; {} is the nearest.",
            nearest_kind(parts[2]), nearest_kind(parts[2])));
  if ((kind->care_date == "-") != (parts[1] == "-"))
    return refused("診療日", fmt::format("{} の診療日は{}です。/ {} has {}.", kind->code,
                                         kind->care_date == "-" ? "「-」" : "YYYYMMDD", kind->code,
                                         kind->care_date == "-" ? "no care date, \"-\""
                                                                : "a care date, YYYYMMDD"));
  FileName read{
      {std::string(parts[0]), std::string(parts[1]), std::string(parts[2]), std::string(parts[3])},
      std::string(parts[4]),
      std::string(parts[5]),
      Flag::current};
  TRY(check_tail(read));
  read.flag = TRY(flag_of(parts[6]));
  return read;
}

std::string print(const FileName& name) {
  return fmt::format("{}_{}_{}_{}_{}_{}_{}", name.key.patient, name.key.care_date, name.key.kind,
                     name.key.order, name.made_at, name.department, static_cast<int>(name.flag));
}

Result<FileName> parse_content_folder(std::string_view name) {
  const auto parts = parts_of(name.substr(0, name_bytes_max), '_');
  if (parts.size() < 6)
    return refused("コンテンツフォルダ",
                   "「_」で区切った6つ以上の部分が要ります。/ A content folder has at least 6 "
                   "parts joined by \"_\".");
  TRY(check_patient(parts[0]));
  TRY(check_care_date(parts[1]));
  // From the back: the flag, perhaps a department, and the only part there that is a moment.
  const size_t last = parts.size() - 1;
  const size_t moment = is_moment(parts[last - 1]) ? last - 1 : last - 2;
  if (!is_moment(parts[moment]) || moment < 4)
    return refused(
        "発生日時",
        "発生日時（14～17桁）が見つかりません。/ No time of 14 to 17 digits near the end.");
  std::string kind(parts[2]);
  for (size_t i = 3; i + 1 < moment; ++i)
    kind += "_" + std::string(parts[i]);
  FileName read{{std::string(parts[0]), std::string(parts[1]), std::move(kind),
                 std::string(parts[moment - 1])},
                std::string(parts[moment]),
                moment + 1 == last ? "-" : std::string(parts[moment + 1]),
                Flag::current};
  if (moment + 1 == last) read.department = "-";
  TRY(check_tail(read));
  read.flag = TRY(flag_of(parts[last]));
  return read;
}

ExtendedKind parse_extended_kind(std::string_view kind) {
  auto parts = parts_of(kind, '^');
  parts.resize(6);
  return {std::string(parts[0]), std::string(parts[1]), std::string(parts[2]),
          std::string(parts[3]), std::string(parts[4]), std::string(parts[5])};
}

std::string path_of(const FileName& name) {
  const auto& patient = name.key.patient;
  const std::string_view id(patient);
  return fmt::format("{}/{}/{}/{}/{}/{}", id.substr(0, 3),
                     id.size() > 3 ? id.substr(3, 3) : std::string_view("-"), patient,
                     name.key.care_date, name.key.kind, print(name));
}

std::vector<formats::Finding> check_path(std::string_view relative_path, const FileName& name) {
  const auto parts = parts_of(relative_path, '/');
  if (parts.size() < 6)
    return {{formats::Finding::Severity::warning, "ssmix2.path-depth",
             "フォルダの深さが 3/3/患者ID/診療日/種別 ではありません。/ The folders are not "
             "3/3/patient/date/kind.",
             "フォルダ", 0, 0}};
  std::vector<formats::Finding> findings;
  const auto folder = [&](size_t from_end) { return parts[parts.size() - 1 - from_end]; };
  if (folder(1) != name.key.kind)
    findings.push_back(disagreement("データ種別", folder(1), name.key.kind));
  if (folder(2) != name.key.care_date)
    findings.push_back(disagreement("診療日", folder(2), name.key.care_date));
  if (folder(3) != name.key.patient)
    findings.push_back(disagreement("患者ID", folder(3), name.key.patient));
  return findings;
}

Result<TransactionHeader> parse_transaction_header(std::string_view line) {
  const auto parts = parts_of(line.substr(0, name_bytes_max), ',');
  if (parts.size() < 10 || parts[0] != "#SSMIX")
    return refused("#SSMIX",
                   fmt::format("#SSMIX行は「,」で区切った10の部分からなりますが、{}です。/ An "
                               "#SSMIX line has 10 parts joined by \",\", this one {}.",
                               parts.size(), parts.size()));
  TRY(check_patient(parts[3]));
  TRY(check_care_date(parts[4]));
  if (parts[7] != "INS" && parts[7] != "DEL")
    return refused("処理区分", "処理区分はINSかDELです。/ The processing type is INS or DEL.");
  if (!is_moment(parts[9]))
    return refused("発生日時", "時刻はyyyyMMddHHmmssfffです。/ The time is yyyyMMddHHmmssfff.");
  return TransactionHeader{
      std::string(parts[1]),
      std::string(parts[2]),
      {std::string(parts[3]), std::string(parts[4]), std::string(parts[5]), std::string(parts[6])},
      parts[7] == "DEL",
      std::string(parts[8]),
      std::string(parts[9])};
}

std::vector<TransactionRecord> split_transactions(std::string_view file) {
  constexpr std::string_view mark = "#SSMIX,";
  std::vector<TransactionRecord> records;
  const auto next_header = [&](size_t from) {
    for (size_t at = file.find(mark, from); at != file.npos; at = file.find(mark, at + 1))
      if (at == 0 || file[at - 1] == '\r' || file[at - 1] == '\n') return at;
    return file.npos;
  };
  for (size_t at = next_header(0); at != file.npos;) {
    const size_t line_end = std::min(find_one_of<'\r', '\n'>(file, at), file.size());
    const size_t body = std::min(file.find_first_not_of("\r\n", line_end), file.size());
    const size_t next = next_header(line_end);
    records.push_back(
        {file.substr(at, line_end - at),
         body < next ? file.substr(body, std::min(next, file.size()) - body) : std::string_view{},
         at});
    at = next;
  }
  return records;
}

}  // namespace tasuki::ssmix2
