// Turns an extracted value back into the request that must find it.
#pragma once

#include <fmt/core.h>

#include <chrono>
#include <cmath>
#include <limits>
#include <string>

#include "fhir/search/escape.h"
#include "fhir/search/value.h"

namespace tasuki::fhir::testing {

struct Ask {
  std::string modifier, value;  // ":text", "http://loinc.org|8480-6"
};

inline std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::string_view(",|$\\").contains(c)) out += '\\';
    out += c;
  }
  return out;
}

inline std::string instant_text(int64_t microseconds) {
  using namespace std::chrono;
  const auto day =
      floor<days>(sys_time<std::chrono::microseconds>(std::chrono::microseconds(microseconds)));
  const year_month_day date(day);
  const int64_t left =
      microseconds - duration_cast<std::chrono::microseconds>(day.time_since_epoch()).count();
  const int64_t seconds = left / 1'000'000;
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), seconds / 3600,
                     seconds / 60 % 60, seconds % 60, left % 1'000'000);
}

inline std::string number_ask(const search::Number& number) {
  if (number.from == number.to) return fmt::format("{}", number.value);
  return std::isfinite(number.from) ? fmt::format("ge{}", number.from)
                                    : fmt::format("le{}", number.to);
}

struct Asker {
  Ask operator()(const search::Token& token) const {
    if (token.code.empty() && token.system.empty()) return {":text", escaped(token.text)};
    return {"", escaped(token.system) + "|" + escaped(token.code)};
  }
  Ask operator()(const search::Text& text) const { return {":exact", escaped(text.written)}; }
  Ask operator()(const search::Moment& moment) const {
    if (moment.from == std::numeric_limits<int64_t>::min())
      return {"", "lt" + instant_text(moment.to)};
    return {"", "ge" + instant_text(moment.from)};
  }
  Ask operator()(const search::Number& number) const { return {"", number_ask(number)}; }
  Ask operator()(const search::Amount& amount) const {
    if (amount.code.empty() && amount.unit.empty()) return {"", number_ask(amount.number)};
    const bool coded = !amount.system.empty() && !amount.code.empty();
    return {"", number_ask(amount.number) + "|" + (coded ? escaped(amount.system) : "") + "|" +
                    escaped(amount.code.empty() ? amount.unit : amount.code)};
  }
  Ask operator()(const search::Link& link) const {
    if (!link.id.empty())
      return {"", link.type + "/" + link.id +
                      (link.version.empty() ? "" : "/_history/" + link.version)};
    if (!link.url.empty())
      return {"", escaped(link.url) + (link.version.empty() ? "" : "|" + escaped(link.version))};
    return {":identifier", escaped(link.identifier_system) + "|" + escaped(link.identifier_value)};
  }
  Ask operator()(const search::Uri& uri) const { return {"", escaped(uri.text)}; }
  Ask operator()(const search::Position& position) const {
    return {"", fmt::format("{}|{}|1|m", position.latitude, position.longitude)};
  }
  Ask operator()(const search::Composite& composite) const {
    std::string value;
    for (const auto& part : composite.parts) {
      if (!value.empty()) value += '$';
      value += std::visit(*this, part.all.front()).value;
    }
    return {"", value};
  }
};

inline Ask ask(const search::Value& value) {
  return std::visit(Asker{}, value);
}

// For tables: what a value says, as short as it is clear.
struct Teller {
  std::string operator()(const search::Token& token) const {
    return token.system + "|" + token.code + (token.text.empty() ? "" : " (" + token.text + ")");
  }
  std::string operator()(const search::Text& text) const { return text.written; }
  std::string operator()(const search::Moment& moment) const {
    const bool open_start = moment.from == std::numeric_limits<int64_t>::min();
    const bool open_end = moment.to == std::numeric_limits<int64_t>::max();
    return (open_start ? "" : instant_text(moment.from)) + ".." +
           (open_end ? "" : instant_text(moment.to));
  }
  std::string operator()(const search::Number& number) const {
    return number.from == number.to ? fmt::format("{}", number.value)
                                    : fmt::format("{}..{}", number.from, number.to);
  }
  std::string operator()(const search::Amount& amount) const {
    return (*this)(amount.number) + "|" + amount.system + "|" + amount.code + " (" + amount.unit +
           ")";
  }
  std::string operator()(const search::Link& link) const {
    return (link.id.empty() ? link.url : link.type + "/" + link.id) +
           (link.version.empty() ? "" : " version " + link.version) +
           (link.identifier_value.empty()
                ? ""
                : " identifier " + link.identifier_system + "|" + link.identifier_value);
  }
  std::string operator()(const search::Uri& uri) const { return uri.text; }
  std::string operator()(const search::Position& position) const {
    return fmt::format("{}, {}", position.latitude, position.longitude);
  }
  std::string operator()(const search::Composite& composite) const {
    std::string all;
    for (const auto& part : composite.parts) {
      all += all.empty() ? "" : " $ ";
      for (const auto& value : part.all)
        all += (&value == &part.all.front() ? "" : ", ") + std::visit(*this, value);
    }
    return all;
  }
};

inline std::string tell(const search::Value& value) {
  return std::visit(Teller{}, value);
}

}  // namespace tasuki::fhir::testing
