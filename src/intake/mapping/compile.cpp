#include "intake/mapping/compile.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

constexpr unsigned parts_deep_max = 16;
constexpr size_t operations_max = 20'000;
constexpr size_t problems_max = 100;  // of one mapping: more are not read by anybody

}  // namespace

Result<Program> Compiler::compile(std::string_view file, std::string_view text) {
  program_.file = file;
  if (auto read = read_file(file, text, true); !read) problems_.push_back(read.error());
  if (!problems_.empty()) return problems_.front();
  if (program_.name.empty())
    return Error{Error::Kind::invalid,
                 "変換規則は `mapping 名前 版` の行で始めます。/ A mapping begins with `mapping "
                 "NAME VERSION`.",
                 std::string(file)};
  if (program_.kinds.empty())
    return Error{Error::Kind::invalid,
                 "何を読むかの行がありません。`from hl7v2 ORU^R01` のように書きます。/ A mapping "
                 "says what it reads: `from hl7v2 ORU^R01`.",
                 std::string(file)};
  if (program_.records.format == table::Shape::Format::uke && program_.records.begins.empty())
    return Error{Error::Kind::invalid,
                 "どこで明細書が始まるかの行がありません。`claim RE-13` のように書きます。/ A "
                 "mapping from uke says where a claim begins: `claim RE-13`.",
                 std::string(file)};
  Context context;
  context.symbols = &symbols_;
  size_t at = 0;
  if (auto done = block(body_, at, 0, context); !done) problems_.push_back(done.error());
  if (!problems_.empty()) return problems_.front();
  for (const Named& named : symbols_.names)
    program_.names.push_back(named.name);
  return std::move(program_);
}

uint32_t Compiler::place_number(const Line& line) {
  const auto found = std::ranges::find(program_.files, line.file);
  const auto file = static_cast<uint32_t>(found - program_.files.begin());
  return std::min(file, place_files_max - 1) << 24 | line_of(line.number);
}

// One wrong line does not hide the next. What it would have named is taken as named, so that the
// lines that refer to it are not refused as well.
void Compiler::refuse(const Line& line, Error error) {
  const bool is_known = std::ranges::any_of(problems_, [&](const Error& known) {
    return known.location == error.location && known.message == error.message;
  });
  if (!is_known && problems_.size() < problems_max) problems_.push_back(std::move(error));
  for (size_t i = 0; i + 1 < line.words.size(); ++i) {
    if (!line.words[i].is("as")) continue;
    const std::string& name = line.words[i + 1].text;
    if (std::ranges::find(symbols_.names, name, &Named::name) == symbols_.names.end())
      symbols_.names.push_back({name, fhir::no_type});
  }
}

Result<void> Compiler::read_file(std::string_view file, std::string_view text, bool main) {
  if (std::ranges::find(program_.files, file) != program_.files.end()) return {};
  program_.files.emplace_back(file);
  program_.fingerprint = program_.fingerprint * 31 + std::hash<std::string_view>()(text);
  const auto lines = TRY(read_lines(file, text));
  for (size_t at = 0; at < lines.size();) {
    const Word& first = lines[at].words.front();
    constexpr std::string_view headers[] = {"mapping", "library", "from",      "use",    "system",
                                            "part",    "segment", "separator", "header", "rows",
                                            "column",  "record",  "claim",     "total",  "tests:"};
    if (lines[at].depth == 0 &&
        std::ranges::any_of(headers, [&](auto header) { return first.is(header); })) {
      const Line& line = lines[at];
      if (auto done = header(lines, at, main); !done) refuse(line, done.error());
    } else if (main) {
      body_.push_back(lines[at++]);
    } else {
      return Error{Error::Kind::invalid,
                   "ライブラリに書けるのは `use` `system` `part` だけです。/ A library holds only "
                   "`use`, `system` and `part`.",
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
    TRY(standard(cursor));
    do
      program_.kinds.push_back(TRY(cursor.name("a message's kind")));
    while (cursor.accept(","));
  } else if (word == "tests:" && main) {
    return examples(lines, at);
  } else if (word == "use") {
    const std::string name = TRY(cursor.name("a library's name"));
    const std::string text = TRY(library_.text_of(name));
    TRY(read_file(name + ".map", text, false));
  } else if (word == "system") {
    const std::string alias = TRY(cursor.name("an alias"));
    TRY(cursor.expect("="));
    symbols_.systems[alias] = TRY(cursor.text("a URI"));
  } else if (word == "segment") {
    TRY(own_segment(cursor));
  } else if (word == "part") {
    auto& part = symbols_.parts[TRY(cursor.name("the part's name"))];
    part.clear();
    for (; at < lines.size() && lines[at].depth > 0; ++at) {
      part.push_back(lines[at]);
      part.back().depth -= 1;
    }
  } else if (main && word != "library") {
    TRY(records_line(word, cursor));
  } else {
    return cursor.error(
        fmt::format("`{0}` はライブラリではなく変換規則に書きます。/ `{0}` belongs into a mapping, "
                    "not into a library.",
                    word));
  }
  return cursor.end();
}

// segment ZAB 12: a segment that only this sender has, and how many fields it may have.
Result<void> Compiler::own_segment(Cursor& cursor) {
  const std::string name = TRY(cursor.name("a segment's name"));
  const std::string count = TRY(cursor.name("how many fields it has"));
  unsigned fields = 0;
  const auto [end, failure] = std::from_chars(count.data(), count.data() + count.size(), fields);
  if (name.size() != 3 || name.front() != 'Z' || failure != std::errc() ||
      end != count.data() + count.size() || fields == 0 || fields > 250)
    return cursor.error(
        "`segment ZAB 12` のように、Z で始まる3文字と項目の数(250まで)を書きます。/ Write `segment "
        "ZAB "
        "12`: three characters beginning with Z, and the number of its fields, at most 250.");
  symbols_.segments[name] = fields;
  return {};
}

Result<void> Compiler::block(std::span<const Line> lines, size_t& at, unsigned depth,
                             Context& context) {
  while (at < lines.size() && lines[at].depth >= depth) {
    if (lines[at].depth > depth)
      return Error{Error::Kind::invalid,
                   "字下げが深すぎます。前の行より2文字まで深くできます。/ This line is deeper "
                   "than the block it is in.",
                   place_of(lines[at])};
    if (program_.operations.size() > operations_max)
      return Error{
          Error::Kind::too_costly,
          "変換規則が長すぎます。いくつかに分けてください。/ The mapping is too long: divide it.",
          place_of(lines[at])};
    const Line& line = lines[at];
    if (auto done = statement(lines, at, depth, context); !done) {
      refuse(line, done.error());
      while (at < lines.size() && lines[at].depth > depth)
        ++at;
    }
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
    return cursor.error(
        "資源の外に書けるのは each、->、when、do、hold、check、aside です。/ Outside a resource "
        "stand: each, ->, when, do, hold, check, aside.");
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
    operation.leads.push_back(TRY(parse_segment(first, cursor, context)));
    while (operation.kind == Kind::each_group && cursor.accept(",")) {
      const std::string lead = TRY(cursor.name("a segment"));
      operation.leads.push_back(TRY(parse_segment(lead, cursor, context)));
    }
    inside.repetition = false;
  }
  if (cursor.accept("where")) operation.condition = TRY(parse_condition(cursor, inside));
  const size_t self = emit(std::move(operation), cursor);
  if (cursor.sees("->")) {
    TRY(resource(lines, at, depth, cursor, inside));
  } else {
    TRY(cursor.end());
    TRY(inner(lines, at, depth, inside));
  }
  close(self);
  for (size_t i = self + 1; i < program_.operations.size(); ++i) {
    const Operation& inside_it = program_.operations[i];
    if (inside_it.kind == Kind::resource || inside_it.kind == Kind::contained)
      program_.operations[self].inner_names.push_back(inside_it.name);
  }
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
    return cursor.error(fmt::format("`part {0}` がありません。/ There is no `part {0}`.", name));
  if (parts_deep_ == parts_deep_max)
    return cursor.error("part の入れ子が深すぎます。/ Parts that use one another go too deep.");
  ++parts_deep_;
  size_t at = 0;
  TRY(block(found->second, at, 0, context));
  --parts_deep_;
  return {};
}

// hold "reason" where COND;  check NAME PATH, PATH;  aside PATH, PATH "why"
// "PID-3", or "SS-4..75" for each field from the one to the other.
Result<void> Compiler::add_paths(std::string_view text, const Cursor& cursor,
                                 const Context& context, std::vector<Path>& paths) {
  const size_t dots = text.find("..");
  Path path = TRY(parse_path(text.substr(0, dots), cursor, context));
  paths.push_back(path);
  if (dots == std::string_view::npos) return {};
  const std::string last_text =
      std::string(text.substr(0, text.find('-') + 1)).append(text.substr(dots + 2));
  const Path last = TRY(parse_path(last_text, cursor, context));
  while (path.field < last.field) {
    ++path.field;
    paths.push_back(path);
  }
  return {};
}

Result<void> Compiler::plain(Cursor& cursor, Context& context, Kind kind) {
  Operation operation = make(kind);
  if (kind == Kind::hold) {
    operation.text = TRY(cursor.text("the reason"));
  } else {
    if (kind == Kind::check) {
      operation.text = TRY(cursor.name("a check"));
      constexpr std::string_view checks[] = {"dose-total", "insurer-number", "institution",
                                             "claim-points"};
      if (std::ranges::find(checks, operation.text) == std::end(checks)) {
        return cursor.error(
            fmt::format("`check {0}` はありません。あるのは {1} です。/ There is no check '{0}'; "
                        "there are {1}.",
                        operation.text, fmt::join(checks, ", ")));
      }
    }
    do {
      const std::string path = TRY(cursor.name("a path"));
      TRY(add_paths(path, cursor, context, operation.paths));
    } while (cursor.accept(","));
    if (kind == Kind::aside) operation.text = TRY(cursor.text("the reason"));
  }
  if (cursor.accept("where")) operation.condition = TRY(parse_condition(cursor, context));
  TRY(cursor.end());
  emit(std::move(operation), cursor);
  return {};
}

Result<Program> compile(std::string_view file, std::string_view text, const Library& library,
                        std::vector<Error>* problems) {
  Compiler compiler(library);
  auto program = compiler.compile(file, text);
  if (problems != nullptr && !program) {
    const auto& all = compiler.problems();
    problems->insert(problems->end(), all.begin(), all.end());
    if (all.empty()) problems->push_back(program.error());
  }
  return program;
}

}  // namespace tasuki::intake
