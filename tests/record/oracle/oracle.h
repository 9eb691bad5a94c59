// The brute-force oracle: a question is held against every document, one after the other, by
// comparisons of its own. It knows nothing of the index, the planner or the extraction of values,
// and is written only to find them wrong.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "record/oracle/parameters.h"
#include "record/oracle/text.h"
#include "record/oracle/values.h"

namespace tasuki::record::oracle {

// One condition, in the words of the request: "ge2014", "system|code".
struct Ask {
  const Parameter* parameter = nullptr;
  std::string modifier, op;         // op: of _filter
  std::vector<std::string> values;  // any of them
  std::string far_type;             // a chain's, or that _has asks
  std::vector<Ask> far;             // at most one
  bool reverse = false;
};
struct Tree {
  char op = 'l';  // l: leaf, & | !
  Ask leaf;
  std::vector<Tree> parts;
};

using World = std::map<std::pair<std::string, std::string>, const Json*>;  // type, id

inline std::vector<std::string> cut(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text)
    c == at ? void(parts.emplace_back()) : void(parts.back() += c);
  return parts;
}

inline std::string prefix_of(std::string& value) {
  for (const auto* known : {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap", "po"})
    if (value.starts_with(known)) return value.erase(0, 2), known;
  return "eq";
}

inline bool is_coded(const std::string& asked, const Coded& one) {
  const auto parts = cut(asked, '|');
  if (one.code.empty() && one.system.empty()) return false;
  if (parts.size() == 1) return one.code == asked;
  return one.system == parts[0] && (parts[1].empty() || one.code == parts[1]);
}

inline bool token(const Ask& ask, const std::string& asked, const Coded& one) {
  const auto folded = alike(asked), code = alike(one.code);
  if (ask.modifier == "text") return !one.text.empty() && alike(one.text).starts_with(folded);
  if (ask.modifier == "of-type") {
    const auto parts = cut(asked, '|');
    return one.code == parts[2] && std::ranges::count(one.types, std::pair(parts[0], parts[1])) > 0;
  }
  if (one.code.empty() && one.system.empty()) return false;
  if (ask.op == "ne") return !is_coded(asked, one);
  if (ask.op == "co") return code.find(folded) != code.npos;
  if (ask.op == "sw") return code.starts_with(folded);
  if (ask.op == "ew") return code.ends_with(folded);
  return is_coded(asked, one);
}

inline bool text(const Ask& ask, const std::string& asked, const std::string& one) {
  if (ask.modifier == "exact") return asked == one;
  const auto wanted = alike(asked), here = alike(one);
  if (ask.modifier == "contains" || ask.op == "co") return here.find(wanted) != here.npos;
  if (ask.op == "eq") return here == wanted;
  if (ask.op == "ne") return here != wanted;
  if (ask.op == "ew") return here.ends_with(wanted);
  return here.starts_with(wanted);
}

inline bool date(std::string asked, const Span& one) {
  const auto prefix = prefix_of(asked);
  const auto span = moment(asked);
  if (!span) return false;
  const bool inside = span->from <= one.from && one.to <= span->to;
  const bool later = one.to > span->to, earlier = one.from < span->from;
  if (prefix == "eq") return inside;
  if (prefix == "ne") return !inside;
  if (prefix == "gt") return later;
  if (prefix == "lt") return earlier;
  if (prefix == "ge") return later || inside;
  if (prefix == "le") return earlier || inside;
  if (prefix == "sa") return one.from >= span->to;
  if (prefix == "eb") return one.to <= span->from;
  return one.from < span->to && one.to > span->from;  // po
}

inline bool number(const std::string& prefix, const Range& asked, int64_t one) {
  const bool inside = asked.from <= one && one < asked.to;
  if (prefix == "eq") return inside;
  if (prefix == "ne") return !inside;
  if (prefix == "gt" || prefix == "sa") return one > asked.value;
  if (prefix == "lt" || prefix == "eb") return one < asked.value;
  if (prefix == "ge") return one >= asked.value;
  if (prefix == "le") return one <= asked.value;
  return std::abs(one - asked.value) * 10 <= std::abs(asked.value);  // ap
}

// The units of mass and length that the tests use, in thousandths of the smallest.
inline int64_t weight(const std::string& code) {
  const std::map<std::string, int64_t> units = {{"ug", 1}, {"mg", 1000}, {"g", 1'000'000}};
  const auto found = units.find(code);
  return found == units.end() ? 0 : found->second;
}

inline bool quantity(std::string asked, const Measured& one) {
  const std::string ucum = "http://unitsofmeasure.org";
  const auto prefix = prefix_of(asked);
  const auto parts = cut(asked, '|');
  auto range = decimal(parts[0]);
  if (!range) return false;
  if (parts.size() == 1) return number(prefix, *range, one.number.value);
  const auto &system = parts[1], &code = parts[2];
  if (system.empty())
    return (one.code == code || one.unit == code) && number(prefix, *range, one.number.value);
  if (one.system != system) return false;
  const auto mine = weight(one.code), theirs = weight(code);
  if (system != ucum || mine == 0 || theirs == 0)
    return one.code == code && number(prefix, *range, one.number.value);
  // Both in the smaller of the two units.
  const auto factor = theirs >= mine ? theirs / mine : 1, other = mine > theirs ? mine / theirs : 1;
  return number(prefix, {range->value * factor, range->from * factor, range->to * factor},
                one.number.value * other);
}

inline bool reference(const Ask& ask, const std::string& asked, const Referred& one) {
  if (ask.modifier == "identifier")
    return !one.value.empty() && is_coded(asked, {one.system, one.value, {}, {}});
  if (one.id.empty() && ask.op != "ne") return false;
  const auto slash = asked.find('/');
  const bool same = slash == asked.npos
                        ? one.id == asked && (ask.modifier.empty() || ask.modifier == one.type)
                        : one.type + "/" + one.id == asked;
  return ask.op == "ne" ? !same : same;
}

}  // namespace tasuki::record::oracle
