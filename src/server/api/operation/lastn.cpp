// Observation/$lastn: of each kind of observation the newest few. FHIR R4
// observation-operation-lastn.html
//
// Two observations are of one kind when they share a coding, or where they have none, the text.
// All of a search's parameters narrow it; a patient must be named, and a category or a code.
#include <unordered_map>

#include "fhir/search/query.h"
#include "json/parse.h"
#include "server/api/bundle.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"

namespace tasuki::server::api {
namespace {

constexpr size_t looked_through_max = 20'000;
constexpr size_t page_size = 1000;
constexpr size_t max_max = 100;  // of each kind

std::vector<std::string> names_of(const json::Value& observation) {
  std::vector<std::string> names;
  const json::Value* code = observation.find("code");
  if (code == nullptr) return names;
  if (const json::Value* codings = code->find("coding"))
    for (const json::Value& coding : codings->items())
      names.push_back(fmt::format("{}|{}", coding.text_of("system"), coding.text_of("code")));
  if (names.empty()) names.emplace_back(code->text_of("text"));
  return names;
}

struct Kind {
  std::vector<record::Resource> newest;
};

class Kinds {
 public:
  explicit Kinds(size_t max) : max_(max) {}

  Result<void> add(record::Resource observation) {
    const json::Document document = TRY(json::parse(observation.body));
    const auto names = names_of(document.root);
    const size_t place = place_of(names);
    for (const std::string& name : names)
      places_.try_emplace(name, place);
    if (kinds_[place].newest.size() < max_) kinds_[place].newest.push_back(std::move(observation));
    return {};
  }
  const std::vector<Kind>& all() const { return kinds_; }

 private:
  size_t place_of(const std::vector<std::string>& names) {
    for (const std::string& name : names)
      if (const auto known = places_.find(name); known != places_.end()) return known->second;
    kinds_.emplace_back();
    return kinds_.size() - 1;
  }

  const size_t max_;
  std::vector<Kind> kinds_;
  std::unordered_map<std::string, size_t> places_;
};

bool names_one_of(const fhir::search::Query& query, std::initializer_list<std::string_view> codes) {
  return std::ranges::any_of(query.criteria, [&](const auto& criterion) {
    return std::ranges::find(codes, criterion.parameter->code) != codes.end();
  });
}

}  // namespace

Reply lastn(Call& call, const Input& input) {
  const size_t max = std::clamp(TRY(input.number("max")).value_or(1), size_t{1}, max_max);
  std::string text = input.rest();
  if (!text.empty()) text += '&';
  auto query = TRY(fhir::search::parse(call.definitions, call.target.type, text + "_sort=-date"));
  if (!names_one_of(query, {"patient", "subject"}))
    return Error{Error::Kind::invalid, "$lastn needs a patient or subject.", "patient"};
  if (!names_one_of(query, {"category", "code"}))
    return Error{Error::Kind::invalid, "$lastn needs a category or a code.", "category"};
  query.count = page_size;

  Kinds kinds(max);
  for (size_t looked_at = 0;; looked_at += page_size) {
    if (looked_at >= looked_through_max)
      return Error{Error::Kind::too_costly,
                   fmt::format("More than {} observations match; narrow it by code or date.",
                               looked_through_max),
                   "url"};
    record::SearchResult page = TRY(call.session.search(query));
    for (record::Resource& match : page.matches)
      TRY(kinds.add(std::move(match)));
    if (page.next.empty()) break;
    query.cursor = page.next;
  }
  BundleText bundle("searchset", call.base);
  size_t total = 0;
  for (const Kind& kind : kinds.all())
    total += kind.newest.size();
  bundle.total(total);
  bundle.link("self", operation_url(call, input, {}));
  for (const Kind& kind : kinds.all())
    for (const record::Resource& observation : kind.newest)
      bundle.found(call.target.type_name, observation, Mode::match);
  return Answer{.done = Answer::Done::ok, .body = bundle.end()};
}

}  // namespace tasuki::server::api
