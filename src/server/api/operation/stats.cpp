// Observation/$stats: statistics over one person's measurements. FHIR R4
// observation-operation-stats.html
#include <charconv>

#include "base/utf8.h"
#include "fhir/search/moment.h"
#include "fhir/search/query.h"
#include "json/parse.h"
#include "json/print.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/statistics.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

constexpr size_t measured_max = 20'000;
constexpr size_t values_at_once = 1000;
constexpr size_t codes_max = 20;
constexpr std::string_view statistics_system =
    "http://terminology.hl7.org/CodeSystem/observation-statistics";

struct Question {
  std::string subject;
  std::vector<std::string> codes;  // "system|code"
  std::vector<const Statistic*> statistics;
  std::string dates;     // "&date=ge...&date=le..."
  std::string from, to;  // as they are told in the answer
  bool include = false;
  size_t limit = measured_max;
};

struct Measured {
  std::vector<double> values;  // oldest first
  std::vector<std::string> bodies;
  size_t total = 0;
  const json::Value* code = nullptr;      // of one of them
  const json::Value* quantity = nullptr;  // unit, system, code
  std::vector<json::Document> kept;       // what the two point into
};

Result<std::vector<const Statistic*>> statistics_of(const Input& input) {
  std::vector<const Statistic*> found;
  std::vector<std::string_view> known;
  for (const Statistic& statistic : statistics())
    known.push_back(statistic.code);
  for (const std::string& code : input.texts("statistic")) {
    const auto at = std::ranges::find(statistics(), code, &Statistic::code);
    if (at == statistics().end())
      return Error{Error::Kind::invalid,
                   fmt::format("There is no statistic \"{}\"; the nearest is \"{}\".",
                               utf8::head(code, 64), fhir::nearest(code, known)),
                   "statistic"};
    found.push_back(&*at);
  }
  return found;
}

// code with system, or coding; either may repeat.
Result<std::vector<std::string>> codes_of(const Input& input) {
  std::vector<std::string> codes;
  const std::string system = input.text("system").value_or("");
  for (const std::string& code : input.texts("code"))
    codes.push_back(system.empty() ? code : system + "|" + code);
  for (const Given& given : input.all()) {
    if (given.name != "coding") continue;
    codes.push_back(
        given.value != nullptr && given.value->is_object()
            ? fmt::format("{}|{}", given.value->text_of("system"), given.value->text_of("code"))
            : given.text);
  }
  if (codes.empty())
    return Error{Error::Kind::invalid, "$stats needs a code (with system) or a coding.", "code"};
  if (codes.size() > codes_max)
    return Error{Error::Kind::too_costly, fmt::format("At most {} codes at once.", codes_max),
                 "code"};
  return codes;
}

// duration: the last so many hours. period: start and end, as Period or "start,end".
Result<void> read_time(const Call& call, const Input& input, Question& question) {
  if (const auto hours_text = input.text("duration")) {
    double hours = 0;
    const auto [end, failure] =
        std::from_chars(hours_text->data(), hours_text->data() + hours_text->size(), hours);
    if (failure != std::errc() || end != hours_text->data() + hours_text->size() || !(hours > 0) ||
        hours > 24.0 * 366 * 200)
      return Error{Error::Kind::invalid, "duration is a number of hours.", "duration"};
    question.from = format_instant(call.session.time() -
                                   std::chrono::microseconds(static_cast<int64_t>(hours * 3.6e9)));
    question.to = format_instant(call.session.time());
  } else if (const Given* period = input.find("period")) {
    if (period->value != nullptr && period->value->is_object()) {
      question.from = period->value->text_of("start");
      question.to = period->value->text_of("end");
    } else {
      const size_t comma = period->text.find(',');
      question.from = period->text.substr(0, comma);
      if (comma != std::string::npos) question.to = period->text.substr(comma + 1);
    }
  }
  if (!question.from.empty()) question.dates += "&date=ge" + percent_encoded(question.from);
  if (!question.to.empty()) question.dates += "&date=le" + percent_encoded(question.to);
  return {};
}

std::optional<double> value_of(const json::Value& observation) {
  const json::Value* quantity = observation.find("valueQuantity");
  const json::Value* value = quantity == nullptr ? nullptr : quantity->find("value");
  if (value == nullptr || !value->is_number() || quantity->find("comparator") != nullptr)
    return std::nullopt;
  double number = 0;
  const auto text = value->text();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::string unit_of(const json::Value& quantity) {
  const auto code = quantity.text_of("code");
  return std::string(code.empty() ? quantity.text_of("unit") : code);
}

class Statistician {
 public:
  Statistician(Call& call, const Question& question) : call_(call), question_(question) {}

  // One Observation with the statistics of a code as its components.
  Result<void> add(const std::string& code, std::string& out) {
    Measured measured = TRY(measure(code));
    out +=
        R"({"name":"statistics","resource":{"resourceType":"Observation","status":"final","code":)";
    if (measured.code != nullptr) {
      json::print(*measured.code, out);
    } else {
      const size_t bar = code.find('|');
      out += R"({"coding":[{)";
      if (bar != std::string::npos && bar > 0) {
        out += R"("system":)";
        json::print_string(code.substr(0, bar), out);
        out += ',';
      }
      out += R"("code":)";
      json::print_string(code.substr(bar == std::string::npos ? 0 : bar + 1), out);
      out += "}]}";
    }
    out += R"(,"subject":{"reference":)";
    json::print_string(question_.subject, out);
    out += '}';
    append_period(out);
    append_components(measured, out);
    out += "}}";
    for (const std::string& body : measured.bodies)
      out += R"(,{"name":"source","resource":)" + body + '}';
    return {};
  }

 private:
  Result<Measured> measure(const std::string& code) {
    Measured measured;
    auto query = TRY(fhir::search::parse(
        call_.definitions, call_.target.type,
        fmt::format("subject={}&code={}&_sort=date{}", percent_encoded(question_.subject),
                    percent_encoded(code), question_.dates)));
    query.count = values_at_once;
    for (;;) {
      record::SearchResult page = TRY(call_.session.search(query));
      for (record::Resource& match : page.matches)
        TRY(take(measured, std::move(match)));
      if (page.next.empty()) return measured;
      query.cursor = page.next;
    }
  }

  Result<void> take(Measured& measured, record::Resource match) {
    if (++measured.total > measured_max)
      return Error{
          Error::Kind::too_costly,
          fmt::format("More than {} observations match; narrow it by period.", measured_max),
          "period"};
    json::Document document = TRY(json::parse(match.body));
    const auto status = document.root.text_of("status");
    if (status == "entered-in-error" || status == "cancelled") return {};
    const auto value = value_of(document.root);
    if (value) {
      const json::Value& quantity = *document.root.find("valueQuantity");
      if (measured.quantity != nullptr && unit_of(*measured.quantity) != unit_of(quantity))
        return Error{Error::Kind::unsupported,
                     fmt::format("The values are in different units, {} and {}: no statistic over "
                                 "both is right. Narrow it by period.",
                                 unit_of(*measured.quantity), unit_of(quantity)),
                     "code"};
      measured.values.push_back(*value);
      if (measured.quantity == nullptr) {
        measured.kept.push_back(std::move(document));
        measured.quantity = measured.kept.back().root.find("valueQuantity");
        measured.code = measured.kept.back().root.find("code");
      }
    }
    if (question_.include && measured.bodies.size() < question_.limit)
      measured.bodies.push_back(std::move(match.body));
    return {};
  }

  void append_period(std::string& out) const {
    if (question_.from.empty() && question_.to.empty()) return;
    out += R"(,"effectivePeriod":{)";
    std::string_view separator;
    for (const auto& [name, text] : {std::pair("start", &question_.from), {"end", &question_.to}}) {
      if (text->empty()) continue;
      out += fmt::format(R"({}"{}":)", separator, name);
      json::print_string(*text, out);
      separator = ",";
    }
    out += '}';
  }

  void append_components(const Measured& measured, std::string& out) const {
    std::vector<double> sorted = measured.values;
    std::ranges::sort(sorted);
    std::string_view separator = R"(,"component":[)";
    for (const Statistic* statistic : question_.statistics) {
      const bool of_all = statistic->of == nullptr;
      if (sorted.empty() && !of_all && statistic->code != "count") continue;
      const double number =
          of_all ? static_cast<double>(measured.total) : statistic->of(measured.values, sorted);
      out += fmt::format(
          R"({}{{"code":{{"coding":[{{"system":"{}","code":"{}","display":"{}"}}]}},"valueQuantity":{{"value":{:.10g})",
          separator, statistics_system, statistic->code, statistic->display, number);
      if (!statistic->is_count && measured.quantity != nullptr) {
        for (const std::string_view name : {"unit", "system", "code"}) {
          const auto text = measured.quantity->text_of(name);
          if (text.empty()) continue;
          out += fmt::format(R"(,"{}":)", name);
          json::print_string(text, out);
        }
      }
      out += "}}";
      separator = ",";
    }
    if (separator == ",") out += ']';
  }

  Call& call_;
  const Question& question_;
};

}  // namespace

Reply stats(Call& call, const Input& input) {
  Question question;
  question.subject = input.text("subject").value_or("");
  if (!question.subject.contains('/')) question.subject = "Patient/" + question.subject;
  question.codes = TRY(codes_of(input));
  question.statistics = TRY(statistics_of(input));
  TRY(read_time(call, input, question));
  question.include = TRY(input.truth("include", false));
  question.limit = TRY(input.number("limit")).value_or(call.settings.count_max);
  std::string text = R"({"resourceType":"Parameters","parameter":[)";
  Statistician statistician(call, question);
  for (const std::string& code : question.codes) {
    if (text.back() != '[') text += ',';
    TRY(statistician.add(code, text));
  }
  return Answer{.done = Answer::Done::ok, .body = text + "]}"};
}

}  // namespace tasuki::server::api
