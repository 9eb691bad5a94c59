// Inside the compiler: the cursor over a line's words, the types a value passes through, and the
// parts of the work.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "intake/mapping/compile.h"
#include "intake/mapping/lines.h"

namespace tasuki::intake {

class Cursor {
 public:
  explicit Cursor(const Line& line) : line_(line) {}
  bool at_end() const { return next_ == line_.words.size(); }
  bool sees(std::string_view text) const { return !at_end() && line_.words[next_].is(text); }
  bool sees_text() const { return !at_end() && line_.words[next_].kind == Word::Kind::text; }
  bool accept(std::string_view text);
  Result<void> expect(std::string_view text);
  Result<std::string> name(std::string_view what);  // a word that is a name
  Result<std::string> text(std::string_view what);  // a word in quotation marks
  const Word& word() const { return line_.words[next_]; }
  void skip() { ++next_; }
  Result<void> end() const;  // nothing may follow
  Error error(std::string message) const;
  const Line& line() const { return line_; }

 private:
  const Line& line_;
  size_t next_ = 0;
};

// What a name in scope stands for.
struct Named {
  std::string name;
  fhir::TypeId type = fhir::no_type;
};

struct Symbols;

// Where a line of a block stands: in which type, and may it say ".1"?
struct Context {
  fhir::TypeId type = fhir::no_type;  // no_type: outside any resource
  std::string path;                   // "Patient.name", for messages
  bool repetition = false;
  const Symbols* symbols = nullptr;         // the mapping's, for segments of the sender's own
  std::set<std::string>* filled = nullptr;  // stems of elements that have a line
};

struct Symbols {
  std::map<std::string, std::string, std::less<>> systems;  // alias -> URI
  std::map<std::string, std::vector<Line>, std::less<>> parts;
  std::vector<Named> names;                               // resources of this mapping
  std::map<std::string, unsigned, std::less<>> segments;  // the sender's own: fields of each
  std::vector<std::string> columns;                       // of records, by number from 1
};

// expression.cpp
// `of_repetition`: the source was named before (`each PID-13`); only steps follow.
Result<Expression> parse_expression(Cursor& cursor, const Symbols& symbols, const Context& context,
                                    const Library& library, bool of_repetition = false);
Result<uint16_t> resource_named(const std::string& name, const Cursor& cursor,
                                const Symbols& symbols);
Result<Condition> parse_condition(Cursor& cursor, const Context& context);
// A record of a claims file as a segment of the one engine: "RE0".
std::string record_segment(std::string_view record);
Result<Path> parse_path(std::string_view text, const Cursor& cursor, const Context& context);
Result<Path> parse_column(std::string_view name, const Cursor& cursor, const Context& context,
                          Path path);
Result<std::array<char, 3>> parse_segment(std::string_view text, const Cursor& cursor,
                                          const Context& context);

// check.cpp
const fhir::Element* find_element(const fhir::Definitions& definitions, fhir::TypeId type,
                                  std::string_view name);
Error unknown_element(const fhir::Definitions& definitions, const Context& context,
                      std::string_view name, const Cursor& cursor);
Result<void> check_value(const Expression& value, const fhir::Element& element,
                         const Symbols& symbols, const Library& library, const Cursor& cursor,
                         const std::string& path);
Result<void> check_required(const fhir::Definitions& definitions, const Context& context,
                            const Cursor& cursor);

// One mapping being compiled. compile.cpp: files, blocks, loops; resources.cpp; elements.cpp.
class Compiler {
  using Kind = Operation::Kind;

 public:
  explicit Compiler(const Library& library)
      : library_(library), definitions_(*library.definitions) {}

  // The first thing wrong, if any; all of them stand in problems().
  Result<Program> compile(std::string_view file, std::string_view text);
  const std::vector<Error>& problems() const { return problems_; }

 private:
  Result<void> read_file(std::string_view file, std::string_view text, bool main);
  Result<void> header(const std::vector<Line>& lines, size_t& at, bool main);
  Result<void> own_segment(Cursor& cursor);
  Result<void> standard(Cursor& cursor);
  Result<void> records_line(const std::string& word, Cursor& cursor);
  Result<void> column(Cursor& cursor);
  Result<void> record_kind(Cursor& cursor);
  Result<void> claim(const std::string& word, Cursor& cursor);
  Result<void> examples(const std::vector<Line>& lines, size_t& at);
  Result<void> example_line(Cursor& cursor, Example& example);
  void refuse(const Line& line, Error error);
  Result<void> block(std::span<const Line> lines, size_t& at, unsigned depth, Context& context);
  Result<void> statement(std::span<const Line> lines, size_t& at, unsigned depth, Context& context);
  Result<void> each(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                    Context& context);
  Result<void> when(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                    Context& context);
  uint16_t name_of(const Operation& operation);
  Result<void> resource(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                        const Context& context);
  Result<void> resource_clauses(Cursor& cursor, const Context& context, Operation& operation);
  Result<void> into(Cursor& cursor, Operation& operation);
  Result<void> contained(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                         const Context& context);
  Result<void> element(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                       Context& context);
  Result<void> extension(std::span<const Line> lines, size_t& at, unsigned depth, Cursor& cursor,
                         Context& context);
  Result<void> assign(Cursor& cursor, Context& context, const std::string& name);
  Result<void> element_block(std::span<const Line> lines, size_t& at, unsigned depth,
                             Cursor& cursor, Context& context, Operation operation);
  Result<const fhir::Element*> walk(const std::string& name, const Cursor& cursor, Context& context,
                                    Operation& operation);
  Result<void> part(Cursor& cursor, Context& context);
  Result<void> plain(Cursor& cursor, Context& context, Kind kind);
  Result<void> add_paths(std::string_view text, const Cursor& cursor, const Context& context,
                         std::vector<Path>& paths);
  Result<void> inner(std::span<const Line> lines, size_t& at, unsigned depth, Context& context);

  size_t emit(Operation operation, const Cursor& cursor) {
    operation.line = place_number(cursor.line());
    program_.operations.push_back(std::move(operation));
    return program_.operations.size() - 1;
  }
  uint32_t place_number(const Line& line);
  void close(size_t operation) {
    program_.operations[operation].end = static_cast<uint32_t>(program_.operations.size());
  }
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
  std::vector<Error> problems_;
};

}  // namespace tasuki::intake
