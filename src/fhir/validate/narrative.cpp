// One pass from left to right without memory of its own: the open elements are kept as views, so
// many deep at most.
#include "fhir/validate/narrative.h"

#include <algorithm>
#include <array>

namespace tasuki::fhir {
namespace {

constexpr NarrativeFault not_one_div{"it must be one <div> element",
                                     "全体が一つの <div> 要素ではありません"};
constexpr NarrativeFault not_well_formed{"a tag, attribute or comment is not well-formed",
                                         "タグ、属性、コメントの形が正しくありません"};
constexpr NarrativeFault not_balanced{"the opening and closing tags do not match",
                                      "開始タグと終了タグが対応していません"};
constexpr NarrativeFault too_deep{"it is nested too deeply", "入れ子が深すぎます"};
constexpr NarrativeFault forbidden_element{
    "it contains an element that is not allowed (only basic formatting, lists, tables, links and "
    "images are)",
    "許されない要素があります (使えるのは基本的な書式、箇条書き、表、リンク、画像)"};
constexpr NarrativeFault forbidden_attribute{
    "it contains an attribute that is not allowed (such as an event handler)",
    "許されない属性 (イベント処理など) があります"};
constexpr NarrativeFault forbidden_link{"a link runs a script",
                                        "スクリプトを実行するリンクがあります"};
constexpr NarrativeFault bad_reference{"\"&\" stands alone or begins an unfinished entity",
                                       "「&」が実体参照になっていません"};

// HTML 4.0 chapters 7-11 (not 9.4) and 15, and <a>, <img>: sorted.
constexpr std::string_view elements[] = {
    "a",     "abbr",    "acronym", "address", "b",    "bdo",   "big",      "blockquote",
    "br",    "caption", "center",  "cite",    "code", "col",   "colgroup", "dd",
    "dfn",   "div",     "dl",      "dt",      "em",   "font",  "h1",       "h2",
    "h3",    "h4",      "h5",      "h6",      "hr",   "i",     "img",      "kbd",
    "li",    "ol",      "p",       "pre",     "q",    "s",     "samp",     "small",
    "span",  "strike",  "strong",  "sub",     "sup",  "table", "tbody",    "td",
    "tfoot", "th",      "thead",   "tr",      "tt",   "u",     "ul",       "var",
};

bool is_xml_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\n' || letter == '\r';
}
bool is_name_letter(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == ':' ||
         letter == '.' || static_cast<unsigned char>(letter) >= 0x80;
}

class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}
  NarrativeFault scan();

 private:
  static constexpr size_t depth_max = 64;

  bool done() const { return fault_.english.empty() && !rest_.empty(); }
  void fail(const NarrativeFault& fault) { fault_ = fault; }
  bool skip(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }
  void skip_blanks() {
    while (!rest_.empty() && is_xml_blank(rest_.front()))
      rest_.remove_prefix(1);
  }
  bool skip_past(std::string_view end) {
    const size_t at = rest_.find(end);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + end.size());
    return true;
  }
  std::string_view name() {
    const auto end = std::ranges::find_if_not(rest_, is_name_letter);
    const std::string_view read = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
    rest_.remove_prefix(read.size());
    return read;
  }

  void text();
  void markup();
  void open_tag();
  void close_tag();
  void attribute();
  void references(std::string_view in);

  std::string_view rest_;
  NarrativeFault fault_;
  std::array<std::string_view, depth_max> open_{};
  size_t depth_ = 0;
};

NarrativeFault Scanner::scan() {
  skip_blanks();
  if (!rest_.starts_with("<div")) return not_one_div;
  do {
    rest_.front() == '<' ? markup() : text();
  } while (done() && depth_ > 0);
  if (!fault_.english.empty()) return fault_;
  skip_blanks();
  if (depth_ > 0) return not_balanced;
  return rest_.empty() ? NarrativeFault{} : not_one_div;
}

void Scanner::text() {
  const std::string_view piece = rest_.substr(0, rest_.find('<'));
  rest_.remove_prefix(piece.size());
  references(piece);
}

// "&amp;", "&nbsp;", "&#160;": XHTML's own names are not looked up.
void Scanner::references(std::string_view in) {
  constexpr size_t reference_bytes_max = 12;
  for (size_t at = in.find('&'); at != std::string_view::npos; at = in.find('&', at + 1)) {
    const size_t end = in.find(';', at);
    const bool is_reference =
        end != std::string_view::npos && end > at + 1 && end - at < reference_bytes_max;
    const auto inside = is_reference ? in.substr(at + 1, end - at - 1) : std::string_view("&");
    const bool is_name =
        std::ranges::all_of(inside.substr(inside.front() == '#' ? 1 : 0), is_name_letter);
    if (!is_name) return fail(bad_reference);
  }
}

void Scanner::markup() {
  if (skip("<!--")) {
    if (!skip_past("-->")) fail(not_well_formed);
  } else if (skip("</")) {
    close_tag();
  } else if (skip("<")) {
    open_tag();
  }
}

void Scanner::close_tag() {
  const std::string_view closed = name();
  skip_blanks();
  if (!skip(">")) return fail(not_well_formed);
  if (depth_ == 0 || open_[depth_ - 1] != closed) return fail(not_balanced);
  --depth_;
}

void Scanner::open_tag() {
  const std::string_view element = name();
  if (element.empty()) return fail(not_well_formed);
  if (!std::ranges::binary_search(elements, element)) return fail(forbidden_element);
  while (true) {
    const bool is_apart = !rest_.empty() && is_xml_blank(rest_.front());
    skip_blanks();
    if (skip("/>")) return;
    if (skip(">")) break;
    if (!is_apart) return fail(not_well_formed);
    attribute();
    if (!fault_.english.empty()) return;
  }
  if (depth_ == depth_max) return fail(too_deep);
  open_[depth_++] = element;
}

void Scanner::attribute() {
  const std::string_view attribute = name();
  skip_blanks();
  if (attribute.empty() || !skip("=")) return fail(not_well_formed);
  skip_blanks();
  const char quote = rest_.empty() ? '\0' : rest_.front();
  if (quote != '"' && quote != '\'') return fail(not_well_formed);
  const size_t end = rest_.find(quote, 1);
  if (end == std::string_view::npos) return fail(not_well_formed);
  std::string_view value = rest_.substr(1, end - 1);
  rest_.remove_prefix(end + 1);
  if (value.find('<') != std::string_view::npos) return fail(not_well_formed);
  references(value);

  const auto begins_with = [](std::string_view text, std::string_view start) {
    return text.size() >= start.size() &&
           std::ranges::equal(text.substr(0, start.size()), start, {}, [](char letter) {
             return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
           });
  };
  if (begins_with(attribute, "on")) return fail(forbidden_attribute);
  if (attribute != "href" && attribute != "src") return;
  while (!value.empty() && static_cast<unsigned char>(value.front()) <= ' ')
    value.remove_prefix(1);
  if (begins_with(value, "javascript:") || begins_with(value, "vbscript:") ||
      begins_with(value, "&"))
    fail(forbidden_link);
}

}  // namespace

NarrativeFault narrative_fault(std::string_view xhtml) {
  return Scanner(xhtml).scan();
}

bool narrative_says_something(std::string_view xhtml) {
  bool is_in_tag = false;
  for (size_t at = 0; at < xhtml.size(); ++at) {
    const char letter = xhtml[at];
    if (letter == '<') {
      if (xhtml.substr(at + 1).starts_with("img")) return true;
      is_in_tag = true;
    } else if (letter == '>') {
      is_in_tag = false;
    } else if (!is_in_tag && letter != ' ' && letter != '\n' && letter != '\r' && letter != '\t') {
      return true;
    }
  }
  return false;
}

}  // namespace tasuki::fhir
