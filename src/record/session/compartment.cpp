#include "record/compartment.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "fhir/search/value.h"
#include "json/parse.h"
#include "record/consent/roles.h"
#include "record/index/ordered.h"
#include "record/session/cursor.h"
#include "record/session/trace.h"

namespace tasuki::record {
namespace {

constexpr size_t included_at_once_max = 2000;
constexpr size_t traced_max = 200;  // named one by one; the query says the rest

int64_t micros(Instant instant) {
  return instant.time_since_epoch().count();
}

// A page link belongs to this question.
std::string question_of(const fhir::Definitions& definitions, const CompartmentRequest& request) {
  std::string text = fmt::format("{}/", definitions.name(request.of));
  for (const auto& id : request.ids)
    text.append(id).append(",");
  text += "$everything?";
  for (const auto type : request.types)
    text.append(definitions.name(type)).append(",");
  for (const auto& time : {request.since, request.from, request.to})
    text.append("&").append(time ? format_instant(*time) : "");
  return text;
}

// The parameters by which a type belongs to the compartment.
std::vector<const fhir::SearchParameter*> links_of(const fhir::Definitions& definitions,
                                                   fhir::TypeId of, fhir::TypeId type) {
  std::vector<const fhir::SearchParameter*> links;
  if (definitions.name(of) == "Patient") {
    for (const auto code : definitions.patient_links(type))
      if (const auto* parameter = definitions.search_parameter(type, code))
        links.push_back(parameter);
    return links;
  }
  for (const auto code : {"encounter", "context"}) {
    const auto* parameter = definitions.search_parameter(type, code);
    if (parameter != nullptr && parameter->type == fhir::ParameterType::reference &&
        std::ranges::find(parameter->targets, of) != parameter->targets.end())
      links.push_back(parameter);
  }
  return links;
}

// The one search parameter by which R4 says when care was given, for the types that have it.
// docs/decisions/0032
constexpr std::string_view care_date = "http://hl7.org/fhir/SearchParameter/clinical-date";

// Outside the time of care asked for: all the times of care that it tells lie outside.
bool lies_outside(const fhir::Definitions& definitions, fhir::TypeId type,
                  const json::Value& resource, int64_t from, int64_t to) {
  bool tells = false;
  for (const auto& one : fhir::search::extract(definitions, type, resource)) {
    if (one.parameter->url != care_date) continue;
    for (const auto& value : one.values) {
      const auto* moment = std::get_if<fhir::search::Moment>(&value);
      if (moment == nullptr) continue;
      tells = true;
      if (moment->from < to && moment->to > from) return false;
    }
  }
  return tells;
}

void collect_references(const json::Value& value, std::set<std::string, std::less<>>& found) {
  for (const auto& item : value.items())
    collect_references(item, found);
  for (const auto& member : value.members()) {
    if (member.name == "reference" && member.value.is_string())
      found.emplace(member.value.text());
    else
      collect_references(member.value, found);
  }
}

class Gatherer {
 public:
  Gatherer(Session& session, const CompartmentRequest& request)
      : session_(session),
        request_(request),
        inside_(inside(session.door())),
        reader_(inside_.store().read()) {}

  Result<SearchResult> run() {
    const auto access =
        TRY(inside_.access(*reader_, session_.principal(), session_.purpose(), session_.time()));
    access_ = &access;
    const auto question = question_of(inside_.definitions(), request_);
    const auto key = inside_.indexer().key();
    store::Search search = TRY(question_for_store());
    if (!request_.cursor.empty()) search.after = TRY(parse_cursor(key, question, request_.cursor));
    const auto page = TRY(reader_->search(search));
    // The last page brings along what stands outside every compartment, once for all pages.
    std::vector<store::Version> included;
    if (!page.next) {
      const References references = TRY(references_of_all(std::move(search), page.hits));
      included = TRY(referred(references));
    }

    SearchResult result;
    for (const auto& hit : page.hits)
      result.matches.push_back(resource_of(inside_, hit));
    for (const auto& version : included)
      result.included.push_back(resource_of(inside_, version));
    if (page.next) result.next = print_cursor(key, question, *page.next);
    TRY(trace(question, page.hits, included));
    return result;
  }

 private:
  using References = std::set<std::string, std::less<>>;

  Result<store::Search> question_for_store() {
    const auto& definitions = inside_.definitions();
    store::Search search;
    std::vector<store::Node> nodes;
    std::vector<uint64_t> themselves;
    for (const auto type : readable(definitions, session_.principal().role, request_.types)) {
      search.kinds.push_back(inside_.kind_of(type));
      for (const auto* link : links_of(definitions, request_.of, type))
        for (const auto& id : request_.ids)
          nodes.push_back(node_of(store::Node::Op::term,
                                  inside_.indexer()
                                      .field(type, *link)
                                      .term(form::local, definitions.name(request_.of), id)));
    }
    for (const auto& id : request_.ids)
      if (const auto current = TRY(reader_->current({inside_.kind_of(request_.of), id})))
        themselves.push_back(current->record);
    std::ranges::sort(themselves);
    store::Node standing = node_of(store::Node::Op::records);
    standing.records = std::move(themselves);
    nodes.push_back(std::move(standing));
    std::vector<store::Node> all;
    all.push_back(either(std::move(nodes)));
    if (request_.since) {
      store::Node changed = node_of(store::Node::Op::range);
      changed.group = inside_.indexer().updated_group();
      changed.low_from = ordered(micros(*request_.since));
      all.push_back(std::move(changed));
    }
    search.where = both(std::move(all));
    search.admits = access_->predicate();
    search.count_max = request_.count;
    if (request_.from || request_.to) search.verifies = in_time();
    return search;
  }

  store::Verifies in_time() const {
    const int64_t from = request_.from ? micros(*request_.from) : INT64_MIN;
    const int64_t to = request_.to ? micros(*request_.to) : INT64_MAX;
    return [this, from, to](const store::Version& version) {
      const auto document = json::parse(version.body);
      return document && !lies_outside(inside_.definitions(), inside_.type_of(version.key.kind),
                                       document->root, from, to);
    };
  }

  Result<void> collect(const std::vector<store::Version>& hits, References& references) {
    for (const auto& hit : hits)
      collect_references(TRY(json::parse(hit.body)).root, references);
    return {};
  }

  // Of the last page's hits and, where there were pages before it, of theirs: read again, since no
  // page knows the others.
  Result<References> references_of_all(store::Search search,
                                       const std::vector<store::Version>& hits) {
    References references;
    TRY(collect(hits, references));
    if (!search.after) return references;
    const uint64_t last_read = hits.empty() ? 0 : hits.front().record;
    search.after.reset();
    for (;;) {
      const auto page = TRY(reader_->search(search));
      TRY(collect(page.hits, references));
      const bool reached = !page.hits.empty() && page.hits.back().record <= last_read;
      if (!page.next || reached) return references;
      search.after = page.next;
    }
  }

  Result<std::vector<store::Version>> referred(const References& references) {
    const auto& definitions = inside_.definitions();
    std::vector<store::Version> found;
    for (const auto& reference : references) {
      const size_t slash = reference.find('/');
      const auto type = definitions.resource_type(reference.substr(0, slash));
      if (!type || slash == std::string::npos || !comes_along(*type)) continue;
      auto version = TRY(reader_->current({inside_.kind_of(*type), reference.substr(slash + 1)}));
      if (!version || version->deleted || !access_->admits(version->owner, version->subject))
        continue;
      if (found.size() >= included_at_once_max)
        return Error{Error::Kind::too_costly,
                     "The page would bring along too many resources. Ask with a smaller _count.",
                     "_count"};
      found.push_back(*std::move(version));
    }
    return found;
  }

  bool comes_along(fhir::TypeId type) const {
    const auto& definitions = inside_.definitions();
    const auto name = definitions.name(type);
    if (!may(session_.principal().role, Action::read, name)) return false;
    if (!request_.types.empty() && std::ranges::find(request_.types, type) == request_.types.end())
      return false;
    if (name == "Patient") return definitions.name(request_.of) == "Encounter";
    return definitions.patient_links(type).empty() || name == "Practitioner" || name == "Device";
  }

  Result<void> trace(const std::string& question, const std::vector<store::Version>& hits,
                     const std::vector<store::Version>& included) {
    AuditEntry entry;
    entry.interaction = "operation";
    entry.action = 'E';
    entry.time = session_.time();
    entry.query = question;
    entry.count = hits.size() + included.size();
    if (inside_.definitions().name(request_.of) == "Patient")
      for (const auto& id : request_.ids)
        entry.patients.push_back("Patient/" + id);
    for (const auto* versions : {&hits, &included})
      for (const auto& version : *versions)
        if (entry.what.size() < traced_max) entry.what.push_back(reference_of(inside_, version));
    return leave_trace(inside_, session_, entry);
  }

  Session& session_;
  const CompartmentRequest& request_;
  Inside& inside_;
  std::unique_ptr<store::Reader> reader_;
  const Access* access_ = nullptr;
};

}  // namespace

Result<SearchResult> compartment(Session& session, const CompartmentRequest& request) {
  return Gatherer(session, request).run();
}

}  // namespace tasuki::record
