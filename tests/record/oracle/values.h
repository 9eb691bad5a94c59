// Of the brute-force oracle: what stands at a path of a document, told by its JSON shape alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.h"
#include "record/oracle/decimal.h"

namespace tasuki::record::oracle {

using Json = json::Value;
enum class Kind { token, text, date, number, quantity, reference, uri, tuple };

struct Coded {
  std::string system, code, text;
  std::vector<std::pair<std::string, std::string>> types;
};
struct Measured {
  Range number;
  std::string system, code, unit;
};
struct Referred {
  std::string type, id, system, value;  // and its identifier
};

// "name.given": every value, through every array.
inline void walk(const Json& at, std::string_view path, std::vector<const Json*>& out) {
  for (const auto& item : at.items())
    walk(item, path, out);
  if (at.is_array()) return;
  if (path.empty()) return out.push_back(&at);
  const auto dot = path.find('.');
  const auto* next = at.find(path.substr(0, dot));
  if (next) walk(*next, dot == path.npos ? std::string_view() : path.substr(dot + 1), out);
}

inline std::vector<const Json*> at(const Json& root, const std::vector<std::string>& paths) {
  std::vector<const Json*> out;
  for (const auto& path : paths)
    walk(root, path, out);
  return out;
}

// system: of a code element, by its binding.
inline void coded(const Json& v, std::string_view system, std::vector<Coded>& out) {
  const auto text = [](const Json& o, const char* n) { return std::string(o.text_of(n)); };
  if (v.is_string()) return out.push_back({std::string(system), std::string(v.text()), {}, {}});
  if (v.is_boolean()) return out.push_back({{}, v.boolean() ? "true" : "false", {}, {}});
  if (const auto* codings = v.find("coding"); codings || v.find("text")) {
    const auto whole = text(v, "text");
    for (const auto& one : codings ? codings->items() : std::span<const Json>())
      if (one.find("code") || one.find("display"))
        out.push_back({text(one, "system"),
                       text(one, "code"),
                       one.find("display") ? text(one, "display") : whole,
                       {}});
    if (!whole.empty()) out.push_back({{}, {}, whole, {}});
  } else if (v.find("value")) {
    const auto* type = v.find("type");  // an Identifier; a ContactPoint's system is no system
    const auto where = text(v, "system");
    Coded one{where == "phone" || where == "email" ? "" : where,
              text(v, "value"),
              type ? text(*type, "text") : "",
              {}};
    if (const auto* codings = type ? type->find("coding") : nullptr)
      for (const auto& each : codings->items())
        one.types.emplace_back(text(each, "system"), text(each, "code"));
    out.push_back(one);
  } else if (v.find("code") || v.find("display")) {
    out.push_back({text(v, "system"), text(v, "code"), text(v, "display"), {}});
  }
}

inline void texts(const Json& v, std::vector<std::string>& out) {
  if (v.is_string()) {
    out.emplace_back(v.text());
    return;
  }
  std::string joined;
  const auto join = [&](std::initializer_list<const char*> parts) {
    for (const auto* part : parts) {
      std::vector<const Json*> found;
      walk(v, part, found);
      for (const auto* one : found)
        joined += std::string(joined.empty() ? "" : " ") + std::string(one->text());
    }
  };
  std::vector<const Json*> parts;
  for (const auto* part : {"family", "given", "prefix", "suffix", "text", "line", "city",
                           "district", "state", "postalCode", "country"})
    walk(v, part, parts);
  for (const auto* part : parts)
    out.emplace_back(part->text());
  const bool is_name = v.find("family") || v.find("given");
  if (is_name) join({"family", "given"});
  if (!is_name && !v.find("text")) join({"state", "city", "line"});
  if (!joined.empty()) out.push_back(joined);
}

inline std::optional<Span> span(const Json& v) {
  if (v.is_string()) return moment(v.text());
  const auto start = moment(v.text_of("start")), end = moment(v.text_of("end"));
  if (!start && !end) return std::nullopt;
  Span whole;
  if (start) whole.from = start->from;
  if (end) whole.to = end->to;
  return whole;
}

inline std::optional<Measured> measured(const Json& v) {
  const auto* number = v.find("value");
  const auto range = number ? decimal(number->text()) : std::nullopt;
  if (!range) return std::nullopt;
  return Measured{*range, std::string(v.text_of("system")), std::string(v.text_of("code")),
                  std::string(v.text_of("unit"))};
}

inline Referred referred(const Json& v) {
  Referred one;
  const auto text = v.text_of("reference");
  const auto slash = text.find('/');
  if (slash != text.npos && !text.contains(':') && !text.starts_with('#')) {
    one.type = text.substr(0, slash);
    one.id = text.substr(slash + 1);
  }
  if (const auto* identifier = v.find("identifier")) {
    one.system = identifier->text_of("system");
    one.value = identifier->text_of("value");
  }
  return one;
}

}  // namespace tasuki::record::oracle
