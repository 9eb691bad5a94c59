#include "formats/masters/read.h"

#include <algorithm>

#include <fmt/core.h>

#include "base/text.h"
#include "formats/masters/rows.h"

namespace tasuki::formats::masters {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// A row decoded: plain ASCII fields as they are, the others once each.
class Decoder {
 public:
  explicit Decoder(Charset charset) : charset_(charset) {}
  std::string_view operator()(std::string_view bytes) {
    if (charset_ == Charset::utf_8 || is_ascii(bytes)) return trimmed(bytes);
    texts_.push_back(decode(bytes, charset_).text);
    return trimmed(texts_.back());
  }
  void reset() {
    texts_.clear();
    texts_.reserve(columns_max);
  }

 private:
  Charset charset_;
  std::vector<std::string> texts_;
};

// "20220401" -> "2022-04-01". 0 and 99999999 mean open (masters.md 7).
std::string date_of(std::string_view text) {
  const bool is_date = text.size() == 8 && text != "00000000" && text != "99999999" &&
                       std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_date) return {};
  return fmt::format("{}-{}-{}", text.substr(0, 4), text.substr(4, 2), text.substr(6, 2));
}

}  // namespace

Result<Master> Master::open(std::string_view bytes) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  Master master;
  master.bytes_ = bytes;
  // A cut in the middle of a character must not decide: up to the last line end.
  const std::string_view sample = bytes.substr(0, 64 * 1024);
  const size_t end = sample.rfind('\n');
  const bool is_text = is_utf8(end == std::string_view::npos ? sample : sample.substr(0, end));
  master.charset_ = is_text ? Charset::utf_8 : Charset::cp932;
  Rows rows(bytes);
  std::vector<std::string_view> fields;
  if (!TRY(rows.next(fields))) return Error{Error::Kind::invalid, "The file is empty.", "row 1"};
  for (const std::string_view field : fields)
    master.header_.push_back(decode(field, master.charset_).text);
  const Row first(master.header_.begin(), master.header_.end());
  master.layout_ = layout_of(first);
  if (master.layout_ == nullptr) {
    std::string known;
    for (const Layout& layout : layouts())
      known += fmt::format("{}{}", known.empty() ? "" : "、", layout.title);
    return Error{Error::Kind::invalid,
                 fmt::format("知らない形のマスターです(1 行目 {} 列)。読めるのは {} です。/ The "
                             "layout of this file is not known.",
                             first.size(), known),
                 "row 1"};
  }
  master.has_header_ = !master.layout_->header.empty();
  return master;
}

std::vector<const Target*> Master::targets() const {
  const Row header(header_.begin(), header_.end());
  std::vector<const Target*> all;
  for (const Target& target : layout_->targets) {
    if (target.system.empty()) continue;
    const auto code = place_of(target.code, header), display = place_of(target.display, header);
    const size_t columns = header.size();
    if (code && display && *code < columns && *display < columns) all.push_back(&target);
  }
  return all;
}

Result<Counts> Master::read(const Target& target,
                            const std::function<bool(const Code&)>& each) const {
  const Row header(header_.begin(), header_.end());
  const size_t code_at = place_of(target.code, header).value_or(0);
  const size_t display_at = place_of(target.display, header).value_or(0);
  const auto kana_at = place_of(layout_->kana, header), since_at = place_of(layout_->since, header),
             until_at = place_of(layout_->until, header);
  std::vector<std::pair<std::string_view, size_t>> places;
  for (const Field& field : layout_->fields)
    if (const auto place = place_of(field.column, header); place && *place != code_at)
      places.emplace_back(field.name, *place);

  Counts counts;
  Rows rows(bytes_);
  std::vector<std::string_view> fields;
  if (has_header_) TRY(rows.next(fields));
  Decoder decoder(charset_);
  const auto field = [&](std::optional<size_t> place) {
    return place && *place < fields.size() ? decoder(fields[*place]) : std::string_view();
  };
  while (TRY(rows.next(fields))) {
    ++counts.rows;
    decoder.reset();
    Code code;
    code.code = field(code_at);
    code.display = field(display_at);
    code.kana = field(kana_at);
    const bool fits =
        !code.code.empty() && (target.code_size == 0 || code.code.size() == target.code_size);
    if (!fits) {
      ++counts.without_code;
      continue;
    }
    // 販売名 is empty where the price list's name is the brand's too.
    if (code.display.empty() && layout_->name == "medicine-hot") code.display = field(10);
    const std::string since = date_of(field(since_at)), until = date_of(field(until_at));
    code.since = since;
    code.until = until;
    for (const auto& [name, place] : places)
      if (const std::string_view value = field(place); !value.empty() && value != "0")
        code.fields.emplace_back(name, value);
    ++(each(code) ? counts.codes : counts.repeated);
  }
  return counts;
}

std::string Master::newest_date() const {
  Rows rows(bytes_);
  std::vector<std::string_view> fields;
  const Row header(header_.begin(), header_.end());
  std::optional<size_t> at = place_of(layout_->since, header);
  for (const Field& one : layout_->fields)
    if (one.name == "changed") at = place_of(one.column, header);
  std::string newest;
  if (!at) return newest;
  for (;;) {
    const auto more = rows.next(fields);
    if (!more || !*more) return newest;
    if (*at < fields.size() && !date_of(fields[*at]).empty() && fields[*at] > newest)
      newest = fields[*at];
  }
}

}  // namespace tasuki::formats::masters
