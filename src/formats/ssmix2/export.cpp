#include "formats/ssmix2/export.h"

#include <algorithm>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "formats/ssmix2/kinds.h"

namespace tasuki::ssmix2 {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view no_order = "999999999999999";
constexpr size_t order_size = 15, made_at_size = 17;

// Of kinds with one message: an injection has RXC; an OMG order goes by its diagnostic service
// (OBR-24, table 0074: EN endoscopy is a local habit, EC, PF, NMS … physiology).
std::string_view kind_by_content(const hl7v2::Message& message, std::string_view first) {
  const bool is_injection = static_cast<bool>(message.first("RXC"));
  if (first == "OMP-01") return is_injection ? "OMP-02" : first;
  if (first == "OMP-11") {
    const std::string category = message.first("RXA").field(5).component(3).text();
    return category == "JHSI0002" ? "OMP-12" : first;
  }
  const std::string service = message.first("OBR").field(24).component(1).text();
  const bool is_physiology = service == "EC" || service == "PF" || service == "NMS" ||
                             service == "EEG" || service == "PHY" || service == "CUS";
  if (first == "OMG-01") return service == "EN" ? "OMG-02" : is_physiology ? "OMG-03" : first;
  if (first == "OMG-11") return service == "EN" ? "OMG-12" : first;
  return first;
}

const Kind* kind_for(const hl7v2::Message& message, std::string_view filed, bool& cancels) {
  const std::string type = message.type() + "^" + message.event();
  if (const Kind* const known = filed.empty() ? nullptr : kind_of(filed)) {
    cancels = !known->cancel.empty() && type == known->cancel;
    return known;
  }
  for (const Kind& kind : kinds()) {
    cancels = !kind.cancel.empty() && type == kind.cancel;
    if (cancels || type == kind.message) return kind_of(kind_by_content(message, kind.code));
  }
  return nullptr;
}

std::string digits_at(const hl7v2::Message& message, std::string_view place) {
  const size_t dash = place.find('-');
  int field = 0;
  for (const char c : place.substr(dash + 1))
    field = field * 10 + (c - '0');
  const std::string text = message.first(place.substr(0, dash)).field(field).component(1).text();
  return text.substr(0, std::min(text.find_first_not_of("0123456789"), text.size()));
}

// NHO's tool: A53 has the return in PV2-47, an order without ORC-9 the time of the message.
std::string care_date_of(const hl7v2::Message& message, const Kind& kind) {
  if (kind.care_date == "-") return "-";
  for (const std::string_view place : {kind.care_date, std::string_view("PV2-47"),
                                       std::string_view("ORC-9"), std::string_view("EVN-2")}) {
    const std::string digits = digits_at(message, place);
    if (digits.size() >= 8) return digits.substr(0, 8);
  }
  return {};
}

std::string order_of(const hl7v2::Message& message) {
  for (const auto& [segment, field] : {std::pair("ORC", 2), std::pair("OBR", 2)}) {
    std::string order = message.first(segment).field(field).component(1).text();
    if (order.empty() || order.size() > order_size || order.contains('_') || order.contains('/'))
      continue;
    return std::string(order_size - order.size(), '0') + order;
  }
  return std::string(no_order);
}

std::string department_of(const hl7v2::Message& message) {
  for (const auto& [segment, field] : {std::pair("ORC", 17), std::pair("PV1", 10)}) {
    const std::string department = message.first(segment).field(field).component(1).text();
    if (!department.empty() && department.size() <= 5 &&
        department.find_first_of("_/\\") == std::string::npos)
      return department;
  }
  return "-";
}

std::string made_at_of(const hl7v2::Message& message) {
  std::string digits;
  for (const char c : message.first("MSH").field(7).component(1).text()) {
    if (c == '+' || c == '-') break;
    if (c >= '0' && c <= '9') digits += c;
  }
  digits.resize(made_at_size, '0');
  return digits;
}

Error refused(std::string japanese, std::string english, std::string location) {
  return {Error::Kind::invalid, std::move(japanese) + "/ " + std::move(english),
          std::move(location)};
}

// Same key, any time and flag: "<patient>_<date>_<kind>_<order>_".
std::string stem_of(const Key& key) {
  return key.patient + "_" + key.care_date + "_" + key.kind + "_" + key.order + "_";
}

Result<void> rename_flag(const fs::path& file, Flag flag) {
  std::string name = file.filename().string();
  name.back() = static_cast<char>('0' + static_cast<int>(flag));
  std::error_code failure;
  fs::rename(file, file.parent_path() / name, failure);
  if (failure)
    return Error{Error::Kind::unavailable,
                 "ファイル名を変えられません。/ The file cannot be renamed: " + failure.message(),
                 file.filename().string()};
  return {};
}

std::string cell(std::string_view text) {
  return text.contains(',') || text.contains('"') ? "\"" + std::string(text) + "\""
                                                  : std::string(text);
}

// The file that speaks for a key: the current one, the newest if a vendor left two; else the newest
// deletion.
std::map<Key, const Entry*> speaking(const Tree& tree) {
  std::map<Key, const Entry*> entries;
  for (const Entry& entry : tree.entries) {
    if (entry.name.flag == Flag::superseded) continue;
    const Entry*& held = entries[entry.name.key];
    const bool is_better = held == nullptr || (held->name.flag == entry.name.flag
                                                   ? held->name.made_at <= entry.name.made_at
                                                   : entry.name.flag == Flag::current);
    if (is_better) held = &entry;
  }
  return entries;
}

}  // namespace

Result<FileName> name_of(const hl7v2::Message& message, std::string_view filed) {
  bool cancels = false;
  const Kind* const kind = kind_for(message, filed, cancels);
  if (kind == nullptr)
    return refused(
        "SS-MIX2 にない種別です。",
        "SS-MIX2 has no kind for this message: " + message.type() + "^" + message.event(), "MSH-9");
  FileName name;
  name.key.kind = kind->code;
  name.key.patient = message.first("PID").field(3).component(1).text();
  if (name.key.patient.empty() || name.key.patient.starts_with('.') ||
      name.key.patient.find_first_of("_/\\") != std::string::npos)
    return refused("患者IDがないか、ファイル名に使えません。",
                   "There is no patient id, or none that a file name can hold.", "PID-3");
  name.key.care_date = care_date_of(message, *kind);
  if (name.key.care_date.empty())
    return refused("診療日にする日付がありません。", "There is no date to file it under.",
                   std::string(kind->care_date));
  name.key.order = kind->code.starts_with("ADT") ? std::string(no_order) : order_of(message);
  name.made_at = made_at_of(message);
  name.department = department_of(message);
  name.flag = cancels ? Flag::deleted : Flag::current;
  return name;
}

Result<std::string> write(const fs::path& root, const FileName& name, std::string_view bytes) {
  const std::string path = path_of(name);
  const fs::path file = root / path, folder = file.parent_path();
  std::error_code failure;
  if (fs::exists(file, failure)) return path;
  fs::create_directories(folder, failure);
  if (failure)
    return Error{Error::Kind::unavailable,
                 "フォルダを作れません。/ The folder cannot be made: " + failure.message(),
                 folder.string()};
  std::vector<fs::path> others;
  for (const auto& entry : fs::directory_iterator(folder, failure))
    if (entry.path().filename().string().starts_with(stem_of(name.key)))
      others.push_back(entry.path());
  std::ranges::sort(others);
  for (const fs::path& other : others) {
    const auto known = parse_file_name(other.filename().string());
    if (!known || known->flag == Flag::deleted) continue;
    if (known->made_at == name.made_at && known->flag == Flag::superseded &&
        name.flag == Flag::current)
      return path_of(*known);  // the same message, superseded since
    if (name.flag == Flag::deleted)
      TRY(rename_flag(other, Flag::deleted));
    else if (known->flag == Flag::current)
      TRY(rename_flag(other, Flag::superseded));
  }
  const fs::path beside = file.string() + ".tmp";
  {
    std::ofstream stream(beside, std::ios::binary);
    stream << bytes;
    if (!stream.flush())
      return Error{Error::Kind::unavailable, "ファイルに書けません。/ The file cannot be written.",
                   path};
  }
  fs::rename(beside, file, failure);
  if (failure)
    return Error{
        Error::Kind::unavailable,
        "ファイルを置けません。/ The file cannot be put in its place: " + failure.message(), path};
  return path;
}

std::string index_header() {
  return "VolumeLabel,FacilityID,PatientID,OrderDate,DataKind,OrderNo,ProcessingType,EnterOrgCD,"
         "TransactionDatetime,OutRelDirectory,FileName\n";
}

std::string index_line(const Entry& entry, std::string_view volume, std::string_view facility) {
  const Key& key = entry.name.key;
  const size_t slash = entry.path.rfind('/');
  const std::string_view folder = slash == std::string::npos
                                      ? std::string_view()
                                      : std::string_view(entry.path).substr(0, slash);
  return fmt::format("{},{},{},{},{},{},{},{},{},{},{}\n", cell(volume), facility,
                     cell(key.patient), key.care_date, cell(key.kind), cell(key.order),
                     entry.name.flag == Flag::deleted ? "DEL" : "INS", cell(entry.name.department),
                     entry.name.made_at, cell(folder),
                     cell(std::string_view(entry.path).substr(slash + 1)));
}

std::vector<TreeChange> difference(const Tree& before, const Tree& after) {
  const auto old = speaking(before), now = speaking(after);
  std::vector<TreeChange> changes;
  for (const Entry& entry : after.entries) {
    const auto current = now.find(entry.name.key);
    if (current == now.end() || current->second != &entry) continue;
    const auto known = old.find(entry.name.key);
    const bool is_deleted = entry.name.flag == Flag::deleted;
    if (known == old.end()) {
      if (!is_deleted) changes.push_back({TreeChange::Kind::added, entry.name.key, entry.path});
    } else if (is_deleted && known->second->name.flag == Flag::current) {
      changes.push_back({TreeChange::Kind::deleted, entry.name.key, entry.path});
    } else if (!is_deleted &&
               (known->second->name.made_at != entry.name.made_at ||
                known->second->size != entry.size || known->second->name.flag != entry.name.flag)) {
      changes.push_back({TreeChange::Kind::replaced, entry.name.key, entry.path});
    }
  }
  for (const auto& [key, entry] : old)
    if (!now.contains(key) && entry->name.flag == Flag::current)
      changes.push_back({TreeChange::Kind::gone, key, entry->path});
  return changes;
}

}  // namespace tasuki::ssmix2
