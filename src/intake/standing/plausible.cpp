#include "intake/standing/plausible.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "intake/mapping/compile.h"

namespace tasuki::intake {
namespace {

constexpr size_t analyte_letters = 5;  // of a JLAC10 code: 3H015 is potassium
constexpr std::string_view header = "system,code,unit,low,high,name,reason";

std::string key_of(std::string_view system, std::string_view code, std::string_view unit) {
  return fmt::format("{}|{}|{}", system, code, unit);
}

bool is_number(const std::string& text, double& number) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

}  // namespace

Result<PlausibleRanges> PlausibleRanges::read(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found,
                 "値の範囲の表を読めません。/ The table of plausible ranges cannot be read.",
                 file.filename().string()};
  return of_text(std::string(std::istreambuf_iterator<char>(stream), {}));
}

Result<PlausibleRanges> PlausibleRanges::of_text(std::string_view text) {
  PlausibleRanges made;
  bool has_header = false;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line.starts_with('#')) continue;
    const bool is_wrong = has_header ? !made.add(cells_of(line)) : line != header;
    if (is_wrong)
      return Error{Error::Kind::invalid,
                   fmt::format("{} の形ではありません。/ It is not as {} says.", header, header),
                   fmt::format("line {}", number)};
    has_header = true;
  }
  return made;
}

Result<void> PlausibleRanges::add(const std::vector<std::string>& cells) {
  PlausibleRange range;
  const bool is_right = cells.size() == 7 && (cells[0] == "JLAC10" || cells[0] == "LOINC") &&
                        is_number(cells[3], range.low) && is_number(cells[4], range.high) &&
                        range.low < range.high && !cells[6].empty();
  if (!is_right) return Error{Error::Kind::invalid, "Not a range.", {}};
  range.code = cells[1];
  range.unit = cells[2];
  range.name = cells[5];
  range.reason = cells[6];
  // By the names that HL7 v2 messages use for the systems.
  ranges_[key_of(cells[0] == "LOINC" ? "LN" : "JC10", range.code, range.unit)] = range;
  return {};
}

const PlausibleRange* PlausibleRanges::find(std::string_view system, std::string_view code,
                                            std::string_view unit) const {
  if (system == "JC10") code = code.substr(0, analyte_letters);
  const auto found = ranges_.find(key_of(system, code, unit));
  return found == ranges_.end() ? nullptr : &found->second;
}

}  // namespace tasuki::intake
