// $export: everything, all patients' or a group's records, as NDJSON. HL7 Bulk Data Access IG 2.0
// (export.html), FHIR R4 async.html
//
// Runs only as a job. Accepting it fixes the point of the version log and checks every parameter;
// running it finds which types hold something. The lines themselves are made when a file is
// fetched, see record/export.h.
#include "server/api/operation/export.h"

#include <charconv>

#include "json/parse.h"
#include "json/print.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"
#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

using record::ExportPart;
using record::ExportRequest;
using Level = ExportRequest::Level;

constexpr size_t filters_max = 50;
constexpr std::string_view ndjson_names[] = {"application/fhir+ndjson", "application/ndjson",
                                             "ndjson"};

// What is laid down when the export is accepted: the parameters as texts, checked, and the point.
struct Plan {
  Level level = Level::system;
  std::string group, since, until, elements, request;
  std::vector<std::string> types, filters, patients;
  uint64_t at = 0;
  Instant time;
};

void append_list(std::string& out, std::string_view name, const std::vector<std::string>& texts) {
  out += fmt::format(",\"{}\":[", name);
  for (const std::string& text : texts) {
    if (out.back() != '[') out += ',';
    json::print_string(text, out);
  }
  out += ']';
}
void append_text(std::string& out, std::string_view name, std::string_view text) {
  out += fmt::format(",\"{}\":", name);
  json::print_string(text, out);
}

std::string print(const Plan& plan) {
  std::string out = fmt::format("{{\"level\":{},\"at\":{}", static_cast<int>(plan.level), plan.at);
  append_text(out, "group", plan.group);
  append_text(out, "since", plan.since);
  append_text(out, "until", plan.until);
  append_text(out, "elements", plan.elements);
  append_text(out, "request", plan.request);
  append_text(out, "time", format_instant(plan.time));
  append_list(out, "types", plan.types);
  append_list(out, "filters", plan.filters);
  append_list(out, "patients", plan.patients);
  return out + "}";
}

std::vector<std::string> list_of(const json::Value& root, std::string_view name) {
  std::vector<std::string> texts;
  if (const json::Value* list = root.find(name))
    for (const json::Value& item : list->items())
      texts.emplace_back(item.text());
  return texts;
}

uint64_t number_of(const json::Value* value) {
  uint64_t number = 0;
  if (value != nullptr)
    std::from_chars(value->text().data(), value->text().data() + value->text().size(), number);
  return number;
}

Result<Plan> parse_plan(std::string_view text) {
  const json::Document document = TRY(json::parse(text));
  const json::Value& root = document.root;
  Plan plan;
  plan.level = static_cast<Level>(number_of(root.find("level")));
  plan.at = number_of(root.find("at"));
  plan.group = root.text_of("group");
  plan.since = root.text_of("since");
  plan.until = root.text_of("until");
  plan.elements = root.text_of("elements");
  plan.request = root.text_of("request");
  plan.time = parse_instant(root.text_of("time")).value_or(Instant());
  plan.types = list_of(root, "types");
  plan.filters = list_of(root, "filters");
  plan.patients = list_of(root, "patients");
  return plan;
}

// "Observation?status=final". Only what can be asked of one resource alone.
Result<fhir::search::Query> filter_of(const fhir::Definitions& definitions,
                                      const std::string& text) {
  const size_t mark = text.find('?');
  const auto types = TRY(types_of(definitions, {text.substr(0, mark)}));
  auto query = TRY(fhir::search::parse(
      definitions, types.front(),
      mark == std::string::npos ? std::string_view() : std::string_view(text).substr(mark + 1)));
  const bool plain = query.includes.empty() && query.sort.empty() && !query.count &&
                     std::ranges::all_of(query.criteria, [](const auto& criterion) {
                       return criterion.chain.empty() && !criterion.reverse;
                     });
  if (!plain)
    return Error{Error::Kind::unsupported,
                 "_typeFilter takes criteria on the resource itself: no chains, _has, _include, "
                 "_sort or _count.",
                 "_typeFilter"};
  return query;
}

Result<ExportRequest> request_of(const fhir::Definitions& definitions, const Plan& plan) {
  ExportRequest request;
  request.level = plan.level;
  request.group = plan.group;
  request.at = plan.at;
  request.types = TRY(types_of(definitions, plan.types));
  if (!plan.since.empty()) request.since = parse_instant(plan.since);
  if (!plan.until.empty()) request.until = parse_instant(plan.until);
  for (const std::string& filter : plan.filters)
    request.filters.push_back(TRY(filter_of(definitions, filter)));
  for (std::string_view left = plan.elements; !left.empty();) {
    const size_t comma = left.find(',');
    request.elements.emplace_back(left.substr(0, comma));
    left = comma == std::string_view::npos ? std::string_view() : left.substr(comma + 1);
  }
  request.patients = plan.patients;
  return request;
}

Result<void> check_format(const Input& input) {
  const auto format = input.text("_outputFormat");
  if (!format) return {};
  std::string name = *format;
  std::ranges::replace(name, ' ', '+');
  if (std::ranges::find(ndjson_names, name) != std::end(ndjson_names)) return {};
  return Error{Error::Kind::unsupported, "_outputFormat must be application/fhir+ndjson.",
               "_outputFormat"};
}

Result<std::vector<std::string>> patients_of(const Call& call, const Input& input) {
  std::vector<std::string> ids;
  for (const Given& given : input.all()) {
    if (given.name != "patient") continue;
    std::string_view reference = given.value != nullptr && given.value->is_object()
                                     ? given.value->text_of("reference")
                                     : std::string_view(given.text);
    if (reference.starts_with("Patient/")) reference.remove_prefix(8);
    if (!is_id(reference))
      return Error{Error::Kind::invalid, "patient must be a reference such as Patient/1.",
                   "patient"};
    ids.emplace_back(reference);
  }
  if (!ids.empty() && call.target.shape == Shape::system_operation)
    return Error{Error::Kind::invalid,
                 "patient is a parameter of Patient/$export and of a Group's.", "patient"};
  return ids;
}

Reply accept(Call& call, const Input& input) {
  TRY(check_format(input));
  if (!input.texts("includeAssociatedData").empty())
    return Error{Error::Kind::unsupported,
                 "includeAssociatedData is not served: Provenance and others are exported by "
                 "_type.",
                 "includeAssociatedData"};
  Plan plan;
  plan.level = call.target.shape == Shape::system_operation ? Level::system
               : call.target.shape == Shape::type_operation ? Level::patients
                                                            : Level::group;
  plan.group = call.target.id;
  if (plan.level == Level::group)
    TRY(call.session.read(call.target.type, call.target.id));  // hidden or absent: said at once
  if (const auto since = TRY(input.instant("_since"))) plan.since = format_instant(*since);
  if (const auto until = TRY(input.instant("_until"))) plan.until = format_instant(*until);
  plan.types = input.texts("_type");
  for (const Given& given : input.all())
    if (given.name == "_typeFilter") plan.filters.push_back(given.text);
  if (plan.filters.size() > filters_max)
    return Error{Error::Kind::too_costly, fmt::format("At most {} filters are taken.", filters_max),
                 "_typeFilter"};
  for (const std::string& element : input.texts("_elements"))
    plan.elements += (plan.elements.empty() ? "" : ",") + element;
  plan.patients = TRY(patients_of(call, input));
  plan.request = operation_url(call, input, {});
  plan.at = TRY(record::export_point(call.session));
  plan.time = now();
  TRY(request_of(call.definitions, plan));
  TRY(call.job->set_plan(print(plan)));
  return Answer{.done = Answer::Done::ok};
}

// "Observation-0-48211": what a file's name says is all that is needed to make it.
std::string file_name(const fhir::Definitions& definitions, const ExportPart& part) {
  return fmt::format("{}{}-{}-{}.ndjson", definitions.name(part.type),
                     part.deleted ? "-deleted" : "", part.after, part.up_to);
}

Result<ExportPart> part_of(const fhir::Definitions& definitions, std::string_view name) {
  const Error none{Error::Kind::not_found, "The export has no such file.", "url"};
  ExportPart part;
  const size_t dash = name.find('-');
  const auto type = definitions.resource_type(name.substr(0, dash));
  if (!type || dash == std::string_view::npos || !name.ends_with(".ndjson")) return none;
  part.type = *type;
  name.remove_prefix(dash + 1);
  part.deleted = name.starts_with("deleted-");
  if (part.deleted) name.remove_prefix(8);
  const char* const end = name.data() + name.size();
  const auto first = std::from_chars(name.data(), end, part.after);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return none;
  const auto second = std::from_chars(first.ptr + 1, end, part.up_to);
  if (second.ec != std::errc() || std::string_view(second.ptr, end) != ".ndjson") return none;
  return part;
}

void append_files(const Call& call, const std::vector<ExportPart>& parts, bool deleted,
                  std::string& out) {
  out += '[';
  for (const ExportPart& part : parts) {
    if (part.deleted != deleted) continue;
    if (out.back() != '[') out += ',';
    out += fmt::format(R"({{"type":"{}","url":"{}/_jobs/{}/{}"}})",
                       deleted ? "Bundle" : call.definitions.name(part.type), call.base,
                       call.job->id(), file_name(call.definitions, part));
  }
  out += ']';
}

class Lines final : public net::BodySource {
 public:
  explicit Lines(std::unique_ptr<record::ExportReader> reader) : reader_(std::move(reader)) {}
  Result<std::string> next() override { return reader_->next(); }

 private:
  std::unique_ptr<record::ExportReader> reader_;
};

}  // namespace

Reply export_all(Call& call, const Input& input) {
  if (call.job == nullptr)
    return Error{Error::Kind::invalid, "$export runs only with \"Prefer: respond-async\".",
                 "Prefer"};
  if (call.job->accepting()) return accept(call, input);
  const Plan plan = TRY(parse_plan(call.job->plan()));
  const ExportRequest request = TRY(request_of(call.definitions, plan));
  const auto types = record::export_types(call.session, request);
  std::vector<ExportPart> parts;
  for (size_t i = 0; i < types.size(); ++i) {
    if (call.job->stopped()) return Error{Error::Kind::unavailable, "The export was stopped.", {}};
    call.job->progress(fmt::format("{} of {} types looked at", i, types.size()));
    for (const ExportPart& part : TRY(record::export_parts(call.session, request, types[i])))
      parts.push_back(part);
  }
  std::string out =
      fmt::format(R"({{"transactionTime":"{}","request":)", format_instant(plan.time));
  json::print_string(plan.request, out);
  out += R"(,"requiresAccessToken":true,"output":)";
  append_files(call, parts, false, out);
  if (request.since) {
    out += R"(,"deleted":)";
    append_files(call, parts, true, out);
  }
  return Answer{.done = Answer::Done::ok, .body = out + R"(,"error":[]})"};
}

Result<std::shared_ptr<net::BodySource>> export_file(record::Session& session,
                                                     std::string_view plan_text,
                                                     std::string_view name) {
  const auto& definitions = session.door().definitions();
  const Plan plan = TRY(parse_plan(plan_text));
  const ExportRequest request = TRY(request_of(definitions, plan));
  const ExportPart part = TRY(part_of(definitions, name));
  const auto types = record::export_types(session, request);
  if (std::ranges::find(types, part.type) == types.end() || part.up_to > plan.at)
    return Error{Error::Kind::not_found, "The export has no such file.", "url"};
  auto reader = TRY(record::ExportReader::open(session, request, part));
  return std::shared_ptr<net::BodySource>(std::make_shared<Lines>(std::move(reader)));
}

}  // namespace tasuki::server::api
