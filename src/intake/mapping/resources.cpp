// -> Type as name key ...: a resource, contained ones, and references into one around it.
#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {

// Two ways to make one thing (`when SPM exists`, `when OBR-15 exists`) may bear one name; what
// refers to it means whichever was made.
uint16_t Compiler::name_of(const Operation& operation) {
  for (size_t i = 0; i < symbols_.names.size(); ++i)
    if (symbols_.names[i].name == operation.label && symbols_.names[i].type == operation.type)
      return static_cast<uint16_t>(i);
  symbols_.names.push_back({operation.label, operation.type});
  return static_cast<uint16_t>(symbols_.names.size() - 1);
}

Result<void> Compiler::resource(std::span<const Line> lines, size_t& at, unsigned depth,
                                Cursor& cursor, const Context& context) {
  TRY(cursor.expect("->"));
  Operation operation = make(Kind::resource);
  const std::string type = TRY(cursor.name("a resource type"));
  const auto found = definitions_.resource_type(type);
  if (!found) {
    std::vector<std::string_view> known;
    for (const auto one : definitions_.resource_types())
      known.push_back(definitions_.name(one));
    return cursor.error(
        fmt::format("資源の型ではありません:「{0}」。近いのは「{1}」です。/ '{0}' is not a "
                    "resource type; the nearest is '{1}'.",
                    type, fhir::nearest(type, known)));
  }
  operation.type = *found;
  TRY(cursor.expect("as"));
  operation.label = TRY(cursor.name("the resource's name"));
  Context around = context;
  around.type = fhir::no_type;
  const auto clauses = resource_clauses(cursor, around, operation);
  if (!clauses) refuse(cursor.line(), clauses.error());
  operation.name = name_of(operation);

  std::set<std::string> filled;
  Context inside{.type = operation.type,
                 .path = type,
                 .repetition = context.repetition,
                 .symbols = &symbols_,
                 .filled = &filled};
  if (!operation.profile.empty()) filled.insert("meta");
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, inside));
  close(self);
  return check_required(definitions_, inside, cursor);
}

Result<void> Compiler::resource_clauses(Cursor& cursor, const Context& context,
                                        Operation& operation) {
  while (!cursor.at_end()) {
    if (cursor.accept("ensure")) {
      operation.ensure = true;
    } else if (cursor.accept("profile")) {
      operation.profile = TRY(cursor.name("a profile"));
    } else if (cursor.accept("key")) {
      do {
        KeyPart key;
        key.value = TRY(parse_expression(cursor, symbols_, context, library_));
        key.optional = cursor.accept("?");
        operation.key.push_back(std::move(key));
      } while (cursor.accept(","));
    } else if (cursor.accept("where")) {
      operation.condition = TRY(parse_condition(cursor, context));
    } else if (cursor.accept("into")) {
      TRY(into(cursor, operation));
    } else {
      return cursor.error(fmt::format(
          "ここに「{0}」は書けません。書けるのは key、profile、ensure、where、into です。/ '{0}' "
          "is not a clause of a resource: key, profile, ensure, where, into.",
          cursor.word().text));
    }
  }
  if (operation.key.empty())
    return cursor.error(
        "資源には `key` が要ります。ないと同じ電文が二重に登録されます。/ A resource needs a "
        "`key`: without it a repeated message would make it twice.");
  return {};
}

// "into report.result": the new resource is referred to from an array of one around it.
Result<void> Compiler::into(Cursor& cursor, Operation& operation) {
  const std::string target = TRY(cursor.name("a resource's name and element"));
  const size_t dot = target.find('.');
  const auto found = std::ranges::find(symbols_.names, target.substr(0, dot), &Named::name);
  if (dot == std::string::npos || found == symbols_.names.end())
    return cursor.error(fmt::format(
        "「{0}」は上にある資源の要素ではありません。/ '{0}' is not an element of a resource above.",
        target));
  operation.into_element = target.substr(dot + 1);
  operation.into_resource = static_cast<uint16_t>(found - symbols_.names.begin() + 1);
  if (found->type == fhir::no_type) return {};  // its own line was refused
  const fhir::Element* const element = definitions_.element(found->type, operation.into_element);
  const bool allowed =
      element != nullptr && element->is_array && definitions_.name(element->type) == "Reference" &&
      (element->targets.empty() ||
       std::ranges::find(element->targets, operation.type) != element->targets.end());
  if (!allowed)
    return cursor.error(
        fmt::format("「{0}」は {1} への参照を持てません。/ '{0}' does not hold references to {1}.",
                    target, definitions_.name(operation.type)));
  return {};
}

Result<void> Compiler::contained(std::span<const Line> lines, size_t& at, unsigned depth,
                                 Cursor& cursor, const Context& context) {
  Operation operation = make(Kind::contained);
  const std::string type = TRY(cursor.name("a resource type"));
  const auto found = definitions_.resource_type(type);
  if (!found)
    return cursor.error(
        fmt::format("資源の型ではありません:「{0}」。/ '{0}' is not a resource type.", type));
  operation.type = *found;
  TRY(cursor.expect("as"));
  operation.label = TRY(cursor.name("its name"));
  if (cursor.accept("profile")) operation.profile = TRY(cursor.name("a profile"));
  TRY(cursor.end());
  operation.name = static_cast<uint16_t>(symbols_.names.size());
  symbols_.names.push_back({operation.label, operation.type});
  std::set<std::string> filled;
  Context inside{.type = operation.type,
                 .path = type,
                 .repetition = context.repetition,
                 .symbols = &symbols_,
                 .filled = &filled};
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, inside));
  close(self);
  return check_required(definitions_, inside, cursor);
}

}  // namespace tasuki::intake
