#include "fhir/search/query.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/search/criterion.h"
#include "fhir/search/escape.h"
#include "fhir/search/filter.h"
#include "fhir/search/link.h"

namespace tasuki::fhir::search {
namespace {

using Kind = Error::Kind;

// Of R4's result parameters, those that want more than this server does; each is refused by its
// name.
constexpr std::array<std::string_view, 3> not_done = {"_score", "_graph", "_query"};

class Request {
 public:
  Request(const Definitions& definitions, std::optional<TypeId> type, Handling handling)
      : definitions_(definitions), type_(type), handling_(handling), criteria_(definitions) {
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
  Result<void> read_elements(const Pair& pair);
  Result<void> read_contained(const Pair& pair);
  Result<void> read_contained_type(const Pair& pair);
  Result<void> read_filter(const Pair& pair);
  Result<void> read_list(const Pair& pair);
  Result<void> check_together() const;
  Result<void> read_nothing(const Pair&) { return {}; }
  Result<TypeId> resource_type(std::string_view name, const Pair& pair) const;
  void note(std::string_view name, std::string_view value);

  const Definitions& definitions_;
  std::optional<TypeId> type_;
  Handling handling_;
  CriterionParser criteria_;
  Query query_;
  std::vector<Pair> pairs_;
};

const Request::Control Request::controls[] = {
    {"_sort", true, &Request::read_sort},
    {"_count", true, &Request::read_count},
    {"_total", true, &Request::read_total},
    {"_summary", true, &Request::read_summary},
    {"_include", false, &Request::read_include},
    {"_revinclude", false, &Request::read_include},
    {"_type", true, &Request::read_types},
    {"_cursor", true, &Request::read_cursor},
    {"_elements", true, &Request::read_elements},
    {"_contained", true, &Request::read_contained},
    {"_containedType", true, &Request::read_contained_type},
    {"_filter", false, &Request::read_filter},
    {"_list", false, &Request::read_list},
    {"_format", true, &Request::read_nothing},
    {"_pretty", true, &Request::read_nothing},
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
  for (const auto& pair : pairs_) {
    criteria_.clear();
    auto read = dispatch(pair);
    if (read) continue;
    const bool is_unknown = criteria_.name_is_unknown() || read.error().kind == Kind::unsupported;
    if (handling_ == Handling::strict || !is_unknown) return std::move(read).error();
    query_.dropped.push_back({pair.name, std::move(read).error().message});
  }
  TRY(check_together());
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
  constexpr std::array<std::string_view, 5> names = {"false", "true", "text", "data", "count"};
  const auto found = std::ranges::find(names, pair.value);
  if (found == names.end())
    return invalid(
        pair.name,
        fmt::format(
            "'{}' is no value for _summary: true, text, data, count or false should stand here.",
            pair.value));
  query_.summary = static_cast<Summary>(found - names.begin());
  if (query_.summary == Summary::count) {
    query_.count = 0;
    query_.total = Total::accurate;
  }
  note(pair.name, pair.value);
  return {};
}

// "_elements=identifier,active". search.html#elements
Result<void> Request::read_elements(const Pair& pair) {
  const auto types =
      query_.types.empty() ? definitions_.resource_types() : std::span<const TypeId>(query_.types);
  for (const auto name : split(pair.value, ',')) {
    std::vector<std::string_view> known;
    bool is_known = false;
    for (const auto type : types) {
      for (const auto& element : definitions_.elements(type)) {
        is_known = is_known || element.stem == name || element.name == name;
        if (types.size() == 1) known.push_back(element.stem);
      }
    }
    if (!is_known) {
      return no_such("element", name, known,
                     types.size() == 1 ? fmt::format(" of {}", definitions_.name(types[0]))
                                       : std::string(" of what is searched"));
    }
    query_.elements.emplace_back(name);
  }
  note(pair.name, pair.value);
  return {};
}

Result<void> Request::read_contained(const Pair& pair) {
  constexpr std::array<std::string_view, 3> names = {"false", "true", "both"};
  const auto found = std::ranges::find(names, pair.value);
  if (found == names.end())
    return invalid(pair.name,
                   fmt::format("'{}' is no value for _contained: true, false or both should stand "
                               "here.",
                               pair.value));
  query_.contained = static_cast<Contained>(found - names.begin());
  note(pair.name, pair.value);
  return {};
}

Result<void> Request::read_contained_type(const Pair& pair) {
  if (pair.value != "container" && pair.value != "contained")
    return invalid(pair.name,
                   fmt::format("'{}' is no value for _containedType: container or contained should "
                               "stand here.",
                               pair.value));
  query_.contained_type =
      pair.value == "contained" ? ContainedType::contained : ContainedType::container;
  note(pair.name, pair.value);
  return {};
}

Result<void> Request::read_filter(const Pair& pair) {
  auto filter = parse_filter(criteria_, query_.types, pair.value);
  if (!filter) return std::move(filter).error();
  query_.filters.push_back(*std::move(filter));
  note(pair.name, pair.value);
  return {};
}

// "_list=42": what List/42 names. The lists that stand for a patient's current state
// ("$current-problems") are not kept here. search.html#list
Result<void> Request::read_list(const Pair& pair) {
  const std::string_view text = pair.value;
  if (text.starts_with('$')) {
    return Error{Kind::unsupported,
                 fmt::format("The list {} is not kept here; _list takes the id of a List.", text),
                 pair.name};
  }
  const auto id = text.starts_with("List/") ? text.substr(5) : text;
  if (!is_id(id))
    return invalid(pair.name, fmt::format("'{}' is no value for _list: the id of a List should "
                                          "stand here.",
                                          text));
  query_.lists.emplace_back(id);
  note(pair.name, pair.value);
  return {};
}

// What excludes one another. search.html#summary, #contained
Result<void> Request::check_together() const {
  if (query_.summary == Summary::text && !query_.includes.empty())
    return invalid("_summary", "_summary=text does not go with _include or _revinclude.");
  const bool is_reduced = query_.summary != Summary::no && query_.summary != Summary::count;
  if (is_reduced && !query_.elements.empty())
    return invalid("_elements",
                   "_elements and _summary are two ways to ask for less; one of them "
                   "should stand here.");
  if (query_.contained == Contained::no) return {};
  if (query_.types.size() != 1)
    return invalid("_contained",
                   "_contained goes with one type, as in Medication?_contained=true.");
  if (!query_.sort.empty()) return invalid("_contained", "_sort does not go with _contained.");
  return {};
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
  if (parts.size() > 3 || (parts.size() == 1 && pair.value != "*")) {
    return invalid(
        pair.name,
        fmt::format("'{}' is no value for {}: Type:parameter, Type:parameter:Type, Type:* or * "
                    "should stand here.",
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
                    std::string_view text, Handling handling) {
  return Request(definitions, type, handling).read(text);
}

}  // namespace tasuki::fhir::search
