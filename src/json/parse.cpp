#include "json/parse.h"

#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include "json/outline.h"
#include "json/tree_builder.h"

namespace tasuki::json {
namespace {

using TextStream = rapidjson::EncodedInputStream<rapidjson::UTF8<>, rapidjson::MemoryStream>;

std::string line_and_column(std::string_view text, size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = std::ranges::count(before, '\n') + 1;
  const size_t line_start =
      before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  return fmt::format("line {}, column {}", line, offset - line_start + 1);
}

// Where an escape names the second half of a surrogate pair without the first, which RapidJSON 1.1
// lets pass (of the first without the second it complains) and UTF-8 has no form for. RFC 3629 3
size_t find_lone_half(std::string_view text) {
  const auto is_half = [&](size_t at, std::string_view second_digit) {
    return at + 3 < text.size() && text[at + 1] == 'u' && (text[at + 2] | 0x20) == 'd' &&
           second_digit.contains(text[at + 3]);
  };
  constexpr size_t escape_bytes = 6;  // \uDDDD
  size_t at = text.find('\\');
  while (at != text.npos) {
    if (is_half(at, "cdefCDEF")) return at;
    const size_t step = is_half(at, "89abAB") ? 2 * escape_bytes : 2;
    at = text.find('\\', at + step);
  }
  return text.npos;
}

// The handler has complaint(): why it stopped the reading, if it did.
template <class Handler>
Result<void> read(std::string_view text, Limits limits, TextStream& stream, Handler& handler) {
  if (text.size() > limits.bytes_max) {
    return Error{
        Error::Kind::too_costly, fmt::format("More than {} bytes of JSON.", limits.bytes_max), {}};
  }
  rapidjson::Reader reader;
  // Iterative: depth costs heap, which is bounded, and never the thread's stack.
  constexpr unsigned flags = rapidjson::kParseNumbersAsStringsFlag |
                             rapidjson::kParseValidateEncodingFlag | rapidjson::kParseIterativeFlag;
  const rapidjson::ParseResult result = reader.Parse<flags>(stream, handler);
  if (!result.IsError()) {
    const size_t lone = find_lone_half(text);
    if (lone == text.npos) return {};
    return Error{Error::Kind::invalid, "Half of a surrogate pair.", line_and_column(text, lone)};
  }
  const std::string complaint = handler.complaint().empty()
                                    ? rapidjson::GetParseError_En(result.Code())
                                    : handler.complaint();
  return Error{Error::Kind::invalid, complaint,
               line_and_column(text, std::min(result.Offset(), text.size()))};
}

// Hands on what it hears to the builder, but within the array only counts levels and notes places.
class Outliner {
 public:
  Outliner(Arena& arena, unsigned depth_max, std::string_view text, std::string_view array,
           const TextStream& stream)
      : builder_(arena, depth_max),
        depth_max_(depth_max),
        text_(text),
        array_(array),
        stream_(stream) {}

  bool Null() {
    return scalar("null", [&] { return builder_.Null(); });
  }
  bool Bool(bool value) {
    return scalar(value ? "true" : "false", [&] { return builder_.Bool(value); });
  }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool copy) {
    return scalar("0", [&] { return builder_.RawNumber(text, size, copy); });
  }
  bool String(const char* text, rapidjson::SizeType size, bool copy) {
    return scalar("\"\"", [&] { return builder_.String(text, size, copy); });
  }
  bool Key(const char* text, rapidjson::SizeType size, bool copy) {
    if (is_inside_) return true;
    is_next_ = depth_ == 1 && std::string_view(text, size) == array_;
    return builder_.Key(text, size, copy);
  }
  bool StartObject() {
    return enter([&] { return builder_.StartObject(); });
  }
  bool StartArray() {
    const bool begins = std::exchange(is_next_, false);
    if (!enter([&] { return builder_.StartArray(); })) return false;
    is_inside_ = is_inside_ || begins;
    return true;
  }
  bool EndObject(rapidjson::SizeType count) {
    --depth_;
    return is_inside_ ? end_item() : builder_.EndObject(count);
  }
  bool EndArray(rapidjson::SizeType count) {
    --depth_;
    if (!is_inside_) return builder_.EndArray(count);
    if (depth_ > array_depth) return end_item();
    is_inside_ = false;
    return builder_.EndArray(0);
  }
  // Never called: as in TreeBuilder.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  Value root() const { return builder_.root(); }
  std::vector<std::string_view> items() { return std::move(items_); }
  const std::string& complaint() const {
    return complaint_.empty() ? builder_.complaint() : complaint_;
  }

 private:
  static constexpr unsigned array_depth = 1;  // the array's own level lies in the outermost object

  // An item that is neither object nor array keeps its kind: whoever wants an object sees that it
  // is none.
  template <class Build>
  bool scalar(std::string_view stand_in, const Build& build) {
    is_next_ = false;
    if (!is_inside_) return build();
    if (depth_ == array_depth + 1) items_.push_back(stand_in);
    return true;
  }

  template <class Build>
  bool enter(const Build& build) {
    is_next_ = false;
    const unsigned depth = depth_++;
    if (!is_inside_) return build();
    if (depth == array_depth + 1) begin_ = stream_.Tell();
    if (depth_ <= depth_max_) return true;
    complaint_ = fmt::format("Nesting deeper than {} levels.", depth_max_);
    return false;
  }

  // RapidJSON takes the bracket after it has told of it.
  bool end_item() {
    if (depth_ == array_depth + 1)
      items_.push_back(text_.substr(begin_, stream_.Tell() + 1 - begin_));
    return true;
  }

  TreeBuilder builder_;
  unsigned depth_max_;
  std::string_view text_, array_;
  const TextStream& stream_;
  unsigned depth_ = 0;
  bool is_next_ = false;    // the value to come is the array, if it is one
  bool is_inside_ = false;  // of the array
  size_t begin_ = 0;
  std::vector<std::string_view> items_;
  std::string complaint_;
};

}  // namespace

Result<Document> parse(std::string_view text, Limits limits) {
  Document document;
  TreeBuilder builder(document.arena, limits.depth_max);
  rapidjson::MemoryStream bytes(text.data(), text.size());
  TextStream stream(bytes);
  TRY(read(text, limits, stream, builder));
  document.root = builder.root();
  return document;
}

Result<Outline> outline(std::string_view text, std::string_view array, Limits limits) {
  Outline outline;
  rapidjson::MemoryStream bytes(text.data(), text.size());
  TextStream stream(bytes);
  Outliner outliner(outline.document.arena, limits.depth_max, text, array, stream);
  TRY(read(text, limits, stream, outliner));
  outline.document.root = outliner.root();
  outline.items = outliner.items();
  return outline;
}

}  // namespace tasuki::json
