#include "fhir/search/criterion.h"

#include <fmt/core.h>

#include <algorithm>

#include "fhir/search/escape.h"
#include "fhir/search/operand.h"

namespace tasuki::fhir::search {
namespace {

using Kind = Error::Kind;

constexpr size_t tries_max = 1000;

struct ModifierRule {
  std::string_view text;
  Modifier modifier;
  std::initializer_list<ParameterType> types;  // it may stand on
};
using enum ParameterType;
const ModifierRule modifier_rules[] = {
    {"missing",
     Modifier::missing,
     {number, date, string, token, reference, quantity, uri, composite, special}},
    {"exact", Modifier::exact, {string}},
    {"contains", Modifier::contains, {string}},
    {"not", Modifier::not_, {token}},
    {"text", Modifier::text, {token}},
    {"identifier", Modifier::identifier, {reference}},
    {"above", Modifier::above, {uri, token, reference}},
    {"below", Modifier::below, {uri, token, reference}},
    {"in", Modifier::in, {token}},
    {"not-in", Modifier::not_in, {token}},
    {"of-type", Modifier::of_type, {token}},
};

// The operators of _filter, as the modifier or prefix that says the same. search_filter.html
struct ComparisonRule {
  std::string_view text;
  std::initializer_list<ParameterType> types;
  Modifier modifier;
  std::string_view prefix;
};
const ComparisonRule comparison_rules[] = {
    {"eq", {string}, Modifier::equals, ""},
    {"eq", {token, reference, uri, composite, special}, Modifier::none, ""},
    {"eq", {number, date, quantity}, Modifier::none, "eq"},
    {"ne", {string, token, reference, uri}, Modifier::unlike, ""},
    {"ne", {number, date, quantity}, Modifier::none, "ne"},
    {"co", {string, token, uri}, Modifier::contains, ""},
    {"sw", {string}, Modifier::none, ""},
    {"sw", {token, uri}, Modifier::begins, ""},
    {"ew", {string, token, uri}, Modifier::ends, ""},
    {"gt", {number, date, quantity}, Modifier::none, "gt"},
    {"lt", {number, date, quantity}, Modifier::none, "lt"},
    {"ge", {number, date, quantity}, Modifier::none, "ge"},
    {"le", {number, date, quantity}, Modifier::none, "le"},
    {"ap", {number, date, quantity}, Modifier::none, "ap"},
    {"sa", {number, date, quantity}, Modifier::none, "sa"},
    {"eb", {number, date, quantity}, Modifier::none, "eb"},
    {"po", {date}, Modifier::none, "eq"},  // and then Prefix::po
    {"pr",
     {number, date, string, token, reference, quantity, uri, composite, special},
     Modifier::missing,
     ""},
    {"ss", {token}, Modifier::below, ""},  // the value subsumes a concept in the set
    {"sb", {token}, Modifier::above, ""},
    {"in", {token}, Modifier::in, ""},
    {"ni", {token}, Modifier::not_in, ""},
    {"re", {reference}, Modifier::none, ""},
};

// A value of _filter stands for itself; in a request these would have to be written with a \.
std::string escaped(const SearchParameter& parameter, std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool parts = parameter.type == token || parameter.type == quantity ||
                       parameter.type == reference || parameter.type == composite ||
                       parameter.type == special;
    const bool stands_apart = c == '\\' || c == ',' || (!parts && (c == '|' || c == '$'));
    if (stands_apart) out += '\\';
    out += c;
  }
  return out;
}

constexpr std::string_view type_names[] = {"number",    "date",     "string", "token",  "reference",
                                           "composite", "quantity", "uri",    "special"};

}  // namespace

Error no_such(std::string_view what, std::string_view name, std::span<const std::string_view> among,
              std::string_view where) {
  const auto close = nearest(name, among);
  const auto hint = close.empty() ? std::string() : fmt::format("; the nearest is '{}'", close);
  return Error{Kind::invalid, fmt::format("There is no {} '{}'{}{}.", what, name, where, hint),
               std::string(name)};
}

bool is_answered(const SearchParameter& parameter) {
  if (parameter.code == "_text" || parameter.code == "_content" || parameter.code == "near")
    return true;
  return !parameter.expression.empty() && parameter.type != ParameterType::special;
}

Result<Criterion> CriterionParser::parse(std::span<const TypeId> types, std::string_view name,
                                         std::string_view value) {
  tries_ = 0;
  name_is_unknown_ = false;
  return nested(types, name, value, 0);
}

Result<Criterion> CriterionParser::nested(std::span<const TypeId> types, std::string_view name,
                                          std::string_view value, size_t depth) {
  if (depth > chain_depth_max) {
    return Error{Kind::too_costly,
                 fmt::format("A chain may have {} links at most.", chain_depth_max),
                 std::string(name)};
  }
  if (++tries_ > tries_max) {
    return Error{Kind::too_costly,
                 "This chain may lead to too many types; name them, as in subject:Patient.name.",
                 std::string(name)};
  }
  if (name.starts_with("_has:")) return reversed(types, name, value, depth);
  const auto dot = name.find('.');
  if (dot == std::string_view::npos) return plain(types, name, value);
  return chained(types, name.substr(0, dot), name.substr(dot + 1), value, depth);
}

namespace {

// Half an index would answer wrong.
Error still_indexed(const SearchParameter& parameter) {
  return {Kind::unavailable,
          fmt::format("The search parameter '{}' was added lately, and {} % of what it is asked of "
                      "is indexed; ask again later.",
                      parameter.code, parameter.percent == nullptr ? 0 : parameter.percent->load()),
          std::string(parameter.code)};
}

}  // namespace

Result<const SearchParameter*> CriterionParser::parameter(std::span<const TypeId> types,
                                                          std::string_view code) const {
  const auto asked = types.empty() ? definitions_.resource_types().first(1) : types;
  const auto of_first = definitions_.search_parameters_of(asked[0]);
  std::vector<std::string_view> shared;
  for (const auto* candidate : of_first) {
    const bool is_in_all =
        types.empty() ? candidate->code.starts_with('_')
                      : std::ranges::all_of(asked, [&](TypeId type) {
                          return definitions_.search_parameter(type, candidate->code) == candidate;
                        });
    if (!is_in_all) continue;
    if (candidate->code == code && !candidate->is_ready) return still_indexed(*candidate);
    if (candidate->code == code) {
      if (is_answered(*candidate)) return candidate;
      name_is_unknown_ = true;
      return Error{Kind::unsupported,
                   fmt::format("The search parameter '{}' is not done here yet.", code),
                   std::string(code)};
    }
    if (is_answered(*candidate)) shared.push_back(candidate->code);
  }
  const auto where = types.empty() ? std::string(" for all types")
                                   : fmt::format(" of {}", definitions_.name(asked[0]));
  name_is_unknown_ = true;
  return no_such("search parameter", code, shared, where);
}

Result<TypeId> CriterionParser::resource_type(std::string_view name, std::string_view where) const {
  if (const auto type = definitions_.resource_type(name)) return *type;
  std::vector<std::string_view> names;
  for (const auto type : definitions_.resource_types())
    names.push_back(definitions_.name(type));
  return no_such("resource type", name, names, fmt::format(" in {}", where));
}

Result<void> CriterionParser::read_modifier(std::string_view text, Criterion& criterion) {
  const auto& parameter = *criterion.parameter;
  const bool is_full_text = parameter.code == "_text" || parameter.code == "_content";
  std::vector<std::string_view> allowed;
  for (const auto& rule : modifier_rules) {
    const bool fits =
        !is_full_text && std::ranges::find(rule.types, parameter.type) != rule.types.end();
    if (fits) allowed.push_back(rule.text);
    if (rule.text != text || !fits) continue;
    criterion.modifier = rule.modifier;
    return {};
  }
  if (parameter.type == ParameterType::reference) {
    if (const auto type = definitions_.resource_type(text)) {
      criterion.modifier = Modifier::type;
      criterion.type = *type;
      return {};
    }
  }
  name_is_unknown_ = true;
  return no_such("modifier", text, allowed,
                 fmt::format(" on {}, which is a {} parameter", parameter.code,
                             type_names[static_cast<size_t>(parameter.type)]));
}

Result<Criterion> CriterionParser::plain(std::span<const TypeId> types, std::string_view name,
                                         std::string_view value) {
  Criterion criterion;
  const auto colon = name.find(':');
  criterion.parameter = TRY(parameter(types, name.substr(0, colon)));
  if (colon != std::string_view::npos) TRY(read_modifier(name.substr(colon + 1), criterion));
  const auto pieces = split(value, ',');
  if (pieces.size() > operands_max) {
    return Error{Kind::too_costly, fmt::format("{} has more than {} values.", name, operands_max),
                 std::string(name)};
  }
  for (const auto piece : pieces) {
    if (piece.empty())
      return Error{Kind::invalid, fmt::format("{} has an empty value.", name), std::string(name)};
    criterion.any_of.push_back(TRY(parse_operand(definitions_, *criterion.parameter,
                                                 criterion.modifier, criterion.type, piece)));
  }
  return criterion;
}

Result<Criterion> CriterionParser::compared(std::span<const TypeId> types, std::string_view name,
                                            std::string_view comparison, std::string_view value) {
  Criterion criterion;
  criterion.parameter = TRY(parameter(types, name));
  const auto type = criterion.parameter->type;
  std::vector<std::string_view> allowed;
  const ComparisonRule* found = nullptr;
  for (const auto& rule : comparison_rules) {
    if (std::ranges::find(rule.types, type) == rule.types.end()) continue;
    allowed.push_back(rule.text);
    if (rule.text == comparison) found = &rule;
  }
  if (found == nullptr) {
    return no_such("operator", comparison, allowed,
                   fmt::format(" on {}, which is a {} parameter", name,
                               type_names[static_cast<size_t>(type)]));
  }
  criterion.modifier = found->modifier;
  std::string text = std::string(found->prefix) + escaped(*criterion.parameter, value);
  if (comparison == "pr") text = value == "true" ? "false" : value == "false" ? "true" : text;
  const bool of_code = type == token && (criterion.modifier == Modifier::contains ||
                                         criterion.modifier == Modifier::begins ||
                                         criterion.modifier == Modifier::ends);
  Operand operand;
  operand.text = value;
  operand.value = Token{{}, std::string(value), {}};  // a piece of a code, "|" and all
  if (!of_code)
    operand =
        TRY(parse_operand(definitions_, *criterion.parameter, criterion.modifier, no_type, text));
  if (comparison == "po") operand.prefix = Prefix::po;
  criterion.any_of.push_back(std::move(operand));
  return criterion;
}

Result<CriterionParser::Step> CriterionParser::step(std::span<const TypeId> types,
                                                    std::string_view name) {
  const auto colon = name.find(':');
  const auto* link = TRY(parameter(types, name.substr(0, colon)));
  if (link->type != ParameterType::reference) {
    return Error{
        Kind::invalid,
        fmt::format("{} is not a reference, so nothing can follow it after a point.", link->code),
        std::string(name)};
  }
  Step step{link, {link->targets.begin(), link->targets.end()}};
  if (step.targets.empty()) {
    const auto all = definitions_.resource_types();
    step.targets.assign(all.begin(), all.end());
  }
  if (colon != std::string_view::npos)
    step.targets = {TRY(resource_type(name.substr(colon + 1), name))};
  return step;
}

// "subject:Patient.name": without a type every type the reference may have is tried, and those that
// know the rest are kept. search.html#chaining
Result<Criterion> CriterionParser::chained(std::span<const TypeId> types, std::string_view head,
                                           std::string_view rest, std::string_view value,
                                           size_t depth) {
  Criterion criterion;
  auto [parameter, targets] = TRY(step(types, head));
  criterion.parameter = parameter;
  std::optional<Error> first;
  for (const auto target : targets) {
    auto inner = nested({&target, 1}, rest, value, depth + 1);
    if (inner) {
      criterion.chain.push_back(*std::move(inner));
      criterion.chain_types.push_back(target);
    } else if (inner.error().kind == Kind::too_costly) {
      return std::move(inner).error();
    } else if (!first) {
      first = std::move(inner).error();
    }
  }
  if (criterion.chain.empty()) return *std::move(first);
  return criterion;
}

// "_has:Observation:patient:code": resources that an Observation with that code refers to as its
// patient.
Result<Criterion> CriterionParser::reversed(std::span<const TypeId> types, std::string_view name,
                                            std::string_view value, size_t depth) {
  const auto text = name.substr(5);
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) {
    return Error{
        Kind::invalid,
        "_has should read _has:Type:reference:parameter, as in _has:Observation:patient:code.",
        std::string(name)};
  }
  Criterion criterion;
  criterion.reverse = true;
  const auto source = TRY(resource_type(text.substr(0, first), "_has"));
  criterion.parameter = TRY(parameter({&source, 1}, text.substr(first + 1, second - first - 1)));
  const auto targets = criterion.parameter->targets;
  const bool leads_here =
      targets.empty() || types.empty() || std::ranges::any_of(types, [&](TypeId type) {
        return std::ranges::find(targets, type) != targets.end();
      });
  if (criterion.parameter->type != ParameterType::reference || !leads_here) {
    return Error{Kind::invalid,
                 fmt::format("{} of {} does not refer to what is searched.",
                             criterion.parameter->code, definitions_.name(source)),
                 std::string(name)};
  }
  criterion.chain_types = {source};
  criterion.chain.push_back(TRY(nested({&source, 1}, text.substr(second + 1), value, depth + 1)));
  return criterion;
}

}  // namespace tasuki::fhir::search
