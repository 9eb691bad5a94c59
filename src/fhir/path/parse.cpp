// FHIRPath by precedence climbing. FHIRPath N1, 6.8 (operator precedence), Appendix (grammar).
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/path/function.h"
#include "fhir/path/token.h"
#include "fhir/path/tree.h"

namespace tasuki::fhir::path {
namespace {

struct Operator {
  std::string_view text;
  Op op;
  int strength;  // binds tighter the higher
};

constexpr Operator operators[] = {
    {"implies", Op::implies, 1}, {"or", Op::or_, 2},
    {"xor", Op::xor_, 2},        {"and", Op::and_, 3},
    {"in", Op::in, 4},           {"contains", Op::contains, 4},
    {"=", Op::equal, 5},         {"~", Op::equivalent, 5},
    {"!=", Op::not_equal, 5},    {"!~", Op::not_equivalent, 5},
    {"<=", Op::less_equal, 6},   {"<", Op::less, 6},
    {">", Op::greater, 6},       {">=", Op::greater_equal, 6},
    {"|", Op::union_, 7},        {"is", Op::is, 8},
    {"as", Op::as, 8},           {"&", Op::concatenate, 9},
};

constexpr std::array<std::string_view, 6> arithmetic = {"+", "-", "*", "/", "div", "mod"};

Types types_of(const Definitions& definitions) {
  const auto named = [&](std::string_view name) {
    return definitions.type(name).value_or(no_type);
  };
  return {named("boolean"), named("integer"),  named("decimal"), named("string"),
          named("date"),    named("dateTime"), named("time")};
}

class Parser {
 public:
  Parser(const Definitions& definitions, Tree& tree)
      : definitions_(definitions), tree_(tree), tokens_(tree.text) {}

  Result<uint32_t> whole() {
    TRY(advance());
    const auto top = TRY(expression(0));
    if (now_.kind != TokenKind::end) return unexpected("the expression should end here");
    return top;
  }

 private:
  Result<void> advance() {
    now_ = TRY(tokens_.next());
    return {};
  }
  bool at(std::string_view symbol) const {
    return now_.kind == TokenKind::symbol && now_.text == symbol;
  }
  Result<void> expect(std::string_view symbol) {
    if (!at(symbol)) return unexpected(fmt::format("{} should stand here", symbol));
    return advance();
  }
  Error unexpected(std::string_view wanted) const {
    if (now_.kind == TokenKind::end)
      return error_at(now_.position, fmt::format("The expression ends too early: {}.", wanted));
    return error_at(now_.position, fmt::format("'{}' is not expected: {}.", now_.text, wanted));
  }

  Result<uint32_t> add(Node node) {
    if (tree_.nodes.size() >= Expression::nodes_max) {
      return error_at(node.position,
                      fmt::format("The expression has more than {} parts.", Expression::nodes_max));
    }
    tree_.nodes.push_back(std::move(node));
    return static_cast<uint32_t>(tree_.nodes.size() - 1);
  }

  const Operator* operator_now() const {
    if (now_.kind != TokenKind::symbol && now_.kind != TokenKind::name) return nullptr;
    const auto found = std::ranges::find(operators, now_.text, &Operator::text);
    return found == std::end(operators) ? nullptr : &*found;
  }

  Result<uint32_t> expression(int strength_min);
  Result<uint32_t> term();
  Result<uint32_t> steps(uint32_t head);
  Result<uint32_t> primary();
  Result<uint32_t> variable();
  Result<uint32_t> literal();
  Result<uint32_t> name(uint32_t left, bool is_head);
  Result<uint32_t> call(Node node);
  Result<TypeId> type_name();
  Result<std::string_view> unescaped(const Token& token);

  const Definitions& definitions_;
  Tree& tree_;
  Tokens tokens_;
  Token now_;
  unsigned depth_ = 0;
};

Result<uint32_t> Parser::expression(int strength_min) {
  if (++depth_ > Expression::depth_max) {
    return error_at(now_.position,
                    fmt::format("The expression is nested deeper than {}.", Expression::depth_max));
  }
  auto left = TRY(term());
  while (const auto* found = operator_now()) {
    if (found->strength <= strength_min) break;
    Node node{.op = found->op, .left = left, .position = now_.position};
    TRY(advance());
    if (found->op == Op::is || found->op == Op::as) {
      node.type = TRY(type_name());
    } else {
      node.right = TRY(expression(found->strength));
    }
    left = TRY(add(std::move(node)));
  }
  if (std::ranges::find(arithmetic, now_.text) != arithmetic.end() &&
      now_.kind != TokenKind::string) {
    return Error{Error::Kind::unsupported,
                 fmt::format("The operator '{}' is not done here yet.", now_.text),
                 fmt::format("character {}", now_.position)};
  }
  --depth_;
  return left;
}

Result<uint32_t> Parser::term() {
  return steps(TRY(primary()));
}

Result<uint32_t> Parser::steps(uint32_t head) {
  while (true) {
    if (at(".")) {
      TRY(advance());
      head = TRY(name(head, false));
    } else if (at("[")) {
      Node node{.op = Op::at, .left = head, .position = now_.position};
      TRY(advance());
      node.right = TRY(expression(0));
      TRY(expect("]"));
      head = TRY(add(std::move(node)));
    } else {
      return head;
    }
  }
}

Result<uint32_t> Parser::primary() {
  if (at("(")) {
    TRY(advance());
    const auto inner = TRY(expression(0));
    TRY(expect(")"));
    return inner;
  }
  if (at("{")) {
    const auto position = now_.position;
    TRY(advance());
    TRY(expect("}"));
    return add({.op = Op::literal, .position = position});
  }
  if (at("$") || at("%")) return variable();
  if (now_.kind == TokenKind::name && (now_.text == "true" || now_.text == "false"))
    return literal();
  if (now_.kind == TokenKind::name || now_.kind == TokenKind::delimited_name) {
    return name(TRY(add({.op = Op::focus, .position = now_.position})), true);
  }
  return literal();
}

Result<uint32_t> Parser::variable() {
  const bool is_dollar = at("$");
  TRY(advance());
  const auto named = now_;
  if (named.kind != TokenKind::name && named.kind != TokenKind::delimited_name)
    return unexpected("a variable's name should stand here");
  TRY(advance());
  Node node{.position = named.position};
  if (is_dollar && named.text == "this") return add(std::move(node));
  if (is_dollar && named.text == "index") {
    node.op = Op::index;
    return add(std::move(node));
  }
  if (!is_dollar &&
      (named.text == "resource" || named.text == "rootResource" || named.text == "context")) {
    node.op = Op::resource;
    return add(std::move(node));
  }
  return error_at(named.position, fmt::format("There is no variable '{}' here; $this, $index, "
                                              "%resource, %rootResource and %context are.",
                                              named.text));
}

Result<uint32_t> Parser::literal() {
  Node node{.op = Op::literal, .position = now_.position};
  switch (now_.kind) {
    case TokenKind::name:
      node.literal = json::Value::boolean(now_.text == "true");
      node.type = tree_.types.boolean;
      break;
    case TokenKind::string:
      node.literal = json::Value::borrowed(json::Kind::string, TRY(unescaped(now_)));
      node.type = tree_.types.string;
      break;
    case TokenKind::number:
      node.literal = json::Value::borrowed(json::Kind::number, now_.text);
      node.type = now_.text.contains('.') ? tree_.types.decimal : tree_.types.integer;
      break;
    case TokenKind::date:
      if (now_.text.empty()) return unexpected("a date should stand after @");
      node.literal = json::Value::borrowed(json::Kind::string, now_.text);
      node.type = now_.text[0] == 'T'       ? tree_.types.time
                  : now_.text.contains('T') ? tree_.types.date_time
                                            : tree_.types.date;
      break;
    default:
      return unexpected("a path or a value should stand here");
  }
  TRY(advance());
  return add(std::move(node));
}

Result<uint32_t> Parser::name(uint32_t left, bool is_head) {
  if (now_.kind != TokenKind::name && now_.kind != TokenKind::delimited_name)
    return unexpected("a name should stand here");
  Node node{.op = Op::member, .left = left, .name = now_.text, .position = now_.position};
  TRY(advance());
  if (at("(")) return call(std::move(node));
  const auto type = is_head ? definitions_.type(node.name) : std::nullopt;
  if (type && node.name[0] >= 'A' && node.name[0] <= 'Z') {
    node.op = Op::root;
    node.type = *type;
  }
  return add(std::move(node));
}

Result<uint32_t> Parser::call(Node node) {
  node.op = Op::call;
  const auto known = functions();
  const auto found = std::ranges::find(known, node.name, &Function::name);
  if (found == known.end()) {
    std::vector<std::string_view> names;
    for (const auto& function : known)
      names.push_back(function.name);
    const auto close = nearest(node.name, names);
    const auto hint = close.empty() ? std::string() : fmt::format("; the nearest is '{}'", close);
    return error_at(node.position,
                    fmt::format("There is no function '{}' here{}.", node.name, hint));
  }
  node.function = &*found;
  TRY(advance());
  size_t count = 0;
  while (!at(")")) {
    if (count++ > 0) TRY(expect(","));
    if (found->takes_type) {
      node.type = TRY(type_name());
    } else {
      node.arguments.push_back(TRY(expression(0)));
    }
    if (count > found->arguments_max) break;
  }
  if (count < found->arguments_min || count > found->arguments_max) {
    return error_at(node.position, fmt::format("{}() takes {} to {} arguments.", found->name,
                                               found->arguments_min, found->arguments_max));
  }
  TRY(expect(")"));
  return add(std::move(node));
}

// "Quantity", "FHIR.Quantity", "System.Boolean". FHIRPath N1 6.3.
// R4's Observation-code-value-date writes value.as(DateTime); a capital more than the type has is
// forgiven.
Result<TypeId> Parser::type_name() {
  const bool in_parentheses = at("(");  // "as (Quantity)" is not grammar, but harmless
  if (in_parentheses) TRY(advance());
  auto named = now_;
  if (named.kind != TokenKind::name && named.kind != TokenKind::delimited_name)
    return unexpected("a type's name should stand here");
  TRY(advance());
  if ((named.text == "FHIR" || named.text == "System") && at(".")) {
    TRY(advance());
    named = now_;
    TRY(advance());
  }
  if (in_parentheses) TRY(expect(")"));
  if (const auto type = definitions_.type(named.text)) return *type;
  std::string lower(named.text);
  if (!lower.empty() && lower[0] >= 'A' && lower[0] <= 'Z')
    lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
  if (const auto type = definitions_.type(lower)) return *type;
  return error_at(named.position, fmt::format("There is no type '{}' in FHIR R4.", named.text));
}

void append_utf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xc0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3f));
  } else {
    out += static_cast<char>(0xe0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
  }
}

std::optional<uint32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  uint32_t code = 0;
  for (const char c : text.substr(0, 4)) {
    const auto digit = std::string_view("0123456789abcdef")
                           .find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) return std::nullopt;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  return code;
}

Result<std::string_view> Parser::unescaped(const Token& token) {
  if (!token.text.contains('\\')) return token.text;
  constexpr std::string_view letters = "fnrt", meanings = "\f\n\r\t", themselves = "'\"`\\/";
  std::string out;
  for (size_t i = 0; i < token.text.size(); ++i) {
    if (token.text[i] != '\\') {
      out += token.text[i];
      continue;
    }
    const char letter = ++i < token.text.size() ? token.text[i] : '\0';
    if (const auto place = letters.find(letter);
        letter != '\0' && place != std::string_view::npos) {
      out += meanings[place];
    } else if (letter != '\0' && themselves.contains(letter)) {
      out += letter;
    } else if (const auto code = letter == 'u' ? hex4(token.text.substr(i + 1)) : std::nullopt;
               code && (*code < 0xd800 || *code > 0xdfff)) {
      append_utf8(*code, out);
      i += 4;
    } else {
      return error_at(
          token.position + i,
          R"(After \ one of ' " ` \ / f n r t or u with four hexadecimal digits should stand.)");
    }
  }
  return tree_.arena.copy(out);
}

}  // namespace

Result<std::shared_ptr<const Tree>> parse(const Definitions& definitions, std::string_view text) {
  if (text.size() > Expression::text_bytes_max) {
    return error_at(
        Expression::text_bytes_max,
        fmt::format("The expression is longer than {} bytes.", Expression::text_bytes_max));
  }
  auto tree = std::make_shared<Tree>();
  tree->text = text;
  tree->types = types_of(definitions);
  tree->top = TRY(Parser(definitions, *tree).whole());
  return std::shared_ptr<const Tree>(std::move(tree));
}

}  // namespace tasuki::fhir::path
