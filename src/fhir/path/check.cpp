// Static semantics: what an expression can find, from the types alone. FHIRPath N1 10 (strict
// evaluation); FHIR R4 fhirpath.html.
//
// Each node gets a Shape: the types its items may have. Where anything may come (a resolved
// reference, any resource) the shape is open and nothing below it is judged.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/path/function.h"
#include "fhir/path/token.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {
namespace {

struct Shape {
  std::vector<TypeId> types;
  bool is_open = false;
  bool is_ordered = true;
};

const Shape open{{}, true, true};

constexpr std::array<std::string_view, 10> keep_shape = {
    "where", "first", "last", "tail", "single", "skip", "take", "distinct", "trace", "exclude"};
constexpr std::array<std::string_view, 5> need_order = {"first", "last", "tail", "skip", "take"};

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
  return std::ranges::find(names, name) != names.end();
}

class Checker {
 public:
  Checker(const Definitions& definitions, const Tree& tree)
      : definitions_(definitions), tree_(tree) {}

  Result<Shape> shape(uint32_t number, const Shape& focus) {
    const Node& node = tree_.nodes[number];
    switch (node.op) {
      case Op::focus:
        return focus;
      case Op::root:
        return head(node, focus);
      case Op::member:
        return member(node, TRY(shape(node.left, focus)));
      case Op::call:
        return call(node, focus);
      case Op::at:
        return at(node, focus);
      case Op::union_:
        return joined(TRY(shape(node.left, focus)), TRY(shape(node.right, focus)));
      case Op::as:
        TRY(shape(node.left, focus));
        return typed(node);
      default:
        if (node.left != no_node) TRY(shape(node.left, focus));
        if (node.right != no_node) TRY(shape(node.right, focus));
        return open;
    }
  }

 private:
  // "Encounter.status" asked of a Patient can only be empty.
  Result<Shape> head(const Node& node, const Shape& focus) {
    const auto fits = [&](TypeId type) {
      return is_any(type) || is_a(definitions_, type, node.type) ||
             is_a(definitions_, node.type, type);
    };
    if (!focus.is_open && !focus.types.empty() && std::ranges::none_of(focus.types, fits))
      return error_at(node.position,
                      fmt::format("This is asked of {}, not of {}.",
                                  definitions_.name(focus.types.front()), node.name));
    // "Resource.id" of a Patient goes on with what a Patient has.
    if (focus.types.size() == 1 && is_a(definitions_, focus.types.front(), node.type)) return focus;
    return Shape{{node.type}, false, true};
  }

  static Shape typed(const Node& node) {
    if (node.type == no_type) return open;
    return {{node.type}, false, true};
  }
  static Shape joined(Shape left, const Shape& right) {
    left.is_open = left.is_open || right.is_open;
    left.is_ordered = left.is_ordered && right.is_ordered;
    left.types.insert(left.types.end(), right.types.begin(), right.types.end());
    return left;
  }

  // Below "any resource" the document says what is there.
  bool is_any(TypeId type) const {
    return type == no_type ||
           (definitions_.is_abstract(type) && definitions_.category(type) == Category::resource);
  }

  Result<Shape> member(const Node& node, const Shape& of) {
    Shape found;
    found.is_ordered = of.is_ordered;
    found.is_open =
        of.is_open || std::ranges::any_of(of.types, [&](TypeId t) { return is_any(t); });
    if (node.name == "resourceType") return open;
    for (const auto type : of.types) {
      for (const auto& element : definitions_.elements(type)) {
        if (element.stem == node.name) found.types.push_back(element.type);
      }
    }
    if (!found.is_open && found.types.empty() && !of.types.empty()) return unknown(node, of);
    return found;
  }

  Error unknown(const Node& node, const Shape& of) const {
    std::vector<std::string_view> stems;
    for (const auto type : of.types) {
      for (const auto& element : definitions_.elements(type))
        stems.push_back(element.stem);
    }
    const auto close = nearest(node.name, stems);
    return error_at(node.position,
                    fmt::format("There is no element '{}' in {}{}.", node.name,
                                definitions_.name(of.types.front()),
                                close.empty() ? "" : fmt::format("; the nearest is '{}'", close)));
  }

  Result<Shape> at(const Node& node, const Shape& focus) {
    const auto of = TRY(shape(node.left, focus));
    TRY(shape(node.right, focus));
    if (!of.is_ordered) return unordered(node, "[ ]");
    return of;
  }

  static Error unordered(const Node& node, std::string_view what) {
    return error_at(node.position,
                    fmt::format("{} counts in an order, and these items have none.", what));
  }

  Result<Shape> call(const Node& node, const Shape& focus) {
    const auto of = TRY(shape(node.left, focus));
    const auto& function = *node.function;
    if (!of.is_ordered && is_one_of(node.name, need_order)) return unordered(node, node.name);
    TRY(check_text(node, of));
    Shape arguments;
    for (size_t i = 0; i < node.arguments.size(); ++i) {
      const bool is_of_each = function.takes == Takes::each || node.name == "iif";
      arguments = joined(std::move(arguments),
                         TRY(shape(node.arguments[i],
                                   is_of_each && (of.is_open || !of.types.empty()) ? of : focus)));
    }
    if (is_one_of(node.name, keep_shape)) return of;
    if (node.name == "select") return arguments;
    if (node.name == "union" || node.name == "combine") return joined(of, arguments);
    if (function.takes == Takes::type && node.name != "is") return typed(node);
    if (node.name == "extension") return extension();
    if (node.name == "children" || node.name == "descendants") return Shape{{}, true, false};
    return open;
  }

  Shape extension() const {
    const auto type = definitions_.type("Extension");
    return type ? Shape{{*type}, false, true} : open;
  }

  // startsWith() and its like of an object can only fail.
  Result<void> check_text(const Node& node, const Shape& of) const {
    const auto all = text_functions();
    const bool is_text = std::ranges::find(all, node.name, &Function::name) != all.end();
    const auto is_object = [&](TypeId type) {
      return type != no_type && definitions_.category(type) != Category::primitive;
    };
    if (!is_text || of.is_open || of.types.empty() || !std::ranges::all_of(of.types, is_object))
      return {};
    return error_at(node.position, fmt::format("{}() is asked of {}, which is no text.", node.name,
                                               definitions_.name(of.types.front())));
  }

  const Definitions& definitions_;
  const Tree& tree_;
};

}  // namespace

Result<void> check(const Definitions& definitions, const Tree& tree, TypeId context) {
  const Shape focus = context == no_type ? open : Shape{{context}, false, true};
  TRY(Checker(definitions, tree).shape(tree.top, focus));
  return {};
}

}  // namespace tasuki::fhir::path
