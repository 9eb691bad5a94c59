// FHIRPath by precedence climbing. FHIRPath N1, 6.8 (operator precedence), Appendix (grammar).
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "fhir/path/function.h"
#include "fhir/path/literal.h"
#include "fhir/path/moment.h"
#include "fhir/path/regex.h"
#include "fhir/path/token.h"
#include "fhir/path/type.h"

namespace tasuki::fhir::path {
namespace {

struct Operator {
  std::string_view text;
  Op op;
  int strength;  // binds tighter the higher
};

constexpr Operator operators[] = {
    {"implies", Op::implies, 1},
    {"or", Op::or_, 2},
    {"xor", Op::xor_, 2},
    {"and", Op::and_, 3},
    {"in", Op::in, 4},
    {"contains", Op::contains, 4},
    {"=", Op::equal, 5},
    {"~", Op::equivalent, 5},
    {"!=", Op::not_equal, 5},
    {"!~", Op::not_equivalent, 5},
    {"<=", Op::less_equal, 6},
    {"<", Op::less, 6},
    {">", Op::greater, 6},
    {">=", Op::greater_equal, 6},
    {"|", Op::union_, 7},
    {"is", Op::is, 8},
    {"as", Op::as, 8},
    {"+", Op::add, 9},
    {"-", Op::subtract, 9},
    {"&", Op::concatenate, 9},
    {"*", Op::multiply, 10},
    {"/", Op::divide, 10},
    {"div", Op::divide_whole, 10},
    {"mod", Op::modulo, 10},
};

class Parser {
 public:
  Parser(const Definitions& definitions, Tree& tree, const Options& options)
      : definitions_(definitions), tree_(tree), options_(options), tokens_(tree.text) {}

  Result<uint32_t> whole() {
    TRY(advance());
    const auto top = TRY(expression(0));
    if (now_.kind != TokenKind::end) return unexpected("the expression should end here");
    TRY(check_variables());
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
    const auto below = [&](uint32_t number) {
      const unsigned depth = number == no_node ? 0u : tree_.nodes[number].depth;
      node.depth = static_cast<uint16_t>(std::max<unsigned>(node.depth, depth + 1));
    };
    below(node.left);
    below(node.right);
    std::ranges::for_each(node.arguments, below);
    if (node.depth > Expression::steps_max) {
      return error_at(node.position,
                      fmt::format("More than {} steps follow one another.", Expression::steps_max));
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
  Result<uint32_t> literal_term();
  Result<uint32_t> name(uint32_t left, bool is_head);
  Result<uint32_t> call(Node node);
  Result<uint32_t> argument(const Function& function);
  Result<TypeName> type_name(bool is_forgiving);
  Result<void> prepare_regex(Node& node);
  Result<void> check_variables() const;
  Result<std::string_view> name_text(const Token& token);

  const Definitions& definitions_;
  Tree& tree_;
  const Options& options_;
  Tokens tokens_;
  Token now_;
  std::vector<std::string_view> defined_{};  // by defineVariable()
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
      const auto type = TRY(type_name(found->op == Op::as));
      node.type = type.fhir;
      node.system = type.system;
    } else {
      node.right = TRY(expression(found->strength));
    }
    left = TRY(add(std::move(node)));
  }
  --depth_;
  return left;
}

// A sign holds what follows with its path: -7.abs() is -(7.abs()).
Result<uint32_t> Parser::term() {
  if (!at("-") && !at("+")) return steps(TRY(primary()));
  if (++depth_ > Expression::depth_max)
    return error_at(now_.position,
                    fmt::format("More than {} signs in a row.", Expression::depth_max));
  Node node{.op = at("-") ? Op::negate : Op::plus, .position = now_.position};
  TRY(advance());
  node.left = TRY(term());
  --depth_;
  return add(std::move(node));
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
    return literal_term();
  if (now_.kind == TokenKind::name || now_.kind == TokenKind::delimited_name) {
    return name(TRY(add({.op = Op::focus, .position = now_.position})), true);
  }
  return literal_term();
}

Result<uint32_t> Parser::variable() {
  const bool is_dollar = at("$");
  TRY(advance());
  const auto named = now_;
  const bool is_name = named.kind == TokenKind::name || named.kind == TokenKind::delimited_name ||
                       (named.kind == TokenKind::string && !is_dollar);
  if (!is_name) return unexpected("a variable's name should stand here");
  TRY(advance());
  Node node{.op = Op::variable, .name = TRY(name_text(named)), .position = named.position};
  if (is_dollar) {
    constexpr std::array<std::pair<std::string_view, Op>, 3> own = {
        {{"this", Op::focus}, {"index", Op::index}, {"total", Op::total}}};
    for (const auto& [text, op] : own) {
      if (node.name == text) return add({.op = op, .position = named.position});
    }
    return error_at(named.position,
                    fmt::format("There is no ${}; $this, $index and $total are.", named.text));
  }
  take_builtin(tree_, node);
  return add(std::move(node));
}

// Those of the caller, and those the text defines itself.
Result<void> Parser::check_variables() const {
  if (options_.any_variable) return {};
  for (const auto& node : tree_.nodes) {
    if (node.op != Op::variable || std::ranges::find(defined_, node.name) != defined_.end() ||
        std::ranges::find(options_.variables, node.name) != options_.variables.end())
      continue;
    std::vector<std::string_view> names(options_.variables.begin(), options_.variables.end());
    names.insert(names.end(), defined_.begin(), defined_.end());
    names.insert(names.end(), builtin_variables().begin(), builtin_variables().end());
    const auto close = nearest(node.name, names);
    return error_at(node.position,
                    fmt::format("There is no variable %{} here{}.", node.name,
                                close.empty() ? "" : fmt::format("; the nearest is %{}", close)));
  }
  return {};
}

Result<uint32_t> Parser::literal_term() {
  switch (now_.kind) {
    case TokenKind::name:
    case TokenKind::string:
    case TokenKind::number:
      break;
    case TokenKind::date:
      if (now_.text.empty()) return unexpected("a date should stand after @");
      break;
    default:
      return unexpected("a path or a value should stand here");
  }
  Node node = TRY(literal(tree_, now_));
  const bool is_number = now_.kind == TokenKind::number && node.system != System::long_;
  TRY(advance());
  const bool has_word = now_.kind == TokenKind::name && calendar_unit(now_.text);
  if (is_number && has_word) {
    TRY(make_quantity(tree_, node, now_.text, *calendar_unit(now_.text)));
    TRY(advance());
  } else if (is_number && now_.kind == TokenKind::string) {
    TRY(make_quantity(tree_, node, unescaped(now_.text), Precision::none));
    TRY(advance());
  }
  return add(std::move(node));
}

Result<std::string_view> Parser::name_text(const Token& token) {
  if (token.kind == TokenKind::name || !token.text.contains('\\')) return token.text;
  return tree_.arena.copy(unescaped(token.text));
}

Result<uint32_t> Parser::name(uint32_t left, bool is_head) {
  if (now_.kind != TokenKind::name && now_.kind != TokenKind::delimited_name)
    return unexpected("a name should stand here");
  Node node{
      .op = Op::member, .left = left, .name = TRY(name_text(now_)), .position = now_.position};
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
  const auto* found = function_named(node.name);
  if (found == nullptr) {
    const auto close = nearest(node.name, function_names());
    const auto hint = close.empty() ? std::string() : fmt::format("; the nearest is '{}'", close);
    return error_at(node.position,
                    fmt::format("There is no function '{}' here{}.", node.name, hint));
  }
  node.function = found;
  TRY(advance());
  size_t count = 0;
  while (!at(")")) {
    if (count++ > 0) TRY(expect(","));
    if (found->takes == Takes::type) {
      const auto type = TRY(type_name(found->name != "is"));
      node.type = type.fhir;
      node.system = type.system;
    } else {
      node.arguments.push_back(TRY(argument(*found)));
    }
    if (count > found->arguments_max) break;
  }
  if (count < found->arguments_min || count > found->arguments_max) {
    const auto wanted = found->arguments_min == found->arguments_max
                            ? fmt::format("{}", found->arguments_min)
                            : fmt::format("{} to {}", found->arguments_min, found->arguments_max);
    return error_at(node.position, fmt::format("{}() takes {} arguments.", found->name, wanted));
  }
  TRY(expect(")"));
  if (found->takes == Takes::regex) TRY(prepare_regex(node));
  if (node.name == "defineVariable") {
    const auto& name = tree_.nodes[node.arguments[0]];
    if (name.op == Op::literal) defined_.push_back(name.literal.text());
  }
  return add(std::move(node));
}

// A minus before a key of sort() means: downwards.
Result<uint32_t> Parser::argument(const Function& function) {
  const bool is_descending = function.name == "sort" && at("-");
  if (is_descending) TRY(advance());
  const auto top = TRY(expression(0));
  tree_.nodes[top].is_descending = is_descending;
  return top;
}

// A pattern that is written out is compiled once, here.
Result<void> Parser::prepare_regex(Node& node) {
  const auto& pattern = tree_.nodes[node.arguments[0]];
  if (pattern.op != Op::literal || !pattern.literal.is_string()) return {};
  if (node.name != "replaceMatches" && node.arguments.size() > 1) return {};  // flags: at run time
  auto regex = Regex::compile(pattern.literal.text(), {}, node.name == "matchesFull");
  if (!regex) return error_at(pattern.position, regex.error().message);
  node.regex = std::make_shared<const Regex>(*std::move(regex));
  return {};
}

// "Quantity", "FHIR.Quantity", "System.Boolean". FHIRPath N1 6.3.
Result<TypeName> Parser::type_name(bool is_forgiving) {
  const bool in_parentheses = at("(");  // "as (Quantity)" is not grammar, but harmless
  if (in_parentheses) TRY(advance());
  auto named = now_;
  if (named.kind != TokenKind::name && named.kind != TokenKind::delimited_name)
    return unexpected("a type's name should stand here");
  TRY(advance());
  std::string_view space;
  if ((named.text == "FHIR" || named.text == "System") && at(".")) {
    space = named.text;
    TRY(advance());
    named = now_;
    TRY(advance());
  }
  if (in_parentheses) TRY(expect(")"));
  auto type = type_named(definitions_, space, named.text);
  // R4's Observation-code-value-date writes value.as(DateTime).
  if (is_forgiving && options_.as_takes_many && type && type->fhir == no_type && space.empty()) {
    std::string lower(named.text);
    lower[0] = static_cast<char>(lower[0] - 'A' + 'a');
    type->fhir = definitions_.type(lower).value_or(no_type);
  }
  if (type) return *type;
  return error_at(named.position, fmt::format("There is no type '{}' in FHIR R4.", named.text));
}

}  // namespace

Result<std::shared_ptr<const Tree>> parse(const Definitions& definitions, std::string_view text,
                                          const Options& options) {
  if (text.size() > Expression::text_bytes_max) {
    return error_at(
        Expression::text_bytes_max,
        fmt::format("The expression is longer than {} bytes.", Expression::text_bytes_max));
  }
  auto tree = std::make_shared<Tree>();
  tree->text = text;
  tree->types = Types::of(definitions);
  tree->as_takes_many = options.as_takes_many;
  tree->top = TRY(Parser(definitions, *tree, options).whole());
  return std::shared_ptr<const Tree>(std::move(tree));
}

}  // namespace tasuki::fhir::path
