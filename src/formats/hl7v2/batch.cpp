#include "formats/hl7v2/batch.h"
#include "base/scan.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

namespace tasuki::hl7v2 {
namespace {

using formats::Finding;

bool is_frame_byte(char byte) {
  return byte == 0x0B || byte == 0x1C;
}

bool begins(std::string_view line, std::string_view name) {
  const bool named = line.size() > 3 && line.starts_with(name);
  const char next = named ? line[3] : 'A';
  return named && next > 0x20 && next < 0x7F && !(next >= '0' && next <= '9') &&
         !((next | 0x20) >= 'a' && (next | 0x20) <= 'z');
}

// BTS-1 or FTS-1, when the sender gave it.
std::optional<size_t> count_in(std::string_view trailer) {
  size_t count = 0;
  if (trailer.size() < 5) return std::nullopt;
  const auto [end, error] =
      std::from_chars(trailer.data() + 4, trailer.data() + trailer.size(), count);
  return error == std::errc{} ? std::optional(count) : std::nullopt;
}

class Splitter {
 public:
  explicit Splitter(std::string_view bytes) : bytes_(bytes) {}

  Result<Batch> split() {
    for (size_t at = 0; at < bytes_.size();) {
      for (; at < bytes_.size() &&
             (is_frame_byte(bytes_[at]) || bytes_[at] == '\r' || bytes_[at] == '\n');
           ++at)
        if (is_frame_byte(bytes_[at])) finish_message(at);
      if (at == 0 && bytes_.starts_with("\xEF\xBB\xBF")) at = 3;
      size_t end = at;
      while (end < bytes_.size() && bytes_[end] != '\r' && bytes_[end] != '\n' &&
             !is_frame_byte(bytes_[end]))
        ++end;
      if (end > at) take(at, end);
      if (batch_.messages.size() > batch_messages_max)
        return Error{Error::Kind::too_costly,
                     fmt::format("まとめ送りは{}通までです。/ A batch has {} messages at most.",
                                 batch_messages_max, batch_messages_max),
                     "BHS"};
      at = end;
    }
    finish_message(bytes_.size());
    if (batch_.messages.empty())
      return Error{
          Error::Kind::invalid,
          "MSHで始まるメッセージがありません。/ There is no message: no line begins with MSH.",
          "MSH"};
    return std::move(batch_);
  }

 private:
  void take(size_t at, size_t end) {
    const auto line = bytes_.substr(at, end - at);
    if (begins(line, "MSH")) {
      finish_message(at);
      begin_ = at;
      open_ = true;
      ++in_batch_;
    } else if (begins(line, "FHS") || begins(line, "BHS")) {
      finish_message(at);
      batch_.is_batch = true;
      if (line.starts_with("BHS")) {
        in_batch_ = 0;
        ++batches_;
      }
    } else if (line.starts_with("BTS") || line.starts_with("FTS")) {
      finish_message(at);
      compare(line, at, end);
    } else if (!open_ && line.find_first_not_of(" \t") != line.npos) {
      note("batch.stray-line",
           fmt::format("どのメッセージにも属さない行です（「{}」）。/ A line outside any message.",
                       is_ascii(line.substr(0, 3)) ? line.substr(0, 3) : "?"),
           "MSH", at, end);
    }
  }

  static bool is_ascii(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F; });
  }

  void finish_message(size_t end) {
    if (open_) batch_.messages.push_back({bytes_.substr(begin_, end - begin_), begin_});
    open_ = false;
  }

  void compare(std::string_view trailer, size_t at, size_t end) {
    const bool of_messages = trailer.starts_with("BTS");
    const auto said = count_in(trailer);
    const size_t seen = of_messages ? in_batch_ : batches_;
    if (!said || *said == seen) return;
    note("batch.count",
         fmt::format("{}-1は{}ですが、数えると{}です。/ {}-1 says {}, counted {}.",
                     trailer.substr(0, 3), *said, seen, trailer.substr(0, 3), *said, seen),
         of_messages ? "BTS-1" : "FTS-1", at, end);
  }

  void note(std::string code, std::string message, std::string location, size_t begin, size_t end) {
    if (batch_.findings.size() < 100)
      batch_.findings.push_back({Finding::Severity::warning, std::move(code), std::move(message),
                                 std::move(location), begin, end});
  }

  std::string_view bytes_;
  Batch batch_;
  size_t begin_ = 0, in_batch_ = 0, batches_ = 0;
  bool open_ = false;
};

}  // namespace

bool is_batch(std::string_view bytes) {
  return bytes.starts_with("FHS") || bytes.starts_with("BHS") ||
         bytes.find("\rMSH", 1) != bytes.npos || bytes.find("\nMSH", 1) != bytes.npos;
}

std::string print_answers(std::string_view batch, const std::vector<std::string>& answers,
                          std::string_view hl7_time) {
  std::string all;
  for (const std::string& answer : answers)
    all += answer;
  const size_t at = batch.find("BHS");
  if (at == batch.npos || at + 8 > batch.size()) return all;
  const std::string_view header = batch.substr(at, find_one_of<'\r', '\n'>(batch, at) - at);
  const char separator = header[3];
  std::vector<std::string_view> fields;  // BHS-2 is fields[1]
  for (size_t begin = 0; begin <= header.size() && fields.size() < 14;) {
    const size_t end = std::min(header.find(separator, begin), header.size());
    fields.push_back(header.substr(begin, end - begin));
    begin = end + 1;
  }
  const auto field = [&](size_t number) {  // by the standard's number
    return number - 1 < fields.size() ? fields[number - 1] : std::string_view();
  };
  const std::string out =
      fmt::format("BHS{0}{1}{0}{2}{0}{3}{0}{4}{0}{5}{0}{6}{0}{0}{0}{0}{0}{7}\r", separator,
                  field(2), field(5), field(6), field(3), field(4), hl7_time, field(11));
  return out + all + fmt::format("BTS{}{}\r", separator, answers.size());
}

Result<Batch> split(std::string_view bytes) {
  return Splitter(bytes).split();
}

}  // namespace tasuki::hl7v2
