#include "fhir/path/literal.h"

#include <fmt/core.h>

#include <optional>

#include "base/utf8.h"
#include "fhir/path/moment.h"
#include "fhir/path/quantity.h"

namespace tasuki::fhir::path {
namespace {

std::optional<char32_t> hex4(std::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t code = 0;
  for (const char c : text.substr(0, 4)) {
    const auto digit = std::string_view("0123456789abcdef")
                           .find(c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c);
    if (digit == std::string_view::npos) return std::nullopt;
    code = code * 16 + static_cast<char32_t>(digit);
  }
  return code;
}

// \u0065, or two halves of a pair; how many bytes after \u were read.
size_t append_unicode(std::string_view rest, std::string& out) {
  const auto code = hex4(rest);
  if (!code) return 0;
  if (*code < 0xD800 || *code > 0xDFFF) {
    utf8::append(out, *code);
    return 4;
  }
  const auto low = rest.substr(4).starts_with("\\u") ? hex4(rest.substr(6)) : std::nullopt;
  if (*code >= 0xDC00 || !low || *low < 0xDC00 || *low > 0xDFFF) {
    utf8::append(out, utf8::replacement);
    return 4;
  }
  utf8::append(out, 0x10000 + ((*code - 0xD800) << 10) + (*low - 0xDC00));
  return 10;
}

Result<Node> moment_literal(const Tree& tree, const Token& token) {
  const auto moment = Moment::parse(token.text);
  if (!moment)
    return error_at(token.position,
                    fmt::format("'@{}' is no date or time; 2015-02-04, 2015-02-04T14:34:28+09:00 "
                                "and T14:34 are.",
                                token.text));
  Node node{.op = Op::literal, .position = token.position};
  node.system = moment->is_time    ? System::time
                : moment->has_time ? System::date_time
                                   : System::date;
  node.type = tree.types.of(node.system);
  auto text = token.text;
  if (moment->is_time) text.remove_prefix(1);
  if (text.ends_with('T')) text.remove_suffix(1);
  node.literal = json::Value::borrowed(json::Kind::string, text);
  return node;
}

Result<Node> number_literal(const Tree& tree, const Token& token) {
  Node node{.op = Op::literal, .position = token.position};
  auto text = token.text;
  const bool is_long = text.ends_with('L');
  if (is_long) text.remove_suffix(1);
  const auto value = Decimal::parse(text);
  if (!value)
    return error_at(token.position,
                    fmt::format("A number has at most {} digits.", Decimal::digits_max));
  const bool is_decimal = text.contains('.');
  if (is_long && is_decimal) return error_at(token.position, "A long number (L) has no decimals.");
  node.system = is_long ? System::long_ : is_decimal ? System::decimal : System::integer;
  node.type = tree.types.of(node.system);
  // Zeros in front are no JSON: 007 is 7.
  while (text.size() > 1 && text[0] == '0' && text[1] != '.')
    text.remove_prefix(1);
  node.literal = json::Value::borrowed(json::Kind::number, text);
  return node;
}

}  // namespace

std::string unescaped(std::string_view text) {
  constexpr std::string_view letters = "fnrt", meanings = "\f\n\r\t";
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char letter = text[++i];
    const auto read = letter == 'u' ? append_unicode(text.substr(i + 1), out) : 0;
    i += read;
    if (read > 0) continue;
    const auto place = letters.find(letter);
    out += place == std::string_view::npos ? letter : meanings[place];
  }
  return out;
}

Result<Node> literal(Tree& tree, const Token& token) {
  Node node{.op = Op::literal, .position = token.position};
  switch (token.kind) {
    case TokenKind::name:
      node.literal = json::Value::boolean(token.text == "true");
      node.system = System::boolean;
      break;
    case TokenKind::string:
      node.system = System::string;
      node.literal = token.text.contains('\\')
                         ? json::Value::string(tree.arena, unescaped(token.text))
                         : json::Value::borrowed(json::Kind::string, token.text);
      break;
    case TokenKind::number:
      return number_literal(tree, token);
    default:
      return moment_literal(tree, token);
  }
  node.type = tree.types.of(node.system);
  return node;
}

Result<void> make_quantity(Tree& tree, Node& number, std::string_view unit, Precision calendar) {
  const auto value = Decimal::parse(number.literal.text());
  if (!value) return error_at(number.position, "A quantity has a number.");
  const Quantity quantity{*value, std::string(unit), calendar, false};
  const auto item = quantity_item(quantity, tree.types.quantity, tree.arena);
  number.literal = item.value;
  number.type = item.type;
  number.system = System::quantity;
  return {};
}

std::span<const std::string_view> builtin_variables() {
  static constexpr std::string_view names[] = {"resource", "rootResource", "context",
                                               "ucum",     "sct",          "loinc"};
  return names;
}

void take_builtin(Tree& tree, Node& variable) {
  const auto name = variable.name;
  if (name == "resource") variable.op = Op::resource;
  if (name == "rootResource") variable.op = Op::root_resource;
  if (name == "context") variable.op = Op::context;
  std::string text;
  if (name == "ucum") text = "http://unitsofmeasure.org";
  if (name == "sct") text = "http://snomed.info/sct";
  if (name == "loinc") text = "http://loinc.org";
  if (name.starts_with("vs-"))
    text = fmt::format("http://hl7.org/fhir/ValueSet/{}", name.substr(3));
  if (name.starts_with("ext-"))
    text = fmt::format("http://hl7.org/fhir/StructureDefinition/{}", name.substr(4));
  if (text.empty()) return;
  variable.op = Op::literal;
  variable.literal = json::Value::string(tree.arena, text);
  variable.system = System::string;
  variable.type = tree.types.string;
}

}  // namespace tasuki::fhir::path
