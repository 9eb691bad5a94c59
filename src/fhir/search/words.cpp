#include "fhir/search/words.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace tasuki::fhir::search {
namespace {

constexpr size_t words_depth_max = 16;

// alternatives = all { "OR" all };  all = one { [ "AND" ] one };  one = "NOT" one | "(" ... ")" |
// word
class WordReader {
 public:
  explicit WordReader(std::string_view text) : text_(text) {}

  Result<Words> read() {
    Words words = TRY(alternatives(0));
    if (!at_end()) return wrong("a ) stands here that nothing opened");
    return words;
  }

 private:
  void skip_blank() {
    while (!text_.empty() && text_.front() == ' ')
      text_.remove_prefix(1);
  }
  bool at_end() {
    skip_blank();
    return text_.empty();
  }
  bool next_is(std::string_view word) {
    skip_blank();
    if (!text_.starts_with(word)) return false;
    const auto rest = text_.substr(word.size());
    return rest.empty() || rest.front() == ' ' || rest.front() == '(' || rest.front() == '"';
  }
  bool take(std::string_view word) {
    if (!next_is(word)) return false;
    text_.remove_prefix(word.size());
    return true;
  }
  static Error wrong(std::string_view what) {
    return {Error::Kind::invalid,
            fmt::format("{}; words should stand here, with AND, OR, NOT, \"a phrase\" or "
                        "parentheses.",
                        what),
            {}};
  }
  static Words joined(Words::Op op, std::vector<Words> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    return {op, {}, std::move(parts)};
  }

  Result<Words> alternatives(size_t depth) {
    if (depth > words_depth_max)
      return Error{Error::Kind::too_costly, "The words are nested too deeply.", {}};
    std::vector<Words> parts;
    do {
      parts.push_back(TRY(all(depth)));
    } while (take("OR"));
    return joined(Words::Op::any, std::move(parts));
  }

  Result<Words> all(size_t depth) {
    std::vector<Words> parts;
    do {
      (void)take("AND");
      parts.push_back(TRY(one(depth)));
    } while (!at_end() && text_.front() != ')' && !next_is("OR"));
    return joined(Words::Op::all, std::move(parts));
  }

  Result<Words> one(size_t depth) {
    if (take("NOT")) {
      if (depth > words_depth_max)
        return Error{Error::Kind::too_costly, "The words are nested too deeply.", {}};
      Words negated{Words::Op::not_, {}, {}};
      negated.parts.push_back(TRY(one(depth + 1)));
      return negated;
    }
    skip_blank();
    if (text_.starts_with('(')) {
      text_.remove_prefix(1);
      Words words = TRY(alternatives(depth + 1));
      skip_blank();
      if (!text_.starts_with(')')) return wrong("A ( is not closed");
      text_.remove_prefix(1);
      return words;
    }
    return word();
  }

  Result<Words> word() {
    size_t end = 0;
    std::string_view written;
    if (text_.starts_with('"')) {
      end = text_.find('"', 1);
      if (end == std::string_view::npos) return wrong("A \" is not closed");
      written = text_.substr(1, end - 1);
      ++end;
    } else {
      end = std::min(text_.find_first_of(" ()\""), text_.size());
      written = text_.substr(0, end);
    }
    Words words{Words::Op::word, folded(written), {}};
    if (words.folded.empty()) return wrong("A word is missing");
    text_.remove_prefix(end);
    return words;
  }

  std::string_view text_;
};

// XHTML to what is read of it: tags out, the five entities that XML knows resolved.
std::string without_tags(std::string_view xhtml) {
  constexpr std::pair<std::string_view, char> entities[] = {
      {"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}};
  std::string text;
  bool in_tag = false;
  for (size_t i = 0; i < xhtml.size(); ++i) {
    if (in_tag || xhtml[i] == '<') {
      in_tag = xhtml[i] != '>';
      continue;
    }
    const auto rest = xhtml.substr(i);
    const auto* entity = std::ranges::find_if(
        entities, [&](const auto& each) { return rest.starts_with(each.first); });
    if (entity == std::end(entities)) {
      text += xhtml[i];
    } else {
      text += entity->second;
      i += entity->first.size() - 1;
    }
  }
  return text;
}

// Texts are set apart by a mark that folding never makes, so that no word spans two of them.
void collect(const json::Value& value, std::string& out) {
  if (value.is_string()) {
    out += value.text().starts_with("<div") ? folded(without_tags(value.text()))
                                            : folded(value.text());
    out += '\x1f';
  }
  for (const auto& item : value.items())
    collect(item, out);
  for (const auto& member : value.members())
    collect(member.value, out);
}

}  // namespace

Result<Words> parse_words(std::string_view text) {
  return WordReader(text).read();
}

bool matches_words(const Words& words, std::string_view folded_text) {
  const auto each = [&](const Words& part) { return matches_words(part, folded_text); };
  switch (words.op) {
    case Words::Op::word:
      return folded_text.contains(words.folded);
    case Words::Op::all:
      return std::ranges::all_of(words.parts, each);
    case Words::Op::any:
      return std::ranges::any_of(words.parts, each);
    case Words::Op::not_:
      return !each(words.parts.front());
  }
  return false;
}

std::string narrative_text(const json::Value& resource) {
  const auto* text = resource.find("text");
  return text == nullptr ? std::string() : folded(without_tags(text->text_of("div")));
}

std::string content_text(const json::Value& resource) {
  std::string all;
  collect(resource, all);
  return all;
}

}  // namespace tasuki::fhir::search
