// The filter operators of compose. FHIR R4 valueset-filter-operator; codesystem.html#filters.
#include <algorithm>
#include <charconv>

#include <fmt/core.h>

#include "fhir/terminology/composed.h"
#include "fhir/terminology/pattern.h"
#include "fhir/terminology/text.h"

namespace tasuki::fhir::terminology {
namespace {

class Marker {
 public:
  Marker(const CodeSystem& system, const Filter& filter) : system_(system), filter_(filter) {}

  Result<std::vector<bool>> run() {
    const std::string_view operation = filter_.operation;
    if (is_code()) {
      if (operation == "is-a") return within();
      if (operation == "descendent-of") return without_root(within());
      if (operation == "is-not-a") return inverted(within());
      if (operation == "generalizes") return generalized();
      if (operation == "child-of") return children();
      if (operation == "descendent-leaf") return leaves();
    }
    if (operation == "=") return by_value([&](auto text) { return is_same(text); });
    if (operation == "in") return by_value([&](auto text) { return is_listed(text); });
    if (operation == "not-in")
      return inverted(by_value([&](auto text) { return is_listed(text); }));
    if (operation == "exists") return existing();
    if (operation == "regex") return by_pattern();
    return Error{Error::Kind::unsupported,
                 fmt::format("The filter {} {} {} is not supported for the code system {}.",
                             filter_.property, operation, filter_.value, system_.url()),
                 {}};
  }

 private:
  using Marks = std::vector<bool>;

  bool is_code() const { return filter_.property == "concept" || filter_.property == "code"; }

  Marks within() const {
    Marks marks(system_.size());
    if (const auto root = system_.find(filter_.value)) system_.mark_within(*root, marks);
    return marks;
  }
  Marks without_root(Marks marks) const {
    if (const auto root = system_.find(filter_.value)) marks[*root] = false;
    return marks;
  }
  static Marks inverted(Marks marks) {
    marks.flip();
    return marks;
  }
  static Result<Marks> inverted(Result<Marks> marks) {
    if (marks) marks->flip();
    return marks;
  }
  Marks generalized() const {
    Marks marks(system_.size());
    const auto start = system_.find(filter_.value);
    std::vector<uint32_t> open;
    if (start) open.push_back(*start);
    while (!open.empty()) {  // ends: each concept is opened once
      const uint32_t one = open.back();
      open.pop_back();
      if (marks[one]) continue;
      marks[one] = true;
      std::ranges::copy(system_.parents(one), std::back_inserter(open));
    }
    return marks;
  }
  Marks children() const {
    Marks marks(system_.size());
    if (const auto root = system_.find(filter_.value))
      for (const uint32_t child : system_.children(*root))
        marks[child] = true;
    return marks;
  }
  Marks leaves() const {
    Marks marks = without_root(within());
    for (uint32_t number = 0; number < system_.size(); ++number)
      if (marks[number] && !system_.children(number).empty()) marks[number] = false;
    return marks;
  }

  bool is_same(std::string_view text) const { return text == filter_.value; }
  bool is_listed(std::string_view text) const {
    std::string_view rest = filter_.value;
    for (;;) {
      const size_t comma = rest.find(',');
      if (trimmed(rest.substr(0, comma)) == text) return true;
      if (comma == std::string_view::npos) return false;
      rest.remove_prefix(comma + 1);
    }
  }

  // Every value the filter's property has for a concept: what a concept is (code, display, parent)
  // or what is said of it.
  template <class Accept>
  bool any_value(uint32_t number, Accept&& accept) const {
    const std::string_view property = filter_.property;
    if (is_code()) return accept(system_.code(number));
    if (property == "display") return accept(system_.display(number));
    if (property == "definition") return accept(system_.definition(number));
    const auto code_of = [&](uint32_t other) { return accept(system_.code(other)); };
    if (property == "parent" && std::ranges::any_of(system_.parents(number), code_of)) return true;
    if (property == "child" && std::ranges::any_of(system_.children(number), code_of)) return true;
    const std::string_view code = property_code(system_, property);
    for (const image::Property& one : system_.properties(number))
      if (system_.text(one.code) == code && accept(system_.text(one.value))) return true;
    return false;
  }

  template <class Accept>
  Result<Marks> by_value(Accept&& accept) const {
    Marks marks(system_.size());
    for (uint32_t number = 0; number < system_.size(); ++number)
      marks[number] = any_value(number, accept);
    return marks;
  }

  Result<Marks> existing() const {
    const bool wanted = filter_.value != "false";
    Marks marks(system_.size());
    for (uint32_t number = 0; number < system_.size(); ++number)
      marks[number] =
          any_value(number, [](std::string_view text) { return !text.empty(); }) == wanted;
    return marks;
  }

  Result<Marks> by_pattern() const {
    const Pattern pattern = TRY(Pattern::compile(filter_.value));
    Marks marks(system_.size());
    for (uint32_t number = 0; number < system_.size(); ++number) {
      std::optional<Error> failed;
      marks[number] = any_value(number, [&](std::string_view text) {
        auto found = pattern.matches(text);
        if (!found) failed = found.error();
        return found && *found;
      });
      if (failed) return *std::move(failed);
    }
    return marks;
  }

  const CodeSystem& system_;
  const Filter& filter_;
};

}  // namespace

std::string_view property_code(const CodeSystem& system, std::string_view role) {
  const json::Value* declared = system.resource().find("property");
  if (declared == nullptr) return role;
  for (const json::Value& one : declared->items()) {
    const std::string_view uri = one.text_of("uri");
    if (uri.starts_with(concept_property) && uri.substr(concept_property.size()) == role)
      return one.text_of("code");
  }
  return role;
}

Result<std::vector<bool>> filtered(const CodeSystem& system, const Filter& filter) {
  return Marker(system, filter).run();
}

}  // namespace tasuki::fhir::terminology
