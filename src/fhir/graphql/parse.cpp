#include <fmt/core.h>

#include <algorithm>

#include "base/utf8.h"
#include "fhir/graphql/document.h"
#include "fhir/graphql/token.h"

namespace tasuki::fhir::graphql {
namespace {

constexpr size_t fragments_max = 100;

// One word ahead, by recursive descent; each function reads what its name says.
class QueryParser {
 public:
  explicit QueryParser(std::string_view text) : tokens_(text) {}

  Result<Document> document() {
    TRY(advance());
    Document document;
    while (token_.kind != Token::Kind::end)
      TRY(definition(document));
    if (document.operations.empty())
      return Error{Error::Kind::invalid, "There is no query: { Patient(id: \"1\") { id } }.",
                   text_of(token_.place)};
    return document;
  }

 private:
  // ---- words

  Result<void> advance() {
    token_ = TRY(tokens_.next());
    return {};
  }
  bool is(std::string_view mark) const {
    return token_.kind == Token::Kind::mark && token_.text == mark;
  }
  Error expected(std::string_view what) const {
    const std::string found = token_.kind == Token::Kind::end
                                  ? std::string("the end")
                                  : fmt::format("\"{}\"", utf8::head(token_.text, 32));
    return {Error::Kind::invalid, fmt::format("Here stands {}; expected {}.", found, what),
            text_of(token_.place)};
  }
  Result<bool> take(std::string_view mark) {
    if (!is(mark)) return false;
    TRY(advance());
    return true;
  }
  Result<void> need(std::string_view mark) {
    if (!is(mark)) return expected(fmt::format("\"{}\"", mark));
    return advance();
  }
  Result<std::string> name(std::string_view what) {
    if (token_.kind != Token::Kind::name) return expected(what);
    std::string text = std::move(token_.text);
    TRY(advance());
    return text;
  }

  class Nesting {
   public:
    explicit Nesting(unsigned& depth) : depth_(++depth) {}
    ~Nesting() { --depth_; }
    Nesting(const Nesting&) = delete;
    Nesting& operator=(const Nesting&) = delete;

   private:
    unsigned& depth_;
  };
  Result<void> check_nesting() const {
    if (depth_ <= nesting_max) return {};
    return Error{Error::Kind::too_costly, fmt::format("Nested deeper than {}.", nesting_max),
                 text_of(token_.place)};
  }

  // ---- 2.2 Document, 2.3 Operations, 2.8 Fragments

  Result<void> definition(Document& document) {
    if (is("{")) {
      Operation operation;
      operation.selections = TRY(selections());
      document.operations.push_back(std::move(operation));
      return {};
    }
    const Place place = token_.place;
    const std::string word = TRY(name("a query"));
    if (word == "query") {
      Operation named = TRY(operation());
      document.operations.push_back(std::move(named));
      return {};
    }
    if (word == "fragment") {
      if (document.fragments.size() == fragments_max)
        return Error{Error::Kind::too_costly, "Too many fragments.", text_of(place)};
      document.fragments.push_back(TRY(fragment(place)));
      return {};
    }
    if (word == "mutation" || word == "subscription")
      return Error{Error::Kind::unsupported,
                   fmt::format("\"{}\" is not served: $graphql reads.", word), text_of(place)};
    return Error{
        Error::Kind::invalid,
        fmt::format("\"{}\" begins nothing; a query or a fragment does.", utf8::head(word, 32)),
        text_of(place)};
  }

  Result<Operation> operation() {
    Operation operation;
    if (token_.kind == Token::Kind::name) operation.name = TRY(name("a name"));
    if (TRY(take("(")))
      while (!TRY(take(")")))
        operation.variables.push_back(TRY(variable()));
    TRY(directives());  // none is known for a whole query; the check says so
    operation.selections = TRY(selections());
    return operation;
  }

  // 2.10: $name: Type = value
  Result<Variable> variable() {
    Variable variable;
    TRY(need("$"));
    variable.name = TRY(name("a variable's name"));
    TRY(need(":"));
    TRY(type(variable.type));
    variable.is_required = variable.type.ends_with('!');
    if (TRY(take("="))) variable.otherwise = TRY(value(false));
    return variable;
  }

  Result<void> type(std::string& out) {
    const Nesting nesting(depth_);
    TRY(check_nesting());
    if (TRY(take("["))) {
      out += '[';
      TRY(type(out));
      TRY(need("]"));
      out += ']';
    } else {
      out += TRY(name("a type"));
    }
    if (TRY(take("!"))) out += '!';
    return {};
  }

  Result<Fragment> fragment(Place place) {
    Fragment fragment{.name = {}, .on = {}, .selections = {}, .place = place};
    fragment.name = TRY(name("the fragment's name"));
    if (token_.text != "on") return expected("\"on\" and a type");
    TRY(advance());
    fragment.on = TRY(name("a type"));
    TRY(directives());
    fragment.selections = TRY(selections());
    return fragment;
  }

  // ---- 2.4 Selection sets, 2.5 Fields

  Result<std::vector<Selection>> selections() {
    const Nesting nesting(depth_);
    TRY(check_nesting());
    TRY(need("{"));
    std::vector<Selection> list;
    do {
      list.push_back(is("...") ? TRY(spread()) : TRY(field()));
    } while (!is("}"));
    TRY(advance());
    return list;
  }

  Result<Selection> field() {
    Selection field;
    field.place = token_.place;
    field.name = TRY(name("a field"));
    if (TRY(take(":"))) field.alias = std::exchange(field.name, TRY(name("a field")));
    field.arguments = TRY(arguments());
    field.directives = TRY(directives());
    if (is("{")) field.selections = TRY(selections());
    return field;
  }

  Result<Selection> spread() {
    Selection spread;
    spread.place = token_.place;
    TRY(need("..."));
    if (token_.kind == Token::Kind::name && token_.text != "on") {
      spread.kind = Selection::Kind::spread;
      spread.name = TRY(name("a fragment's name"));
      spread.directives = TRY(directives());
      return spread;
    }
    spread.kind = Selection::Kind::inline_fragment;
    if (token_.kind == Token::Kind::name) {
      TRY(advance());
      spread.on = TRY(name("a type"));
    }
    spread.directives = TRY(directives());
    spread.selections = TRY(selections());
    return spread;
  }

  Result<std::vector<Argument>> arguments() {
    std::vector<Argument> list;
    if (!TRY(take("("))) return list;
    do {
      Argument argument;
      argument.place = token_.place;
      argument.name = TRY(name("an argument"));
      TRY(need(":"));
      argument.value = TRY(value(true));
      list.push_back(std::move(argument));
    } while (!is(")"));
    TRY(advance());
    return list;
  }

  Result<std::vector<Directive>> directives() {
    std::vector<Directive> list;
    while (is("@")) {
      Directive directive;
      directive.place = token_.place;
      TRY(advance());
      directive.name = TRY(name("a directive"));
      directive.arguments = TRY(arguments());
      list.push_back(std::move(directive));
    }
    return list;
  }

  // ---- 2.9 Values

  Result<Value> value(bool variables) {
    const Nesting nesting(depth_);
    TRY(check_nesting());
    Value value;
    if (is("[")) {
      value.kind = Value::Kind::list;
      TRY(advance());
      while (!TRY(take("]")))
        value.items.push_back(TRY(this->value(variables)));
      return value;
    }
    if (is("{")) return object(variables);
    if (is("$") && variables) {
      TRY(advance());
      value.kind = Value::Kind::variable;
      value.text = TRY(name("a variable's name"));
      return value;
    }
    if (token_.kind == Token::Kind::end || token_.kind == Token::Kind::mark)
      return expected("a value");
    value.kind = kind_of_word();
    value.text = std::move(token_.text);
    TRY(advance());
    return value;
  }

  Value::Kind kind_of_word() const {
    if (token_.kind == Token::Kind::number) return Value::Kind::number;
    if (token_.kind == Token::Kind::string) return Value::Kind::string;
    if (token_.text == "true" || token_.text == "false") return Value::Kind::boolean;
    return token_.text == "null" ? Value::Kind::null : Value::Kind::enumeration;
  }

  Result<Value> object(bool variables) {
    Value object;
    object.kind = Value::Kind::object;
    TRY(advance());
    while (!TRY(take("}"))) {
      std::string member = TRY(name("a member's name"));
      TRY(need(":"));
      Value member_value = TRY(value(variables));
      object.members.push_back({std::move(member), std::move(member_value)});
    }
    return object;
  }

  Tokens tokens_;
  Token token_;
  unsigned depth_ = 0;
};

}  // namespace

const Directive* Selection::directive(std::string_view wanted) const {
  const auto found = std::ranges::find(directives, wanted, &Directive::name);
  return found == directives.end() ? nullptr : &*found;
}

const Argument* Selection::argument(std::string_view wanted) const {
  const auto found = std::ranges::find(arguments, wanted, &Argument::name);
  return found == arguments.end() ? nullptr : &*found;
}

const Fragment* Document::fragment(std::string_view wanted) const {
  const auto found = std::ranges::find(fragments, wanted, &Fragment::name);
  return found == fragments.end() ? nullptr : &*found;
}

Result<Document> parse(std::string_view text) {
  if (text.size() > query_bytes_max)
    return Error{
        Error::Kind::too_costly, fmt::format("A query has at most {} bytes.", query_bytes_max), {}};
  return QueryParser(text).document();
}

}  // namespace tasuki::fhir::graphql
