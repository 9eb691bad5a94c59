// The brute-force oracle's scan: does a document meet a condition, a tree of them, a chain?
#pragma once

#include "record/oracle/oracle.h"

namespace tasuki::record::oracle {

struct Scan {
  const World& world;

  bool tuple(const Ask& ask, const std::string& asked, const Json& at) const {
    const auto parts = cut(asked, '$');
    std::vector<const Json*> codes, values;
    walk(at, ask.parameter->parts[0], codes);
    walk(at, ask.parameter->parts[1], values);
    std::vector<Coded> all;
    for (const auto* one : codes)
      coded(*one, {}, all);
    const bool has_code =
        std::ranges::any_of(all, [&](const Coded& one) { return is_coded(parts[0], one); });
    return has_code && std::ranges::any_of(values, [&](const Json* one) {
             const auto value = measured(*one);
             return value && quantity(parts[1], *value);
           });
  }

  // The values under the parameter: how many there are, and whether one meets the condition.
  std::pair<size_t, bool> values(const Ask& ask, const Json& document) const {
    size_t count = 0;
    bool any = false;
    const auto meet = [&](auto&& holds) {
      ++count;
      any = any || std::ranges::any_of(ask.values, holds);
    };
    for (const auto* found : at(document, ask.parameter->paths)) {
      switch (ask.parameter->kind) {
        case Kind::token: {
          std::vector<Coded> all;
          coded(*found, ask.parameter->more, all);
          for (const auto& one : all)
            meet([&](const std::string& asked) { return token(ask, asked, one); });
          break;
        }
        case Kind::text: {
          std::vector<std::string> all;
          texts(*found, all);
          for (const auto& one : all)
            meet([&](const std::string& asked) { return text(ask, asked, one); });
          break;
        }
        case Kind::date:
          if (const auto one = span(*found))
            meet([&](const std::string& asked) { return date(asked, *one); });
          break;
        case Kind::quantity:
          if (const auto one = measured(*found))
            meet([&](const std::string& asked) { return quantity(asked, *one); });
          break;
        case Kind::reference: {
          const auto one = referred(*found);
          const auto& only = ask.parameter->more;
          if (!only.empty() && one.type != only) break;
          meet([&](const std::string& asked) { return reference(ask, asked, one); });
          break;
        }
        case Kind::tuple:
          meet([&](const std::string& asked) { return tuple(ask, asked, *found); });
          break;
        default:
          break;
      }
    }
    return {count, any};
  }

  bool holds(const std::string& type, const std::string& id, const Json& document,
             const Ask& ask) const {
    if (ask.reverse) {
      return std::ranges::any_of(world, [&](const auto& each) {
        return each.first.first == ask.far_type && refers(ask, *each.second, type, id) &&
               holds(ask.far_type, each.first.second, *each.second, ask.far[0]);
      });
    }
    if (!ask.far.empty()) {
      return std::ranges::any_of(world, [&](const auto& each) {
        return each.first.first == ask.far_type &&
               refers(ask, document, ask.far_type, each.first.second) &&
               holds(ask.far_type, each.first.second, *each.second, ask.far[0]);
      });
    }
    const auto [count, any] = values(ask, document);
    if (ask.modifier == "missing" || ask.op == "pr")
      return (count == 0) == (ask.values[0] == (ask.op == "pr" ? "false" : "true"));
    return any != (ask.modifier == "not");
  }

  bool holds(const std::string& type, const std::string& id, const Json& document,
             const Tree& tree) const {
    const auto each = [&](const Tree& part) { return holds(type, id, document, part); };
    if (tree.op == 'l') return holds(type, id, document, tree.leaf);
    if (tree.op == '!') return !each(tree.parts[0]);
    return tree.op == '&' ? std::ranges::all_of(tree.parts, each)
                          : std::ranges::any_of(tree.parts, each);
  }

 private:
  static bool refers(const Ask& ask, const Json& from, const std::string& type,
                     const std::string& id) {
    for (const auto* found : at(from, ask.parameter->paths)) {
      const auto one = referred(*found);
      if (one.type == type && one.id == id) return true;
    }
    return false;
  }
};

}  // namespace tasuki::record::oracle
