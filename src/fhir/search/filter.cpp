// filter     = paramExp / logExp / ("not") "(" filter ")"
// logExp     = filter ("and" / "or" filter)+
// paramExp   = paramPath SP compareOp SP compValue
// paramPath  = paramName (("[" filter "]") "." paramPath)
// compValue  = JSON string / token without blanks, ")" or "]"
// The grammar of search_filter.html; a name may carry the type it leads to (subject:Patient.name).
#include "fhir/search/filter.h"

#include <fmt/core.h>

#include <algorithm>

#include "json/parse.h"

namespace tasuki::fhir::search {
namespace {

using Kind = Error::Kind;

constexpr size_t filter_depth_max = 32;
constexpr size_t leaves_max = criteria_max;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == ':';
}

class FilterReader {
 public:
  FilterReader(CriterionParser& criteria, std::string_view text)
      : criteria_(criteria), text_(text) {}

  Result<Filter> read(std::span<const TypeId> types) {
    Filter filter = TRY(logical(types, 0));
    skip_blank();
    if (!rest().empty()) return wrong("the end, \"and\" or \"or\"");
    return filter;
  }

 private:
  // One name of a path, and the filter in brackets behind it.
  struct Name {
    std::string_view text;
    std::string_view bracket;  // as written, without the brackets
    size_t bracket_at = 0;
  };

  std::string_view rest() const { return text_.substr(at_); }
  void skip_blank() {
    while (at_ < text_.size() && text_[at_] == ' ')
      ++at_;
  }
  bool take(char c) {
    if (!rest().starts_with(c)) return false;
    ++at_;
    return true;
  }
  std::string_view take_while(auto&& holds) {
    const size_t begin = at_;
    while (at_ < text_.size() && holds(text_[at_]))
      ++at_;
    return text_.substr(begin, at_ - begin);
  }
  bool take_word(std::string_view word) {
    skip_blank();
    if (!rest().starts_with(word)) return false;
    const auto behind = rest().substr(word.size());
    if (!behind.empty() && behind.front() != ' ' && behind.front() != '(') return false;
    at_ += word.size();
    return true;
  }
  Error wrong(std::string_view right) const {
    return {Kind::invalid,
            fmt::format("At character {} of _filter, {} should stand here.", at_ + 1, right),
            "_filter"};
  }

  Result<Filter> logical(std::span<const TypeId> types, size_t depth) {
    if (depth > filter_depth_max)
      return Error{Kind::too_costly,
                   fmt::format("_filter may be {} deep at most.", filter_depth_max), "_filter"};
    Filter left = TRY(term(types, depth));
    while (true) {
      const bool is_and = take_word("and");
      if (!is_and && !take_word("or")) return left;
      const auto op = is_and ? Filter::Op::both : Filter::Op::either;
      Filter right = TRY(term(types, depth));
      if (left.op == op) {
        left.children.push_back(std::move(right));
        continue;
      }
      Filter joined;
      joined.op = op;
      joined.children.push_back(std::move(left));
      joined.children.push_back(std::move(right));
      left = std::move(joined);
    }
  }

  Result<Filter> term(std::span<const TypeId> types, size_t depth) {
    skip_blank();
    const size_t begin = at_;
    const bool is_not = take_word("not");
    skip_blank();
    if (!take('(')) {
      at_ = begin;
      return comparison(types, depth);
    }
    Filter inner = TRY(logical(types, depth + 1));
    skip_blank();
    if (!take(')')) return wrong(")");
    if (!is_not) return inner;
    Filter negated;
    negated.op = Filter::Op::not_;
    negated.children.push_back(std::move(inner));
    return negated;
  }

  Result<Filter> comparison(std::span<const TypeId> types, size_t depth) {
    if (++leaves_ > leaves_max)
      return Error{Kind::too_costly,
                   fmt::format("_filter may have {} comparisons at most.", leaves_max), "_filter"};
    const auto path = TRY(names());
    if (!take(' ')) return wrong("a blank and an operator such as eq, co or ge");
    skip_blank();
    const auto op = take_while([](char c) { return c >= 'a' && c <= 'z'; });
    if (!take(' ')) return wrong("a blank and a value");
    skip_blank();
    const auto value = TRY(this->value());
    Filter leaf;
    leaf.leaf = TRY(criterion(types, path, op, value, depth));
    return leaf;
  }

  Result<std::vector<Name>> names() {
    std::vector<Name> path;
    do {
      if (path.size() > chain_depth_max)
        return Error{Kind::too_costly,
                     fmt::format("A chain may have {} links at most.", chain_depth_max), "_filter"};
      Name name;
      name.text = take_while(is_name_character);
      if (name.text.empty()) return wrong("the name of a search parameter");
      if (rest().starts_with('[')) {
        ++at_;
        name.bracket_at = at_;
        name.bracket = TRY(bracket());
        if (!rest().starts_with('.')) return wrong("a point and a further name");
      }
      path.push_back(name);
    } while (take('.'));
    return path;
  }

  // What stands between brackets, strings and inner brackets passed over.
  Result<std::string_view> bracket() {
    const size_t begin = at_;
    size_t open = 1;
    bool in_string = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (in_string && c == '\\') {
        ++at_;
      } else if (c == '"') {
        in_string = !in_string;
      } else if (!in_string && c == '[') {
        ++open;
      } else if (!in_string && c == ']' && --open == 0) {
        const auto inside = text_.substr(begin, at_ - begin);
        ++at_;
        return inside;
      }
    }
    at_ = text_.size();
    return wrong("]");
  }

  Result<std::string> value() {
    if (!rest().starts_with('"')) {
      const auto token = take_while([](char c) { return c != ' ' && c != ')' && c != ']'; });
      if (token.empty()) return wrong("a value");
      return std::string(token);
    }
    const size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"')
      at_ += text_[at_] == '\\' ? 2U : 1U;
    if (at_ >= text_.size()) return wrong("a closing \"");
    ++at_;
    const auto document = json::parse(fmt::format("[{}]", text_.substr(begin, at_ - begin)));
    if (!document) {
      at_ = begin;
      return wrong("a JSON string");
    }
    return std::string(document->root.items().front().text());
  }

  Result<Criterion> criterion(std::span<const TypeId> types, std::span<const Name> path,
                              std::string_view op, std::string_view value, size_t depth) {
    if (path.size() == 1) return criteria_.compared(types, path[0].text, op, value);
    Criterion criterion;
    const auto step = TRY(criteria_.step(types, path[0].text));
    criterion.parameter = step.parameter;
    std::optional<Error> first;
    for (const auto target : step.targets) {
      // Which types are meant is said by those that know all the names. search.html#chaining
      auto added = add_target(criterion, target, path, {op, value}, depth);
      if (added) continue;
      if (added.error().kind == Kind::too_costly) return std::move(added).error();
      if (!first) first = std::move(added).error();
    }
    if (criterion.chain.empty()) return *std::move(first);
    return criterion;
  }

  struct Comparison {
    std::string_view op, value;
  };

  Result<void> add_target(Criterion& criterion, TypeId target, std::span<const Name> path,
                          Comparison compared, size_t depth) {
    if (++tries_ > tries_max)
      return Error{Kind::too_costly,
                   "This chain may lead to too many types; name them, as in subject:Patient.name.",
                   "_filter"};
    auto inner =
        TRY(this->criterion({&target, 1}, path.subspan(1), compared.op, compared.value, depth + 1));
    if (!path[0].bracket.empty()) {
      FilterReader reader(criteria_, path[0].bracket);
      reader.leaves_ = leaves_;
      reader.tries_ = tries_;
      auto also = reader.bracketed({&target, 1}, depth + 1);
      leaves_ = reader.leaves_;
      tries_ = reader.tries_;
      if (!also) return std::move(also).error();
      criterion.chain_also.push_back(*std::move(also));
    }
    criterion.chain.push_back(std::move(inner));
    criterion.chain_types.push_back(target);
    return {};
  }

  Result<Filter> bracketed(std::span<const TypeId> types, size_t depth) {
    Filter filter = TRY(logical(types, depth));
    skip_blank();
    if (!rest().empty()) return wrong("]");
    return filter;
  }

  static constexpr size_t tries_max = 1000;

  CriterionParser& criteria_;
  std::string_view text_;
  size_t at_ = 0;
  size_t leaves_ = 0, tries_ = 0;
};

}  // namespace

Result<Filter> parse_filter(CriterionParser& criteria, std::span<const TypeId> types,
                            std::string_view text) {
  return FilterReader(criteria, text).read(types);
}

}  // namespace tasuki::fhir::search
