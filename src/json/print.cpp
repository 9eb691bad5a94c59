#include "json/print.h"

#include "base/scan.h"

namespace tasuki::json {
namespace {

void escape(char c, std::string& out) {
  constexpr std::string_view hex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += hex[static_cast<unsigned char>(c) >> 4];
  out += hex[static_cast<unsigned char>(c) & 15];
}

bool needs_escape(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
}

// The first byte from `at` on that cannot stand as it is, or the end.
size_t clean_until(std::string_view text, size_t at) {
  at = eight::skip(text, at, [](uint64_t bytes) {
    return eight::less(bytes, 0x20) | eight::equal(bytes, '"') | eight::equal(bytes, '\\');
  });
  while (at < text.size() && !needs_escape(text[at]))
    ++at;
  return at;
}

// indent < 0: everything on one line.
void print_at(const Value& value, std::string& out, int indent);

void new_line(std::string& out, int indent) {
  if (indent < 0) return;
  out += '\n';
  out.append(static_cast<size_t>(indent) * 2, ' ');
}

void print_array(const Value& value, std::string& out, int indent) {
  const int inner = indent < 0 ? indent : indent + 1;
  out += '[';
  bool first = true;
  for (const Value& item : value.items()) {
    if (!first) out += ',';
    first = false;
    new_line(out, inner);
    print_at(item, out, inner);
  }
  if (!first) new_line(out, indent);
  out += ']';
}

void print_object(const Value& value, std::string& out, int indent) {
  const int inner = indent < 0 ? indent : indent + 1;
  out += '{';
  bool first = true;
  for (const Member& member : value.members()) {
    if (!first) out += ',';
    first = false;
    new_line(out, inner);
    print_string(member.name, out);
    out += indent < 0 ? ":" : ": ";
    print_at(member.value, out, inner);
  }
  if (!first) new_line(out, indent);
  out += '}';
}

void print_at(const Value& value, std::string& out, int indent) {
  switch (value.kind()) {
    case Kind::null:
      out += "null";
      return;
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      return;
    case Kind::number:
      out += value.text();
      return;
    case Kind::string:
      print_string(value.text(), out);
      return;
    case Kind::array:
      print_array(value, out, indent);
      return;
    case Kind::object:
      print_object(value, out, indent);
      return;
  }
}

}  // namespace

void print_string(std::string_view text, std::string& out) {
  out += '"';
  for (size_t at = 0; at < text.size();) {
    const size_t end = clean_until(text, at);
    out.append(text, at, end - at);
    if (end < text.size()) escape(text[end], out);
    at = end + 1;
  }
  out += '"';
}

void print(const Value& value, std::string& out) {
  print_at(value, out, -1);
}

std::string print(const Value& value) {
  std::string out;
  print(value, out);
  return out;
}

std::string print_indented(const Value& value) {
  std::string out;
  print_at(value, out, 0);
  out += '\n';
  return out;
}

}  // namespace tasuki::json
