// Lines inside a resource: element <- source, element blocks, extensions.
#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {

// From "timing.repeat.count" to its element; everything before the last name must stand once.
Result<const fhir::Element*> Compiler::walk(const std::string& name, const Cursor& cursor,
                                            Context& context, Operation& operation) {
  Context inside = context;
  const fhir::Element* element = nullptr;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    const std::string one = name.substr(begin, end - begin);
    if (element != nullptr && element->is_array) {
      return cursor.error(
          fmt::format("{0} は繰り返す要素です。下に字下げした行で書きます。/ {0} repeats: write it "
                      "as a block, with its elements on lines of their own.",
                      inside.path));
    }
    element = find_element(definitions_, inside.type, one);
    if (element == nullptr) return unknown_element(definitions_, inside, one, cursor);
    if (begin == 0) context.filled->insert(std::string(element->stem));
    inside.type = element->type;
    inside.path += "." + one;
    operation.target.push_back(one);
    begin = end + 1;
  }
  operation.type = element->type;
  operation.is_array = element->is_array;
  operation.primitive = definitions_.primitive(element->type);
  return element;
}

Result<void> Compiler::element(std::span<const Line> lines, size_t& at, unsigned depth,
                               Cursor& cursor, Context& context) {
  const std::string name = TRY(cursor.name("an element"));
  if (cursor.sees("<-")) return assign(cursor, context, name);
  Operation operation = make(Kind::element);
  TRY(walk(name, cursor, context, operation));
  if (operation.primitive != fhir::Primitive::none)
    return cursor.error(
        fmt::format("{0}.{1} は値を取ります。`{2} <- ...` と書きます。/ {0}.{1} takes a value: "
                    "write `{2} <- ...`.",
                    context.path, name, name));
  return element_block(lines, at, depth, cursor, context, std::move(operation));
}

Result<void> Compiler::assign(Cursor& cursor, Context& context, const std::string& name) {
  TRY(cursor.expect("<-"));
  Operation operation = make(Kind::assign);
  const fhir::Element* const element = TRY(walk(name, cursor, context, operation));
  Context inside = context;
  if (cursor.accept("each")) {  // telecom <- each PID-13 : XTN
    if (!operation.is_array)
      return cursor.error(
          fmt::format("{0}.{1} は1つだけの要素なので each は使えません。/ {0}.{1} stands only "
                      "once, so it cannot be made for each.",
                      context.path, name));
    const std::string path = TRY(cursor.name("a field"));
    operation.path = TRY(parse_path(path, cursor, context));
    operation.repeats = inside.repetition = true;
  }
  operation.value = TRY(parse_expression(cursor, symbols_, inside, library_, operation.repeats));
  if (cursor.accept("where")) operation.condition = TRY(parse_condition(cursor, inside));
  TRY(cursor.end());
  TRY(check_value(operation.value, *element, symbols_, library_, cursor,
                  context.path + "." + name));
  emit(std::move(operation), cursor);
  return {};
}

// An element written as a block; with `each PID-5` once for every repetition.
Result<void> Compiler::element_block(std::span<const Line> lines, size_t& at, unsigned depth,
                                     Cursor& cursor, Context& context, Operation operation) {
  std::string path = context.path;
  for (const auto& name : operation.target)
    path += "." + name;
  std::set<std::string> filled;
  if (!operation.url.empty()) filled.insert("url");
  Context inside{.type = operation.type,
                 .path = std::move(path),
                 .repetition = context.repetition,
                 .symbols = &symbols_,
                 .filled = &filled};
  std::optional<size_t> loop;
  if (cursor.accept("each")) {
    if (!operation.is_array)
      return cursor.error(
          fmt::format("{0} は1つだけの要素なので each は使えません。/ {0} stands only once, so it "
                      "cannot be made for each.",
                      inside.path));
    const std::string source = TRY(cursor.name("a field or segment"));
    Operation each = make(source.contains('-') ? Kind::each_repetition : Kind::each_segment);
    if (each.kind == Kind::each_repetition) {
      each.path = TRY(parse_path(source, cursor, context));
    } else {
      each.leads.push_back(TRY(parse_segment(source, cursor, context)));
    }
    inside.repetition = each.kind == Kind::each_repetition;
    if (cursor.accept("where")) each.condition = TRY(parse_condition(cursor, inside));
    loop = emit(std::move(each), cursor);
  } else if (cursor.accept("where")) {
    operation.condition = TRY(parse_condition(cursor, context));
  }
  if (cursor.accept("<-")) {  // name each PID-5 <- . : XPN
    return cursor.error("`each` の後は字下げした行で書きます。/ After `each` follows a block.");
  }
  TRY(cursor.end());
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, inside));
  close(self);
  if (loop) close(*loop);
  return check_required(definitions_, inside, cursor);
}

// extension "URL" valueString <- IN1-10      or a block below it
Result<void> Compiler::extension(std::span<const Line> lines, size_t& at, unsigned depth,
                                 Cursor& cursor, Context& context) {
  Operation operation = make(Kind::element);
  operation.url = TRY(cursor.text("the extension's URL"));
  TRY(walk("extension", cursor, context, operation));
  const bool one_line = !cursor.at_end() && !cursor.sees("each") && !cursor.sees("where");
  if (!one_line) return element_block(lines, at, depth, cursor, context, std::move(operation));
  std::set<std::string> filled{"url"};
  Context inside{.type = operation.type,
                 .path = context.path + ".extension",
                 .repetition = context.repetition,
                 .symbols = &symbols_,
                 .filled = &filled};
  const std::string name = TRY(cursor.name("value and its type, such as valueString"));
  const size_t self = emit(std::move(operation), cursor);
  TRY(assign(cursor, inside, name));
  close(self);
  return {};
}

}  // namespace tasuki::intake
