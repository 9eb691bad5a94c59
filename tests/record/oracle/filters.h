// Of the brute-force oracle: random trees for _filter.
#pragma once

#include "record/oracle/questions.h"

namespace tasuki::record::oracle {

inline Tree Questions::tree(const std::string& type, size_t depth, std::string& text) {
  Tree tree;
  const auto kind = depth == 0 ? 0 : random_.below(4);
  if (kind == 0) {
    tree.leaf = filtered(type, depth, text);
    return tree;
  }
  tree.op = kind == 1 ? '!' : kind == 2 ? '&' : '|';
  if (kind == 1) text += "not ";
  text += "(";
  tree.parts.push_back(this->tree(type, depth - 1, text));
  if (kind > 1) {
    text += kind == 2 ? " and " : " or ";
    tree.parts.push_back(this->tree(type, depth - 1, text));
  }
  text += ")";
  return tree;
}

// A leaf of _filter: the same values under its operators.
inline Ask Questions::filtered(const std::string& type, size_t depth, std::string& text) {
  if (depth > 0 && random_.once_in(4)) {
    const auto& link = any_of(type, leads);
    Ask ask;
    ask.parameter = &link;
    ask.far_type = far_of(link);
    text += link.code + ":" + ask.far_type + ".";
    ask.far.push_back(filtered(ask.far_type, depth - 1, text));
    return ask;
  }
  const auto& parameter = any_of(type, [](const Parameter&) { return true; });
  static const std::map<Kind, std::vector<std::string>> operators = {
      {Kind::token, {"eq", "ne", "co", "sw", "ew", "pr"}},
      {Kind::text, {"eq", "ne", "co", "sw", "ew", "pr"}},
      {Kind::date, {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "po", "pr"}},
      {Kind::quantity, {"eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"}},
      {Kind::reference, {"eq", "ne", "re", "pr"}},
      {Kind::tuple, {"eq"}}};
  Ask ask;
  ask.parameter = &parameter;
  do {
    ask.modifier.clear();
    value(ask, type);
  } while (!ask.modifier.empty());
  ask.op = random_.of(operators.at(parameter.kind));
  if (ask.op == "pr") ask.values = {random_.once_in(2) ? "true" : "false"};
  const bool ordered = parameter.kind == Kind::date || parameter.kind == Kind::quantity;
  if (ordered && ask.op != "pr") prefix_of(ask.values[0]);
  std::string quoted = "\"";
  for (const char c : ask.values[0])
    quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
  text += parameter.code + " " + ask.op + " " + quoted + "\"";
  if (ordered && ask.op != "pr") ask.values[0] = ask.op + ask.values[0];
  return ask;
}

}  // namespace tasuki::record::oracle
