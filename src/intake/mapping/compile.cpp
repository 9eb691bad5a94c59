#include "intake/mapping/compile.h"

#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

constexpr unsigned parts_deep_max = 16;
constexpr size_t operations_max = 20'000;

using Kind = Operation::Kind;

class Compiler {
 public:
  explicit Compiler(const Library& library) : library_(library), definitions_(*library.definitions) {}

  Result<Program> compile(std::string_view file, std::string_view text);

 private:
  Result<void> read_file(std::string_view file, std::string_view text, bool main);
  Result<void> header(const std::vector<Line>& lines, size_t& at, bool main);
  Result<void> block(std::span<const Line> lines, size_t& at, unsigned depth, Context& context);
  Result<void> statement(std::span<const Line> lines, size_t& at, unsigned depth, Context& context);
  Result<void> each(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context);
  Result<void> when(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context);
  Result<void> resource(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, const Context& context);
  Result<void> resource_clauses(Cursor& cursor, const Context& context, Operation& operation);
  Result<void> into(Cursor& cursor, Operation& operation);
  Result<void> contained(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, const Context& context);
  Result<void> element(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context);
  Result<void> extension(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context);
  Result<void> assign(Cursor& cursor, Context& context, const std::string& name);
  Result<void> element_block(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context, Operation operation);
  Result<const fhir::Element*> walk(const std::string& name, const Cursor& cursor, Context& context, Operation& operation);
  Result<void> part(Cursor& cursor, Context& context);
  Result<void> plain(Cursor& cursor, Context& context, Kind kind);
  Result<void> inner(std::span<const Line> lines, size_t& at, unsigned depth, Context& context);

  size_t emit(Operation operation, const Cursor& cursor) {
    operation.line = cursor.line().number;
    program_.operations.push_back(std::move(operation));
    return program_.operations.size() - 1;
  }
  void close(size_t operation) { program_.operations[operation].end = static_cast<uint32_t>(program_.operations.size()); }
  Operation make(Kind kind) const {
    Operation operation;
    operation.kind = kind;
    return operation;
  }

  const Library& library_;
  const fhir::Definitions& definitions_;
  Symbols symbols_;
  Program program_;
  std::vector<Line> body_;
  unsigned parts_deep_ = 0;
};

Result<Program> Compiler::compile(std::string_view file, std::string_view text) {
  program_.file = file;
  TRY(read_file(file, text, true));
  if (program_.name.empty()) return Error{Error::Kind::invalid, "A mapping begins with `mapping NAME VERSION`.", std::string(file)};
  if (program_.kinds.empty()) return Error{Error::Kind::invalid, "A mapping says what it reads: `from hl7v2 ORU^R01`.", std::string(file)};
  Context context;
  size_t at = 0;
  TRY(block(body_, at, 0, context));
  for (const Named& named : symbols_.names) program_.names.push_back(named.name);
  return std::move(program_);
}

Result<void> Compiler::read_file(std::string_view file, std::string_view text, bool main) {
  const auto lines = TRY(read_lines(file, text));
  for (size_t at = 0; at < lines.size();) {
    const Word& first = lines[at].words.front();
    constexpr std::string_view headers[] = {"mapping", "library", "from", "use", "system", "part"};
    if (lines[at].depth == 0 && std::ranges::any_of(headers, [&](auto header) { return first.is(header); })) {
      TRY(header(lines, at, main));
    } else if (main) {
      body_.push_back(lines[at++]);
    } else {
      return Error{Error::Kind::invalid, "A library holds only `use`, `system` and `part`.", place_of(lines[at])};
    }
  }
  return {};
}

Result<void> Compiler::header(const std::vector<Line>& lines, size_t& at, bool main) {
  Cursor cursor(lines[at++]);
  const std::string word = TRY(cursor.name("a header"));
  if (word == "mapping" && main) {
    program_.name = TRY(cursor.name("the mapping's name"));
    program_.version = TRY(cursor.name("its version"));
  } else if (word == "library") {
    TRY(cursor.name("the library's name"));
  } else if (word == "from" && main) {
    const std::string standard = TRY(cursor.name("hl7v2 or ssmix2"));
    if (standard != "hl7v2" && standard != "ssmix2") return cursor.error(fmt::format("'{}' is not a standard that is read: hl7v2 or ssmix2.", standard));
    do program_.kinds.push_back(TRY(cursor.name("a message's kind")));
    while (cursor.accept(","));
  } else if (word == "use") {
    const std::string name = TRY(cursor.name("a library's name"));
    const std::string text = TRY(library_.text_of(name));
    TRY(read_file(name + ".map", text, false));
  } else if (word == "system") {
    const std::string alias = TRY(cursor.name("an alias"));
    TRY(cursor.expect("="));
    symbols_.systems[alias] = TRY(cursor.text("a URI"));
  } else if (word == "part") {
    auto& part = symbols_.parts[TRY(cursor.name("the part's name"))];
    part.clear();
    for (; at < lines.size() && lines[at].depth > 0; ++at) {
      part.push_back(lines[at]);
      part.back().depth -= 1;
    }
  } else {
    return cursor.error(fmt::format("`{}` belongs into a mapping, not into a library.", word));
  }
  return cursor.end();
}

Result<void> Compiler::block(std::span<const Line> lines, size_t& at, unsigned depth, Context& context) {
  while (at < lines.size() && lines[at].depth >= depth) {
    if (lines[at].depth > depth) return Error{Error::Kind::invalid, "This line is deeper than the block it is in.", place_of(lines[at])};
    if (program_.operations.size() > operations_max) return Error{Error::Kind::too_costly, "The mapping is too long.", place_of(lines[at])};
    TRY(statement(lines, at, depth, context));
  }
  return {};
}

Result<void> Compiler::statement(std::span<const Line> lines, size_t& at, unsigned depth, Context& context) {
  Cursor cursor(lines[at++]);
  if (cursor.accept("each")) return each(lines, at, depth, cursor, context);
  if (cursor.accept("when")) return when(lines, at, depth, cursor, context);
  if (cursor.sees("->")) return resource(lines, at, depth, cursor, context);
  if (cursor.accept("do")) return part(cursor, context);
  if (cursor.accept("hold")) return plain(cursor, context, Kind::hold);
  if (cursor.accept("check")) return plain(cursor, context, Kind::check);
  if (cursor.accept("aside")) return plain(cursor, context, Kind::aside);
  if (context.type == fhir::no_type) return cursor.error("Outside a resource stand: each, ->, do, hold, check, aside.");
  if (cursor.accept("contained")) return contained(lines, at, depth, cursor, context);
  if (cursor.accept("extension")) return extension(lines, at, depth, cursor, context);
  return element(lines, at, depth, cursor, context);
}

// The deeper lines that follow, if any.
Result<void> Compiler::inner(std::span<const Line> lines, size_t& at, unsigned depth, Context& context) {
  return block(lines, at, depth + 1, context);
}

Result<void> Compiler::each(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context) {
  Operation operation = make(Kind::each_segment);
  Context inside = context;
  if (cursor.accept("group")) operation.kind = Kind::each_group;
  const std::string first = TRY(cursor.name("a segment or field"));
  if (operation.kind == Kind::each_segment && first.contains('-')) {
    operation.kind = Kind::each_repetition;
    operation.path = TRY(parse_path(first, cursor, context));
    inside.repetition = true;
  } else {
    operation.leads.push_back(TRY(parse_segment(first, cursor)));
    while (operation.kind == Kind::each_group && cursor.accept(",")) {
      const std::string lead = TRY(cursor.name("a segment"));
      operation.leads.push_back(TRY(parse_segment(lead, cursor)));
    }
    inside.repetition = false;
  }
  if (cursor.accept("where")) operation.condition = TRY(parse_condition(cursor, inside));
  const size_t self = emit(std::move(operation), cursor);
  const size_t first_name = symbols_.names.size();
  if (cursor.sees("->")) {
    TRY(resource(lines, at, depth, cursor, inside));
  } else {
    TRY(cursor.end());
    TRY(inner(lines, at, depth, inside));
  }
  for (size_t name = first_name; name < symbols_.names.size(); ++name) program_.operations[self].inner_names.push_back(static_cast<uint16_t>(name));
  close(self);
  return {};
}

Result<void> Compiler::when(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context) {
  Operation operation = make(Kind::when);
  operation.condition = TRY(parse_condition(cursor, context));
  TRY(cursor.end());
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, context));
  close(self);
  return {};
}

Result<void> Compiler::resource(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, const Context& context) {
  TRY(cursor.expect("->"));
  Operation operation = make(Kind::resource);
  const std::string type = TRY(cursor.name("a resource type"));
  const auto found = definitions_.resource_type(type);
  if (!found) {
    std::vector<std::string_view> known;
    for (const auto one : definitions_.resource_types()) known.push_back(definitions_.name(one));
    return cursor.error(fmt::format("'{}' is not a resource type; the nearest is '{}'.", type, fhir::nearest(type, known)));
  }
  operation.type = *found;
  TRY(cursor.expect("as"));
  operation.label = TRY(cursor.name("the resource's name"));
  Context around = context;
  around.type = fhir::no_type;
  TRY(resource_clauses(cursor, around, operation));
  operation.name = static_cast<uint16_t>(symbols_.names.size());
  symbols_.names.push_back({operation.label, operation.type});

  std::set<std::string> filled;
  Context inside{.type = operation.type, .path = type, .repetition = context.repetition, .filled = &filled};
  if (!operation.profile.empty()) filled.insert("meta");
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, inside));
  close(self);
  return check_required(definitions_, inside, cursor);
}

Result<void> Compiler::resource_clauses(Cursor& cursor, const Context& context, Operation& operation) {
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
      return cursor.error(fmt::format("'{}' is not a clause of a resource: key, profile, ensure, where, into.", cursor.word().text));
    }
  }
  if (operation.key.empty()) return cursor.error("A resource needs a `key`: without it a repeated message would make it twice.");
  return {};
}

// "into report.result": the new resource is referred to from an array of one around it.
Result<void> Compiler::into(Cursor& cursor, Operation& operation) {
  const std::string target = TRY(cursor.name("a resource's name and element"));
  const size_t dot = target.find('.');
  const auto found = std::ranges::find(symbols_.names, target.substr(0, dot), &Named::name);
  if (dot == std::string::npos || found == symbols_.names.end()) return cursor.error(fmt::format("'{}' is not an element of a resource above.", target));
  operation.into_element = target.substr(dot + 1);
  operation.into_resource = static_cast<uint16_t>(found - symbols_.names.begin() + 1);
  const fhir::Element* const element = definitions_.element(found->type, operation.into_element);
  const bool allowed = element != nullptr && element->is_array && definitions_.name(element->type) == "Reference" &&
                       (element->targets.empty() || std::ranges::find(element->targets, operation.type) != element->targets.end());
  if (!allowed) return cursor.error(fmt::format("'{}' does not hold references to {}.", target, definitions_.name(operation.type)));
  return {};
}

Result<void> Compiler::contained(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, const Context& context) {
  Operation operation = make(Kind::contained);
  const std::string type = TRY(cursor.name("a resource type"));
  const auto found = definitions_.resource_type(type);
  if (!found) return cursor.error(fmt::format("'{}' is not a resource type.", type));
  operation.type = *found;
  TRY(cursor.expect("as"));
  operation.label = TRY(cursor.name("its name"));
  if (cursor.accept("profile")) operation.profile = TRY(cursor.name("a profile"));
  TRY(cursor.end());
  operation.name = static_cast<uint16_t>(symbols_.names.size());
  symbols_.names.push_back({operation.label, operation.type});
  std::set<std::string> filled;
  Context inside{.type = operation.type, .path = type, .repetition = context.repetition, .filled = &filled};
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, inside));
  close(self);
  return check_required(definitions_, inside, cursor);
}

// From "timing.repeat.count" to its element; everything before the last name must stand once.
Result<const fhir::Element*> Compiler::walk(const std::string& name, const Cursor& cursor, Context& context, Operation& operation) {
  Context inside = context;
  const fhir::Element* element = nullptr;
  for (size_t begin = 0; begin <= name.size();) {
    const size_t end = std::min(name.find('.', begin), name.size());
    const std::string one = name.substr(begin, end - begin);
    if (element != nullptr && element->is_array) {
      return cursor.error(fmt::format("{} repeats: write it as a block, with its elements on lines of their own.", inside.path));
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

Result<void> Compiler::element(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context) {
  const std::string name = TRY(cursor.name("an element"));
  if (cursor.sees("<-")) return assign(cursor, context, name);
  Operation operation = make(Kind::element);
  TRY(walk(name, cursor, context, operation));
  if (operation.primitive != fhir::Primitive::none) return cursor.error(fmt::format("{}.{} takes a value: write `{} <- ...`.", context.path, name, name));
  return element_block(lines, at, depth, cursor, context, std::move(operation));
}

Result<void> Compiler::assign(Cursor& cursor, Context& context, const std::string& name) {
  TRY(cursor.expect("<-"));
  Operation operation = make(Kind::assign);
  const fhir::Element* const element = TRY(walk(name, cursor, context, operation));
  Context inside = context;
  if (cursor.accept("each")) {  // telecom <- each PID-13 : XTN
    if (!operation.is_array) return cursor.error(fmt::format("{}.{} stands only once, so it cannot be made for each.", context.path, name));
    const std::string path = TRY(cursor.name("a field"));
    operation.path = TRY(parse_path(path, cursor, context));
    operation.repeats = inside.repetition = true;
  }
  operation.value = TRY(parse_expression(cursor, symbols_, inside, library_, operation.repeats));
  if (cursor.accept("where")) operation.condition = TRY(parse_condition(cursor, inside));
  TRY(cursor.end());
  TRY(check_value(operation.value, *element, symbols_, library_, cursor, context.path + "." + name));
  emit(std::move(operation), cursor);
  return {};
}

// An element written as a block; with `each PID-5` once for every repetition.
Result<void> Compiler::element_block(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context, Operation operation) {
  std::string path = context.path;
  for (const auto& name : operation.target) path += "." + name;
  std::set<std::string> filled;
  if (!operation.url.empty()) filled.insert("url");
  Context inside{.type = operation.type, .path = std::move(path), .repetition = context.repetition, .filled = &filled};
  std::optional<size_t> loop;
  if (cursor.accept("each")) {
    if (!operation.is_array) return cursor.error(fmt::format("{} stands only once, so it cannot be made for each.", inside.path));
    const std::string source = TRY(cursor.name("a field or segment"));
    Operation each = make(source.contains('-') ? Kind::each_repetition : Kind::each_segment);
    if (each.kind == Kind::each_repetition) {
      each.path = TRY(parse_path(source, cursor, context));
    } else {
      each.leads.push_back(TRY(parse_segment(source, cursor)));
    }
    inside.repetition = each.kind == Kind::each_repetition;
    if (cursor.accept("where")) each.condition = TRY(parse_condition(cursor, inside));
    loop = emit(std::move(each), cursor);
  } else if (cursor.accept("where")) {
    operation.condition = TRY(parse_condition(cursor, context));
  }
  if (cursor.accept("<-")) {  // name each PID-5 <- . : XPN
    return cursor.error("After `each` follows a block.");
  }
  TRY(cursor.end());
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, inside));
  close(self);
  if (loop) close(*loop);
  return check_required(definitions_, inside, cursor);
}

// extension "URL" valueString <- IN1-10      or a block below it
Result<void> Compiler::extension(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor, Context& context) {
  Operation operation = make(Kind::element);
  operation.url = TRY(cursor.text("the extension's URL"));
  TRY(walk("extension", cursor, context, operation));
  const bool one_line = !cursor.at_end() && !cursor.sees("each") && !cursor.sees("where");
  if (!one_line) return element_block(lines, at, depth, cursor, context, std::move(operation));
  std::set<std::string> filled{"url"};
  Context inside{.type = operation.type, .path = context.path + ".extension", .repetition = context.repetition, .filled = &filled};
  const std::string name = TRY(cursor.name("value and its type, such as valueString"));
  const size_t self = emit(std::move(operation), cursor);
  TRY(assign(cursor, inside, name));
  close(self);
  return {};
}

Result<void> Compiler::part(Cursor& cursor, Context& context) {
  const std::string name = TRY(cursor.name("a part's name"));
  TRY(cursor.end());
  const auto found = symbols_.parts.find(name);
  if (found == symbols_.parts.end()) return cursor.error(fmt::format("There is no `part {}`.", name));
  if (parts_deep_ == parts_deep_max) return cursor.error("Parts that use one another go too deep.");
  ++parts_deep_;
  size_t at = 0;
  TRY(block(found->second, at, 0, context));
  --parts_deep_;
  return {};
}

// hold "reason" where COND;  check NAME PATH, PATH;  aside PATH, PATH "why"
Result<void> Compiler::plain(Cursor& cursor, Context& context, Kind kind) {
  Operation operation = make(kind);
  if (kind == Kind::hold) {
    operation.text = TRY(cursor.text("the reason"));
  } else {
    if (kind == Kind::check) {
      operation.text = TRY(cursor.name("a check"));
      if (operation.text != "dose-total" && operation.text != "insurer-number") {
        return cursor.error(fmt::format("There is no check '{}'; there are dose-total and insurer-number.", operation.text));
      }
    }
    do {
      const std::string path = TRY(cursor.name("a path"));
      operation.paths.push_back(TRY(parse_path(path, cursor, context)));
    } while (cursor.accept(","));
    if (kind == Kind::aside) operation.text = TRY(cursor.text("the reason"));
  }
  if (cursor.accept("where")) operation.condition = TRY(parse_condition(cursor, context));
  TRY(cursor.end());
  emit(std::move(operation), cursor);
  return {};
}

}  // namespace

Result<Program> compile(std::string_view file, std::string_view text, const Library& library) {
  return Compiler(library).compile(file, text);
}

}  // namespace tasuki::intake
