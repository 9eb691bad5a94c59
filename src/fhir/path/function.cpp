#include "fhir/path/function.h"

#include <fmt/core.h>

#include <algorithm>

#include "fhir/path/compare.h"

namespace tasuki::fhir::path {
namespace {

using Kind = Error::Kind;

// ---- does anything, everything hold. FHIRPath N1 5.1

Items kept(Call& call) {
  Items out;
  size_t index = 0;
  for (const auto& item : call.input) {
    call.evaluator.index = index++;
    const auto answer = call.evaluator.run(call.node.arguments[0], item);
    if (call.evaluator.failed) break;
    if (call.evaluator.truth(answer, call.node) == true) out.push_back(item);
  }
  return out;
}

void where(Call& call, Items& out) {
  for (const auto& item : kept(call))
    out.push_back(item);
}
void exists(Call& call, Items& out) {
  const bool any = call.node.arguments.empty() ? !call.input.empty() : !kept(call).empty();
  out.push_back(call.evaluator.boolean(any));
}
void empty(Call& call, Items& out) {
  out.push_back(call.evaluator.boolean(call.input.empty()));
}
void all(Call& call, Items& out) {
  out.push_back(call.evaluator.boolean(kept(call).size() == call.input.size()));
}
void not_(Call& call, Items& out) {
  if (const auto truth = call.evaluator.truth(call.input, call.node))
    out.push_back(call.evaluator.boolean(!*truth));
}
void count(Call& call, Items& out) {
  out.push_back(call.evaluator.integer(static_cast<int64_t>(call.input.size())));
}
void has_value(Call& call, Items& out) {
  const bool one =
      call.input.size() == 1 && !call.input[0].value.is_null() && !call.input[0].value.is_object();
  out.push_back(call.evaluator.boolean(one));
}

// ---- projections and parts. FHIRPath N1 5.2, 5.3

void select(Call& call, Items& out) {
  size_t index = 0;
  for (const auto& item : call.input) {
    call.evaluator.index = index++;
    call.evaluator.run(call.node.arguments[0], item, out);
    if (call.evaluator.failed) return;
  }
}

void first(Call& call, Items& out) {
  if (!call.input.empty()) out.push_back(call.input.front());
}
void last(Call& call, Items& out) {
  if (!call.input.empty()) out.push_back(call.input.back());
}
void tail(Call& call, Items& out) {
  if (!call.input.empty()) out.insert(out.end(), call.input.begin() + 1, call.input.end());
}
void single(Call& call, Items& out) {
  if (call.input.size() > 1)
    return call.evaluator.fail(call.node, Kind::invalid, "single() was asked of several values.");
  first(call, out);
}

void append_distinct(Call& call, const Items& from, Items& to) {
  for (const auto& item : from) {
    if (!call.evaluator.count(to.size())) return;
    if (!includes(to, item)) to.push_back(item);
  }
}
void distinct(Call& call, Items& out) {
  Items kept_once;
  append_distinct(call, call.input, kept_once);
  out.insert(out.end(), kept_once.begin(), kept_once.end());
}
void union_(Call& call, Items& out) {
  Items both;
  append_distinct(call, call.input, both);
  append_distinct(call, call.evaluator.run(call.node.arguments[0], call.focus), both);
  out.insert(out.end(), both.begin(), both.end());
}
void combine(Call& call, Items& out) {
  out.insert(out.end(), call.input.begin(), call.input.end());
  call.evaluator.run(call.node.arguments[0], call.focus, out);
}
template <bool is_in_both>
void compare_sets(Call& call, Items& out) {
  const auto other = call.evaluator.run(call.node.arguments[0], call.focus);
  for (const auto& item : call.input) {
    if (!call.evaluator.count(other.size())) return;
    if (includes(other, item) == is_in_both) out.push_back(item);
  }
}

// The whole number an argument stands for, cut to what a collection can have.
std::optional<size_t> number_argument(Call& call) {
  const auto items = call.evaluator.run(call.node.arguments[0], call.focus);
  const auto text =
      items.size() == 1 && items[0].value.is_number() ? items[0].value.text() : std::string_view();
  size_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = std::min(number * 10 + static_cast<size_t>(c - '0'), Expression::items_max);
  }
  return text.empty() ? std::nullopt : std::optional(number);
}
template <bool is_from_start>
void cut(Call& call, Items& out) {
  const auto number = number_argument(call);
  if (!number)
    return call.evaluator.fail(call.node, Kind::invalid,
                               fmt::format("{}() takes a whole number.", call.node.name));
  const auto place =
      call.input.begin() + static_cast<std::ptrdiff_t>(std::min(*number, call.input.size()));
  out.insert(out.end(), is_from_start ? call.input.begin() : place,
             is_from_start ? place : call.input.end());
}

// FHIRPath N1 5.5.1: only the branch taken is evaluated.
void iif(Call& call, Items& out) {
  const auto& arguments = call.node.arguments;
  const auto truth = call.evaluator.truth(call.evaluator.run(arguments[0], call.focus), call.node);
  if (truth == true) return call.evaluator.run(arguments[1], call.focus, out);
  if (arguments.size() > 2) call.evaluator.run(arguments[2], call.focus, out);
}

// The one text an argument stands for.
std::optional<std::string_view> text_argument(Call& call) {
  const auto items = call.evaluator.run(call.node.arguments[0], call.focus);
  if (items.size() == 1 && (items[0].value.is_string() || items[0].value.is_number()))
    return items[0].value.text();
  if (!items.empty())
    call.evaluator.fail(call.node, Kind::invalid,
                        fmt::format("{}() takes one text.", call.node.name));
  return std::nullopt;
}

// ---- types. FHIRPath N1 6.3, R4 fhirpath.html#functions

void of_type(Call& call, Items& out) {
  for (const auto& item : call.input) {
    if (has_type(call.evaluator.definitions, item, call.node.type)) out.push_back(item);
  }
}
void is(Call& call, Items& out) {
  for (const auto& item : call.input)
    out.push_back(
        call.evaluator.boolean(has_type(call.evaluator.definitions, item, call.node.type)));
}

// ---- FHIR's own. R4 fhirpath.html#functions

void extension(Call& call, Items& out) {
  const auto url = text_argument(call);
  if (!url) return;
  Items found;
  for (const auto& item : call.input)
    children(call.evaluator.definitions, item, "extension", found);
  std::ranges::copy_if(found, std::back_inserter(out),
                       [&](const Item& item) { return item.value.text_of("url") == *url; });
}

// A contained resource is itself; of any other only the type is known, and that is all the
// parameters ask.
void resolve(Call& call, Items& out) {
  const auto& definitions = call.evaluator.definitions;
  for (const auto& item : call.input) {
    const auto reference =
        item.value.is_object() ? item.value.text_of("reference") : item.value.text();
    if (reference.starts_with('#')) {
      const auto* contained = call.evaluator.resource.value.find("contained");
      if (contained == nullptr) continue;
      for (const auto& inner : contained->items()) {
        if (inner.text_of("id") == reference.substr(1)) out.push_back(root(definitions, inner));
      }
    } else if (const auto type = reference_target(definitions, item.value); type != no_type) {
      out.push_back({{}, &item.value, type, nullptr});
    }
  }
}

// ---- texts. FHIRPath N1 5.6

std::optional<std::string_view> one_text(Call& call) {
  if (call.input.size() == 1 && call.input[0].value.is_string()) return call.input[0].value.text();
  if (call.input.size() > 1)
    call.evaluator.fail(call.node, Kind::invalid,
                        fmt::format("{}() was asked of several values.", call.node.name));
  return std::nullopt;
}
template <class Test>
void test_text(Call& call, Items& out, Test test) {
  const auto text = one_text(call);
  const auto argument = text ? text_argument(call) : std::nullopt;
  if (argument) out.push_back(call.evaluator.boolean(test(*text, *argument)));
}
void starts_with(Call& call, Items& out) {
  test_text(call, out, [](auto text, auto part) { return text.starts_with(part); });
}
void ends_with(Call& call, Items& out) {
  test_text(call, out, [](auto text, auto part) { return text.ends_with(part); });
}
void contains(Call& call, Items& out) {
  test_text(call, out, [](auto text, auto part) { return text.contains(part); });
}
template <char low, char high, int shift>
void shift_case(Call& call, Items& out) {
  const auto text = one_text(call);
  if (!text) return;
  std::string result(*text);
  for (char& c : result)
    c = c >= low && c <= high ? static_cast<char>(c + shift) : c;
  out.push_back(call.evaluator.string(result));
}

constexpr Function table[] = {
    {"all", 1, 1, false, all},
    {"as", 1, 1, true, of_type},
    {"combine", 1, 1, false, combine},
    {"contains", 1, 1, false, contains},
    {"count", 0, 0, false, count},
    {"distinct", 0, 0, false, distinct},
    {"empty", 0, 0, false, empty},
    {"endsWith", 1, 1, false, ends_with},
    {"exclude", 1, 1, false, compare_sets<false>},
    {"exists", 0, 1, false, exists},
    {"extension", 1, 1, false, extension},
    {"first", 0, 0, false, first},
    {"hasValue", 0, 0, false, has_value},
    {"iif", 2, 3, false, iif},
    {"intersect", 1, 1, false, compare_sets<true>},
    {"is", 1, 1, true, is},
    {"last", 0, 0, false, last},
    {"lower", 0, 0, false, shift_case<'A', 'Z', 32>},
    {"not", 0, 0, false, not_},
    {"ofType", 1, 1, true, of_type},
    {"resolve", 0, 0, false, resolve},
    {"select", 1, 1, false, select},
    {"single", 0, 0, false, single},
    {"skip", 1, 1, false, cut<false>},
    {"startsWith", 1, 1, false, starts_with},
    {"tail", 0, 0, false, tail},
    {"take", 1, 1, false, cut<true>},
    {"union", 1, 1, false, union_},
    {"upper", 0, 0, false, shift_case<'a', 'z', -32>},
    {"where", 1, 1, false, where},
};

}  // namespace

std::span<const Function> functions() {
  return table;
}

namespace {

std::string_view without_version(std::string_view reference) {
  const auto history = reference.find("/_history/");
  return reference.substr(0, history);
}

}  // namespace

// "Patient/1", "http://x/fhir/Patient/1/_history/2"; else Reference.type. R4
// references.html#literal.
TypeId reference_target(const Definitions& definitions, const json::Value& value) {
  const auto whole = value.is_object() ? value.text_of("reference") : value.text();
  const auto reference = without_version(whole);
  const auto slash = reference.rfind('/');
  if (slash != std::string_view::npos) {
    const auto before = reference.substr(0, slash);
    const auto begin = before.rfind('/');
    const auto name = begin == std::string_view::npos ? before : before.substr(begin + 1);
    if (const auto type = definitions.resource_type(name)) return *type;
  }
  return definitions.resource_type(value.text_of("type")).value_or(no_type);
}

}  // namespace tasuki::fhir::path
