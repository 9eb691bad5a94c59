#include "record/export.h"

#include <algorithm>
#include <unordered_set>

#include <fmt/core.h>

#include "fhir/search/match.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/consent/roles.h"
#include "record/session/trace.h"

namespace tasuki::record {
namespace {

constexpr size_t slice_bytes = size_t{512} * 1024;
constexpr size_t part_versions = 500'000;
constexpr size_t members_max = 1'000'000;

// What a subset keeps of each resource: search.html#elements, mandatory elements stay.
class Subset {
 public:
  Subset(const fhir::Definitions& definitions, fhir::TypeId type,
         const std::vector<std::string>& elements) {
    const std::string prefix = std::string(definitions.name(type)) + ".";
    for (const auto& element : elements) {
      if (element.starts_with(prefix)) {
        kept_.insert(element.substr(prefix.size()));
      } else if (!element.contains('.')) {
        kept_.insert(element);
      }
    }
    if (kept_.empty()) return;
    for (const auto& element : definitions.elements(type))
      if (element.min > 0) kept_.emplace(element.name);
    for (const auto* name : {"resourceType", "id", "meta"})
      kept_.insert(name);
  }
  bool is_all() const { return kept_.empty(); }

  Result<void> append(std::string_view body, std::string& out) const {
    json::Document document = TRY(json::parse(body));
    json::Value less = json::Value::object();
    for (const auto& member : document.root.members()) {
      const auto name = member.name.starts_with('_') ? member.name.substr(1) : member.name;
      if (kept_.contains(std::string(name))) less.append(document.arena, member.name, member.value);
    }
    mark(less, document.arena);
    json::print(less, out);
    return {};
  }

 private:
  static void mark(json::Value& resource, json::Arena& arena) {
    json::Value* meta = resource.find("meta");
    if (meta == nullptr) return;
    json::Value coding = json::Value::object();
    coding.append(
        arena, "system",
        json::Value::string(arena, "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"));
    coding.append(arena, "code", json::Value::string(arena, "SUBSETTED"));
    json::Value* tags = meta->find("tag");
    if (tags == nullptr) tags = &meta->append(arena, "tag", json::Value::array());
    tags->push(arena, coding);
  }

  std::unordered_set<std::string> kept_;
};

class LogReader final : public ExportReader {
 public:
  LogReader(const Session& session, const ExportRequest& request, const ExportPart& part)
      : inside_(inside(session.door())),
        session_(session),
        request_(request),
        part_(part),
        type_name_(inside_.definitions().name(part.type)),
        subset_(inside_.definitions(), part.type, request.elements) {}

  Result<void> begin() {
    const auto reader = inside_.store().read();
    access_ =
        TRY(inside_.access(*reader, session_.principal(), session_.purpose(), session_.time()));
    for (const auto& filter : request_.filters)
      if (filter.types.front() == part_.type) filters_.push_back(&filter);
    if (request_.level == ExportRequest::Level::system || is_shared(type_name_)) return {};
    only_patients_ = true;
    if (request_.level == ExportRequest::Level::group) TRY(read_group());
    const auto of_group = std::exchange(members_, {});
    for (const auto& patient : request_.patients)
      TRY(add_member(*reader, "Patient/" + patient));
    if (request_.level != ExportRequest::Level::group) return {};
    if (request_.patients.empty()) members_ = of_group;
    std::erase_if(members_, [&](uint64_t number) { return !of_group.contains(number); });
    return {};
  }

  Result<std::string> next() override {
    std::string out;
    if (ended_) return out;
    out.reserve(slice_bytes + slice_bytes / 4);
    store::StandingQuery query;
    query.kind = inside_.kind_of(part_.type);
    query.at = request_.at;
    query.after = part_.after;
    query.up_to = part_.up_to;
    query.since = request_.since;
    query.until = request_.until;
    query.deleted = part_.deleted;
    query.admits = admits();
    // A reader of its own for each slice: a long snapshot would hold the store's log back.
    const auto reader = inside_.store().read();
    names_ = reader.get();
    part_.after = TRY(reader->standing(
        query, [&](const store::Standing& standing) { return take(standing, out); }));
    names_ = nullptr;
    ended_ = part_.after >= part_.up_to;
    return out;
  }

  Result<void> trace() {
    AuditEntry entry;
    entry.interaction = "operation";
    entry.action = 'E';
    entry.time = session_.time();
    const std::string question =
        fmt::format("$export {} ({}, {}] at {}", type_name_, part_.after, part_.up_to, request_.at);
    entry.query = question;
    return leave_trace(inside_, session_, entry);
  }

 private:
  Result<void> read_group() {
    auto session = session_.door().session(session_.principal(), session_.purpose());
    const auto type = *inside_.definitions().resource_type("Group");
    const auto group = TRY(session.read(type, request_.group));
    const auto document = TRY(json::parse(group.body));
    const auto reader = inside_.store().read();
    members_limited_ = true;
    const auto* members = document.root.find("member");
    if (members == nullptr) return {};
    if (members->size() > members_max)
      return Error{Error::Kind::too_costly,
                   fmt::format("The group has more than {} members.", members_max), "Group.member"};
    for (const auto& member : members->items()) {
      const auto* inactive = member.find("inactive");
      const auto* entity = member.find("entity");
      if (entity == nullptr || (inactive != nullptr && inactive->boolean())) continue;
      TRY(add_member(*reader, std::string(entity->text_of("reference"))));
    }
    return {};
  }

  Result<void> add_member(store::Reader& reader, const std::string& subject) {
    members_limited_ = true;
    const auto number = TRY(reader.number_of(subject));
    if (number != 0) members_.insert(number);
    return {};
  }

  store::Admits admits() {
    auto by_consent = access_->predicate();
    if (!only_patients_) return by_consent;
    return [this, by_consent = std::move(by_consent)](uint64_t owner, uint64_t subject) {
      if (members_limited_ ? !members_.contains(subject) : !is_patient(subject)) return false;
      return !by_consent || by_consent(owner, subject);
    };
  }

  bool is_patient(uint64_t subject) {
    const auto known = patients_.find(subject);
    if (known != patients_.end()) return known->second;
    const auto name = inside_.name_of(*names_, subject);
    const bool is = name && name->starts_with("Patient/");
    patients_.emplace(subject, is);
    return is;
  }

  Result<bool> take(const store::Standing& standing, std::string& out) {
    if (part_.deleted) {
      fmt::format_to(
          std::back_inserter(out),
          R"({{"resourceType":"Bundle","type":"transaction","entry":[{{"request":{{"method":"DELETE","url":"{}/{}"}}}}]}})",
          type_name_, standing.id);
      out += '\n';
      return out.size() < slice_bytes;
    }
    if (!filters_.empty() && !passes(standing.body)) return true;
    if (subset_.is_all()) {
      splice(type_name_, standing.id, standing.number, standing.time, standing.body, out);
    } else {
      stamped_.clear();
      splice(type_name_, standing.id, standing.number, standing.time, standing.body, stamped_);
      TRY(subset_.append(stamped_, out));
    }
    out += '\n';
    return out.size() < slice_bytes;
  }

  bool passes(std::string_view body) const {
    const auto document = json::parse(body);
    if (!document) return false;
    return std::ranges::any_of(filters_, [&](const fhir::search::Query* filter) {
      return std::ranges::all_of(filter->criteria, [&](const auto& criterion) {
        return fhir::search::matches(inside_.definitions(), part_.type, document->root, criterion);
      });
    });
  }

  Inside& inside_;
  const Session session_;
  const ExportRequest request_;
  ExportPart part_;
  const std::string_view type_name_;
  const Subset subset_;
  std::vector<const fhir::search::Query*> filters_;
  std::optional<Access> access_;
  bool only_patients_ = false, members_limited_ = false, ended_ = false;
  std::unordered_set<uint64_t> members_;
  std::unordered_map<uint64_t, bool> patients_;
  store::Reader* names_ = nullptr;
  std::string stamped_;
};

bool has_one(const std::vector<fhir::TypeId>& types, fhir::TypeId type) {
  return std::ranges::find(types, type) != types.end();
}

}  // namespace

Result<uint64_t> export_point(Session& session) {
  return inside(session.door()).store().read()->newest_sequence();
}

std::vector<fhir::TypeId> export_types(Session& session, const ExportRequest& request) {
  const auto& definitions = session.door().definitions();
  std::vector<fhir::TypeId> types;
  for (const auto type : readable(definitions, session.principal().role, request.types)) {
    const bool of_patients = !definitions.patient_links(type).empty();
    const bool fits = request.level == ExportRequest::Level::system || of_patients ||
                      (is_shared(definitions.name(type)) && has_one(request.types, type));
    if (fits) types.push_back(type);
  }
  return types;
}

Result<std::vector<ExportPart>> export_parts(Session& session, const ExportRequest& request,
                                             fhir::TypeId type) {
  Inside& inside = record::inside(session.door());
  const auto starts =
      TRY(inside.store().read()->parts(inside.kind_of(type), request.at, part_versions));
  std::vector<ExportPart> parts;
  for (const bool deleted : {false, true}) {
    if (deleted && !request.since) continue;
    for (size_t i = 0; i < starts.size(); ++i) {
      const ExportPart part{.type = type,
                            .after = starts[i],
                            .up_to = i + 1 < starts.size() ? starts[i + 1] : request.at,
                            .deleted = deleted};
      LogReader reader(session, request, part);
      TRY(reader.begin());
      if (!TRY(reader.next()).empty()) parts.push_back(part);
    }
  }
  return parts;
}

Result<std::unique_ptr<ExportReader>> ExportReader::open(const Session& session,
                                                         const ExportRequest& request,
                                                         const ExportPart& part) {
  auto reader = std::make_unique<LogReader>(session, request, part);
  TRY(reader->begin());
  TRY(reader->trace());
  return std::unique_ptr<ExportReader>(std::move(reader));
}

}  // namespace tasuki::record
