// Of the brute-force oracle: random questions, in the words of a request and for the scan at once.
#pragma once

#include "fhir/search/escape.h"
#include "record/oracle/random.h"
#include "record/oracle/scan.h"

namespace tasuki::record::oracle {

class Questions {
 public:
  Questions(Random& random, const World& world) : random_(random), world_(world) {}

  struct Question {
    Tree tree;
    std::string text;  // "name=x", "_filter=..."
  };

  Question about(const std::string& type) {
    if (random_.once_in(5)) {
      Question question;
      std::string filter;
      question.tree = tree(type, 2, filter);
      question.text = "_filter=" + fhir::search::percent_encoded(filter);
      return question;
    }
    std::string name;
    Question question;
    question.tree.leaf = ask(type, 2, name);
    const Ask* last = &question.tree.leaf;
    while (!last->far.empty())
      last = &last->far[0];
    std::string value;
    for (const auto& one : last->values)
      value += (value.empty() ? "" : ",") + one;
    question.text =
        fhir::search::percent_encoded(name) + "=" + fhir::search::percent_encoded(value);
    return question;
  }

 private:
  const Parameter& any_of(const std::string& type, auto&& wanted) {
    std::vector<const Parameter*> fit;
    for (const auto& one : parameters())
      if (one.type == type && wanted(one)) fit.push_back(&one);
    return *random_.of(fit);
  }
  const Json* document(const std::string& type) {
    std::vector<const Json*> fit;
    for (const auto& [key, one] : world_)
      if (key.first == type) fit.push_back(one);
    return fit.empty() ? nullptr : random_.of(fit);
  }

  // name: as it stands before "=".
  Ask ask(const std::string& type, size_t depth, std::string& name) {
    if (depth > 0 && random_.once_in(4))
      return random_.once_in(2) ? chain(type, depth, name) : has(type, depth, name);
    const auto& parameter = any_of(type, [](const Parameter&) { return true; });
    Ask ask;
    ask.parameter = &parameter;
    name += parameter.code;
    if (parameter.kind != Kind::tuple && random_.once_in(9)) {
      ask.modifier = "missing";
      ask.values = {random_.once_in(2) ? "true" : "false"};
    } else {
      value(ask, type);
      if (ask.modifier.empty() && parameter.kind != Kind::tuple && random_.once_in(4)) {
        auto more = ask;
        value(more, type);
        if (more.modifier.empty()) ask.values.push_back(more.values[0]);
      }
    }
    if (!ask.modifier.empty()) name += ":" + ask.modifier;
    return ask;
  }

  static std::string far_of(const Parameter& link) {
    if (!link.more.empty()) return link.more;
    if (link.code == "subject") return "Patient";
    if (link.code == "encounter") return "Encounter";
    return link.code == "performer" ? "" : "Organization";
  }
  static bool leads(const Parameter& one) {
    return one.kind == Kind::reference && !far_of(one).empty();
  }
  Ask chain(const std::string& type, size_t depth, std::string& name) {
    const auto& link = any_of(type, leads);
    Ask ask;
    ask.parameter = &link;
    ask.far_type = far_of(link);
    name += link.code + ":" + ask.far_type + ".";
    ask.far.push_back(this->ask(ask.far_type, depth - 1, name));
    return ask;
  }
  Ask has(const std::string& type, size_t depth, std::string& name) {
    std::vector<const Parameter*> back;
    for (const auto& one : parameters())
      if (leads(one) && far_of(one) == type) back.push_back(&one);
    if (back.empty()) return chain(type, depth, name);
    Ask ask;
    ask.parameter = random_.of(back);
    ask.reverse = true;
    ask.far_type = ask.parameter->type;
    name += "_has:" + ask.far_type + ":" + ask.parameter->code + ":";
    ask.far.push_back(this->ask(ask.far_type, depth - 1, name));
    return ask;
  }

  Tree tree(const std::string& type, size_t depth, std::string& text);
  Ask filtered(const std::string& type, size_t depth, std::string& text);

  // Something like what a document says.
  void value(Ask& ask, const std::string& type);
  std::string coded_value(Ask& ask, const Coded& one);
  std::string text_value(Ask& ask, const std::string& one);
  std::string measured_value(const Measured& one);
  std::string dated_value(std::string one);

  Random& random_;
  const World& world_;
};

}  // namespace tasuki::record::oracle

#include "record/oracle/answers.h"
#include "record/oracle/filters.h"
