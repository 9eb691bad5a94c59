// Of the brute-force oracle: values for questions, taken from documents and changed a little.
#pragma once

#include "record/oracle/questions.h"

namespace tasuki::record::oracle {

inline bool is_plain(std::string_view text) {
  return !text.empty() && text.find_first_of("|,$\\ ") == text.npos;
}

inline std::string Questions::coded_value(Ask& ask, const Coded& one) {
  if (!is_plain(one.code)) return "zz";
  const bool has_type = !one.types.empty() && ask.parameter->code == "identifier";
  switch (random_.below(8)) {
    case 0:
      return one.system + "|" + one.code;
    case 1:
      return one.system.empty() ? one.code : one.system + "|";
    case 2:
      return "|" + one.code;
    case 3:
      ask.modifier = "not";
      return one.code;
    case 4:
      if (has_type) {
        ask.modifier = "of-type";
        return one.types[0].first + "|" + one.types[0].second + "|" + one.code;
      }
      return one.code;
    case 5:
      return "B";
    default:
      return one.code;
  }
}

inline std::string Questions::text_value(Ask& ask, const std::string& one) {
  static const char* const modifiers[] = {"", "", "exact", "contains"};
  ask.modifier = random_.of(modifiers);
  if (random_.once_in(3)) return "みな";
  if (!is_plain(one)) return "ミナト";
  std::string part = one;
  for (size_t keep = 1 + random_.below(4); ask.modifier != "exact" && keep > 0; --keep)
    if (part.size() > 6) {  // whole characters from the end
      do
        part.pop_back();
      while (!part.empty() && (static_cast<unsigned char>(part.back()) & 0xC0U) == 0x80U);
      if (static_cast<unsigned char>(part.back()) >= 0xC0U) part.pop_back();
    }
  return alike(part).empty() ? "a" : part;
}

inline std::string Questions::dated_value(std::string one) {
  static const char* const prefixes[] = {"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb"};
  static const size_t lengths[] = {4, 7, 10, 40};
  if (one.empty()) one = "2020-06-15";
  return random_.of(prefixes) + one.substr(0, random_.of(lengths));
}

inline std::string Questions::measured_value(const Measured& one) {
  static const char* const prefixes[] = {"", "eq", "ne", "gt", "lt", "ge", "le", "sa", "eb", "ap"};
  static const char* const numbers[] = {"5.4", "0.0054", "5", "5400", "120", "5.40", "0.12", "-3"};
  static const char* const units[] = {"ug", "mg", "g", "mm[Hg]"};
  const std::string number = std::string(random_.of(prefixes)) + random_.of(numbers);
  switch (random_.below(4)) {
    case 0:
      return number + "|http://unitsofmeasure.org|" + random_.of(units);
    case 1:
      return number + "|http://unitsofmeasure.org|" + (one.code.empty() ? "mg" : one.code);
    case 2:
      return number + "||" + random_.of(units);
    default:
      return number;
  }
}

inline void Questions::value(Ask& ask, const std::string& type) {
  const auto& parameter = *ask.parameter;
  const auto* from = document(type);
  const auto found = from ? at(*from, parameter.paths) : std::vector<const Json*>();
  const auto* one = found.empty() ? nullptr : random_.of(found);
  std::string value;
  switch (parameter.kind) {
    case Kind::token: {
      std::vector<Coded> all;
      if (one) coded(*one, parameter.more, all);
      if (!all.empty() && !all[0].text.empty() && is_plain(all[0].text) && random_.once_in(4)) {
        ask.modifier = "text";
        value = all[0].text;
      } else {
        value = coded_value(ask, all.empty() ? Coded{"", "a", "", {}} : random_.of(all));
      }
      break;
    }
    case Kind::text: {
      std::vector<std::string> all;
      if (one) texts(*one, all);
      value = text_value(ask, all.empty() ? "Minato" : random_.of(all));
      break;
    }
    case Kind::date:
      value = dated_value(std::string(!one               ? std::string_view()
                                      : one->is_string() ? one->text()
                                                         : one->text_of("start")));
      break;
    case Kind::quantity:
      value = measured_value(one ? measured(*one).value_or(Measured{}) : Measured{});
      break;
    case Kind::reference: {
      const auto link = one ? referred(*one) : Referred{};
      value = link.id.empty() ? "Patient/rp1" : link.type + "/" + link.id;
      if (!parameter.more.empty() && !value.starts_with(parameter.more)) value = "Patient/rp1";
      if (random_.once_in(4)) value = value.substr(value.find('/') + 1);
      break;
    }
    case Kind::tuple: {
      Ask number;
      value = std::string(random_.once_in(3) ? "http://c0|a" : "a") + "$" + measured_value({});
      break;
    }
    default:
      break;
  }
  ask.values = {value};
}

}  // namespace tasuki::record::oracle
