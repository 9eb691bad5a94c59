#include "intake/mapping/compile.h"

#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

constexpr unsigned parts_deep_max = 16;
constexpr size_t operations_max = 20'000;

}  // namespace

Result<Program> Compiler::compile(std::string_view file, std::string_view text) {
  program_.file = file;
  TRY(read_file(file, text, true));
  if (program_.name.empty())
    return Error{Error::Kind::invalid, "A mapping begins with `mapping NAME VERSION`.",
                 std::string(file)};
  if (program_.kinds.empty())
    return Error{Error::Kind::invalid, "A mapping says what it reads: `from hl7v2 ORU^R01`.",
                 std::string(file)};
  Context context;
  size_t at = 0;
  TRY(block(body_, at, 0, context));
  for (const Named& named : symbols_.names)
    program_.names.push_back(named.name);
  return std::move(program_);
}

Result<void> Compiler::read_file(std::string_view file, std::string_view text, bool main) {
  const auto lines = TRY(read_lines(file, text));
  for (size_t at = 0; at < lines.size();) {
    const Word& first = lines[at].words.front();
    constexpr std::string_view headers[] = {"mapping", "library", "from", "use", "system", "part"};
    if (lines[at].depth == 0 &&
        std::ranges::any_of(headers, [&](auto header) { return first.is(header); })) {
      TRY(header(lines, at, main));
    } else if (main) {
      body_.push_back(lines[at++]);
    } else {
      return Error{Error::Kind::invalid, "A library holds only `use`, `system` and `part`.",
                   place_of(lines[at])};
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
    if (standard != "hl7v2" && standard != "ssmix2")
      return cursor.error(
          fmt::format("'{}' is not a standard that is read: hl7v2 or ssmix2.", standard));
    do
      program_.kinds.push_back(TRY(cursor.name("a message's kind")));
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

Result<void> Compiler::block(std::span<const Line> lines, size_t& at, unsigned depth,
                             Context& context) {
  while (at < lines.size() && lines[at].depth >= depth) {
    if (lines[at].depth > depth)
      return Error{Error::Kind::invalid, "This line is deeper than the block it is in.",
                   place_of(lines[at])};
    if (program_.operations.size() > operations_max)
      return Error{Error::Kind::too_costly, "The mapping is too long.", place_of(lines[at])};
    TRY(statement(lines, at, depth, context));
  }
  return {};
}

Result<void> Compiler::statement(std::span<const Line> lines, size_t& at, unsigned depth,
                                 Context& context) {
  Cursor cursor(lines[at++]);
  if (cursor.accept("each")) return each(lines, at, depth, cursor, context);
  if (cursor.accept("when")) return when(lines, at, depth, cursor, context);
  if (cursor.sees("->")) return resource(lines, at, depth, cursor, context);
  if (cursor.accept("do")) return part(cursor, context);
  if (cursor.accept("hold")) return plain(cursor, context, Kind::hold);
  if (cursor.accept("check")) return plain(cursor, context, Kind::check);
  if (cursor.accept("aside")) return plain(cursor, context, Kind::aside);
  if (context.type == fhir::no_type)
    return cursor.error("Outside a resource stand: each, ->, do, hold, check, aside.");
  if (cursor.accept("contained")) return contained(lines, at, depth, cursor, context);
  if (cursor.accept("extension")) return extension(lines, at, depth, cursor, context);
  return element(lines, at, depth, cursor, context);
}

// The deeper lines that follow, if any.
Result<void> Compiler::inner(std::span<const Line> lines, size_t& at, unsigned depth,
                             Context& context) {
  return block(lines, at, depth + 1, context);
}

Result<void> Compiler::each(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                            Context& context) {
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
  for (size_t name = first_name; name < symbols_.names.size(); ++name)
    program_.operations[self].inner_names.push_back(static_cast<uint16_t>(name));
  close(self);
  return {};
}

Result<void> Compiler::when(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                            Context& context) {
  Operation operation = make(Kind::when);
  operation.condition = TRY(parse_condition(cursor, context));
  TRY(cursor.end());
  const size_t self = emit(std::move(operation), cursor);
  TRY(inner(lines, at, depth, context));
  close(self);
  return {};
}

Result<void> Compiler::part(Cursor& cursor, Context& context) {
  const std::string name = TRY(cursor.name("a part's name"));
  TRY(cursor.end());
  const auto found = symbols_.parts.find(name);
  if (found == symbols_.parts.end())
    return cursor.error(fmt::format("There is no `part {}`.", name));
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
        return cursor.error(fmt::format(
            "There is no check '{}'; there are dose-total and insurer-number.", operation.text));
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

Result<Program> compile(std::string_view file, std::string_view text, const Library& library) {
  return Compiler(library).compile(file, text);
}

}  // namespace tasuki::intake
