#include "fhir/search/query.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/search/criterion.h"
#include "fhir/search/escape.h"

namespace tasuki::fhir::search {
namespace {

using Kind = Error::Kind;

// Of R4's result parameters, those that want more than this server does; each is refused by its
// name.
constexpr std::array<std::string_view, 7> not_done = {
    "_elements", "_contained", "_containedType", "_filter", "_list", "_score", "_graph"};

class Request {
 public:
  Request(const Definitions& definitions, std::optional<TypeId> type)
      : definitions_(definitions), type_(type), criteria_(definitions) {
    if (type) query_.types = {*type};
  }

  Result<Query> read(std::string_view text);

 private:
  struct Pair {
    std::string name, value;
  };
  struct Control {
    std::string_view name;
    bool once;
    Result<void> (Request::*read)(const Pair& pair);
  };
  static const Control controls[];

  Result<void> take(std::string_view text);
  Result<void> dispatch(const Pair& pair);
  Result<void> read_sort(const Pair& pair);
  Result<void> read_count(const Pair& pair);
  Result<void> read_total(const Pair& pair);
  Result<void> read_summary(const Pair& pair);
  Result<void> read_include(const Pair& pair);
  Result<void> read_types(const Pair& pair);
  Result<void> read_cursor(const Pair& pair);
  Result<void> read_nothing(const Pair&) { return {}; }
  Result<TypeId> resource_type(std::string_view name, const Pair& pair) const;
  void note(std::string_view name, std::string_view value);

  const Definitions& definitions_;
  std::optional<TypeId> type_;
  CriterionParser criteria_;
  Query query_;
  std::vector<Pair> pairs_;
};

const Request::Control Request::controls[] = {
    {"_sort", true, &Request::read_sort},        {"_count", true, &Request::read_count},
    {"_total", true, &Request::read_total},      {"_summary", true, &Request::read_summary},
    {"_include", false, &Request::read_include}, {"_revinclude", false, &Request::read_include},
    {"_type", true, &Request::read_types},       {"_cursor", true, &Request::read_cursor},
    {"_format", true, &Request::read_nothing},   {"_pretty", true, &Request::read_nothing},
};

Error invalid(std::string_view location, std::string message) {
  return {Kind::invalid, std::move(message), std::string(location)};
}

Result<Query> Request::read(std::string_view text) {
  if (text.size() > query_bytes_max)
    return Error{Kind::too_costly,
                 fmt::format("A search may be {} bytes long at most.", query_bytes_max),
                 {}};
  while (!text.empty()) {
    const auto end = std::min(text.find('&'), text.size());
    if (end > 0) TRY(take(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // _type says what the other names mean, so it comes first wherever it stands.
  std::ranges::stable_partition(pairs_, [](const Pair& pair) { return pair.name == "_type"; });
  for (const auto& pair : pairs_)
    TRY(dispatch(pair));
  return std::move(query_);
}

Result<void> Request::take(std::string_view text) {
  if (pairs_.size() >= criteria_max)
    return Error{Kind::too_costly,
                 fmt::format("A search may have {} parameters at most.", criteria_max),
                 {}};
  const auto equals = text.find('=');
  if (equals == std::string_view::npos)
    return invalid(text, fmt::format("'{}' has no value; name=value should stand here.", text));
  // One TRY a statement: a return from between two members of a braced list leaks the first.
  Pair pair;
  pair.name = TRY(percent_decoded(text.substr(0, equals)));
  pair.value = TRY(percent_decoded(text.substr(equals + 1)));
  if (pair.value.empty())
    return invalid(pair.name, fmt::format("{} has an empty value.", pair.name));
  pairs_.push_back(std::move(pair));
  return {};
}

void Request::note(std::string_view name, std::string_view value) {
  if (!query_.self.empty()) query_.self += '&';
  query_.self += percent_encoded(name) + '=' + percent_encoded(value);
}

Result<void> Request::dispatch(const Pair& pair) {
  const auto base = std::string_view(pair.name).substr(0, pair.name.find(':'));
  if (std::ranges::find(not_done, base) != not_done.end()) {
    return Error{Kind::unsupported, fmt::format("The parameter '{}' is not done here yet.", base),
                 pair.name};
  }
  const auto control = std::ranges::find(controls, base, &Control::name);
  if (control != std::end(controls)) {
    const auto count = std::ranges::count(pairs_, pair.name, &Pair::name);
    if (control->once && count > 1)
      return invalid(pair.name, fmt::format("{} may stand once.", pair.name));
    if (control->once && base != pair.name)
      return invalid(pair.name, fmt::format("{} takes no modifier.", base));
    return (this->*control->read)(pair);
  }
  auto criterion = criteria_.parse(query_.types, pair.name, pair.value);
  if (!criterion) return std::move(criterion).error();
  query_.criteria.push_back(*std::move(criterion));
  note(pair.name, pair.value);
  return {};
}

// "_sort=-date,name". search.html#sort
Result<void> Request::read_sort(const Pair& pair) {
  for (auto name : split(pair.value, ',')) {
    Sort sort;
    sort.descending = name.starts_with('-');
    if (sort.descending) name.remove_prefix(1);
    sort.parameter = TRY(criteria_.parameter(query_.types, name));
    if (sort.parameter->type == ParameterType::composite) {
      return Error{Kind::unsupported,
                   fmt::format("Sorting by {}, which has several parts, is not done here.", name),
                   pair.name};
    }
    query_.sort.push_back(sort);
  }
  note(pair.name, pair.value);
  return {};
}

Result<void> Request::read_count(const Pair& pair) {
  const std::string_view text = pair.value;
  const bool is_number =
      text.size() <= 9 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number)
    return invalid(
        pair.name,
        fmt::format("'{}' is no value for _count: a whole number from 0 should stand here.", text));
  query_.count = std::min(std::stoul(pair.value), count_max);
  note(pair.name, std::to_string(*query_.count));
  return {};
}

Result<void> Request::read_total(const Pair& pair) {
  constexpr std::array<std::string_view, 3> names = {"none", "estimate", "accurate"};
  const auto found = std::ranges::find(names, pair.value);
  if (found == names.end())
    return invalid(
        pair.name,
        fmt::format("'{}' is no value for _total: none, estimate or accurate should stand here.",
                    pair.value));
  query_.total = static_cast<Total>(found - names.begin());
  note(pair.name, pair.value);
  return {};
}

// _summary=count is the total alone, as _count=0 with an accurate total is. search.html#summary
Result<void> Request::read_summary(const Pair& pair) {
  if (pair.value == "count") {
    query_.count = 0;
    query_.total = Total::accurate;
    note(pair.name, pair.value);
    return {};
  }
  if (pair.value == "false") return {};
  const bool is_known = pair.value == "true" || pair.value == "text" || pair.value == "data";
  return Error{is_known ? Kind::unsupported : Kind::invalid,
               fmt::format("_summary={} is not done here; count and false are.", pair.value),
               pair.name};
}

Result<TypeId> Request::resource_type(std::string_view name, const Pair& pair) const {
  if (const auto type = definitions_.resource_type(name)) return *type;
  std::vector<std::string_view> names;
  for (const auto type : definitions_.resource_types())
    names.push_back(definitions_.name(type));
  return no_such("resource type", name, names, fmt::format(" in {}", pair.name));
}

// "Observation:subject:Patient", "Observation:*", "*"; with :iterate also for what was itself
// included. search.html#include
Result<void> Request::read_include(const Pair& pair) {
  const bool is_reverse = pair.name.starts_with("_revinclude");
  Include include{is_reverse, pair.name.ends_with(":iterate"), no_type, nullptr, no_type};
  const std::string_view base = is_reverse ? "_revinclude" : "_include";
  if (pair.name != base && pair.name != std::string(base) + ":iterate") {
    return invalid(pair.name, fmt::format("{} takes the modifier :iterate and no other.", base));
  }
  const auto parts = split(pair.value, ':');
  if (parts.size() > 3 || (parts.size() == 1 && (pair.value != "*" || is_reverse))) {
    return invalid(
        pair.name,
        fmt::format(
            "'{}' is no value for {}: Type:parameter or Type:parameter:Type should stand here.",
            pair.value, base));
  }
  if (parts.size() > 1) include.source = TRY(resource_type(parts[0], pair));
  if (parts.size() > 1 && parts[1] != "*")
    include.parameter = TRY(criteria_.parameter({&include.source, 1}, parts[1]));
  if (parts.size() > 2) include.target = TRY(resource_type(parts[2], pair));
  if (include.parameter != nullptr && include.parameter->type != ParameterType::reference) {
    return invalid(pair.name, fmt::format("{} of {} is not a reference and leads nowhere.",
                                          parts[1], parts[0]));
  }
  query_.includes.push_back(include);
  note(pair.name, pair.value);
  return {};
}

Result<void> Request::read_types(const Pair& pair) {
  if (type_)
    return invalid(
        pair.name,
        "_type belongs to a search over all types; the type already stands in the address.");
  for (const auto name : split(pair.value, ','))
    query_.types.push_back(TRY(resource_type(name, pair)));
  note(pair.name, pair.value);
  return {};
}

// Not in `self`: it is the place in the answer, not the question.
Result<void> Request::read_cursor(const Pair& pair) {
  query_.cursor = pair.value;
  return {};
}

}  // namespace

Result<Query> parse(const Definitions& definitions, std::optional<TypeId> type,
                    std::string_view text) {
  return Request(definitions, type).read(text);
}

}  // namespace tasuki::fhir::search
