// All entries or none, in one commit; entries may refer to one another. FHIR R4
// http.html#transaction, #trules
//
// Order: DELETE, POST, PUT and PATCH, then GET. Ids of new resources are chosen first, so that
// every reference to an entry's fullUrl can be rewritten before anything is written. References
// inside narrative are left alone.
#include <unordered_set>

#include "base/uuid.h"
#include "fhir/search/query.h"
#include "server/api/entry.h"
#include "server/api/operation/operation.h"
#include "server/api/patch.h"
#include "server/api/references.h"
#include "server/api/reply.h"

namespace tasuki::server::api {
namespace {

namespace search_query = fhir::search;

constexpr int attempts_max = 3;  // of patches that somebody else's write came before

struct Planned {
  Entry entry;
  std::string id;  // of what it writes, or of what a conditional create found standing
  bool writes = false, stands = false;
  std::optional<uint32_t> if_match;
  std::string fresh_id;                   // chosen once, though the build may run again
  std::optional<size_t> result;           // where among the changes
  std::optional<json::Document> patched;  // what a PATCH made of what stands
};

class Transaction {
 public:
  explicit Transaction(Call& call) : call_(call), references_(call) {}

  Reply run(std::span<json::Value> entries) {
    for (size_t i = 0; i < entries.size(); ++i) {
      auto entry = parse_entry(call_, i, entries[i]);
      if (!entry) return std::move(entry).error();
      planned_.push_back({.entry = *std::move(entry),
                          .id = {},
                          .if_match = {},
                          .fresh_id = random_uuid(),
                          .result = {},
                          .patched = {}});
    }
    auto results = transact();
    for (int attempt = 1; !results && may_patch_again(results.error(), attempt); ++attempt)
      results = transact();
    if (!results) return explained(std::move(results).error());
    results_ = *std::move(results);
    return answer();
  }

 private:
  Result<std::vector<record::Resource>> transact() {
    problem_.reset();
    return call_.session.transact([this](record::Resolver& resolver) { return build(resolver); });
  }

  // A patch was made of a version that no longer stood, and nobody had asked for that version.
  bool may_patch_again(const Error& error, int attempt) const {
    return error.kind == Error::Kind::conflict && error.location == "If-Match" &&
           attempt < attempts_max && std::ranges::any_of(planned_, [](const Planned& planned) {
             return planned.entry.method == "PATCH" && planned.entry.if_match.empty();
           });
  }

  // May run again when what the resolver said has changed meanwhile: it starts from the entries as
  // they were sent.
  Result<std::vector<record::Change>> build(record::Resolver& resolver) {
    references_.restore(resolver);
    resolver_ = &resolver;
    for (Planned& planned : planned_)
      TRY(plan(planned));
    TRY(refuse_doubles());
    for (Planned& planned : planned_)
      if (planned.writes && planned.entry.resource != nullptr)
        TRY(references_.rewrite(planned.entry.index, *planned.entry.resource, {}));
    for (Planned& planned : planned_)
      if (planned.entry.method == "PATCH") TRY(apply_patch(planned));
    for (const Planned& planned : planned_)
      if (planned.entry.method == "GET" || planned.entry.method == "HEAD") TRY(check_read(planned));
    return changes();
  }

  Result<void> plan(Planned& planned) {
    planned.writes = planned.stands = false;
    planned.result.reset();
    planned.if_match.reset();
    const Entry& entry = planned.entry;
    if (is_operation(entry.target.shape)) return plan_operation(planned);
    if (!entry.if_match.empty()) planned.if_match = TRY(parse_etag(entry.if_match));
    if (entry.method == "PUT" && entry.if_none_match == "*") planned.if_match = 0;
    if (entry.method == "POST") TRY(plan_create(planned));
    if (entry.method == "PUT") TRY(plan_update(planned));
    if (entry.method == "PATCH") TRY(plan_patch(planned));
    if (entry.method == "DELETE") TRY(plan_remove(planned));
    return {};
  }

  Error wrong(const Planned& planned, Error::Kind kind, std::string_view where,
              std::string message) const {
    return {kind, std::move(message), entry_location(planned.entry.index, where)};
  }

  // One that only reads is answered after the writes, as a GET is.
  Result<void> plan_operation(const Planned& planned) const {
    const Call call = call_of(call_, planned.entry);
    const Operation* operation = TRY(operation_of(call));
    if (operation->effect == Operation::Effect::reads) return {};
    return wrong(planned, Error::Kind::unsupported, ".request.url",
                 fmt::format("${} changes something and cannot be part of a transaction; send it "
                             "by itself or in a batch.",
                             operation->name));
  }

  Result<void> plan_create(Planned& planned) {
    const Entry& entry = planned.entry;
    if (entry.target.shape != Shape::type)
      return wrong(planned, Error::Kind::invalid, ".request.url",
                   "POST goes to a type, such as \"Patient\"; searches and bundles are not served "
                   "inside a transaction.");
    TRY(check_entry_type(planned));
    if (!entry.if_none_exist.empty()) {
      const auto matches = TRY(matching(planned, entry.if_none_exist));
      if (!matches.empty()) {
        planned.stands = true;
        planned.id = matches.front();
        name(entry, planned.id);
        return {};
      }
    }
    return write_as(planned, planned.fresh_id);
  }

  Result<void> plan_update(Planned& planned) {
    const Entry& entry = planned.entry;
    TRY(check_entry_type(planned));
    const std::string_view stated = entry.resource->text_of("id");
    if (entry.target.shape == Shape::instance) {
      if (stated != entry.target.id)
        return wrong(planned, Error::Kind::invalid, ".resource.id",
                     fmt::format("The resource's id must be the url's, \"{}\".", entry.target.id));
      return write_as(planned, entry.target.id);
    }
    TRY(check_criteria(planned));
    const auto matches = TRY(matching(planned, entry.query));  // http.html#cond-update
    if (!matches.empty()) return write_as(planned, matches.front());
    return write_as(planned, stated.empty() ? planned.fresh_id : std::string(stated));
  }

  Result<void> plan_patch(Planned& planned) {
    const Entry& entry = planned.entry;
    planned.writes = true;
    planned.id = entry.target.id;
    if (entry.target.shape != Shape::instance) {
      TRY(check_criteria(planned));
      const auto matches = TRY(matching(planned, entry.query));
      if (matches.empty())
        return wrong(planned, Error::Kind::not_found, ".request.url",
                     "Nothing matches the criteria; there is nothing to patch.");
      planned.id = matches.front();
    }
    name(entry, planned.id);
    return {};
  }

  // After the references in the patch are known.
  Result<void> apply_patch(Planned& planned) {
    const auto standing = TRY(call_.session.read(planned.entry.target.type, planned.id));
    if (planned.if_match && *planned.if_match != standing.version)
      return wrong(planned, Error::Kind::conflict, ".request.ifMatch",
                   fmt::format("Version {} stands, not the one ifMatch names.", standing.version));
    planned.if_match = standing.version;
    auto document = patched(call_of(call_, planned.entry), standing);
    if (document) {
      planned.patched = *std::move(document);
      return {};
    }
    problem_ = std::move(document).error();
    problem_->error.location = entry_location(planned.entry.index, ".resource");
    return problem_->error;
  }

  Result<void> plan_remove(Planned& planned) {
    const Entry& entry = planned.entry;
    planned.id = entry.target.id;
    if (entry.target.shape != Shape::instance) {
      TRY(check_criteria(planned));
      const auto matches = TRY(matching(planned, entry.query));
      if (matches.empty()) return {};
      planned.id = matches.front();
    }
    planned.writes = true;
    return {};
  }

  Result<void> check_criteria(const Planned& planned) const {
    if (planned.entry.target.shape == Shape::type && !planned.entry.query.empty()) return {};
    return wrong(planned, Error::Kind::invalid, ".request.url",
                 "The url needs an id, \"Patient/1\", or criteria, \"Patient?identifier=...\".");
  }

  Error several(const Planned& planned) const {
    return wrong(planned, Error::Kind::conflict, ".request",
                 "More than one resource matches the condition; it must name one.");
  }

  Result<void> check_entry_type(const Planned& planned) const {
    const std::string_view stated = planned.entry.resource->text_of("resourceType");
    if (stated == planned.entry.target.type_name) return {};
    return wrong(planned, Error::Kind::invalid, ".resource.resourceType",
                 fmt::format("The resource is a \"{}\" but the url says {}.", stated.substr(0, 64),
                             planned.entry.target.type_name));
  }

  // Reads are answered after the commit, but what would fail must fail before it: all or nothing.
  Result<void> check_read(const Planned& planned) {
    const Entry& entry = planned.entry;
    if (entry.target.shape == Shape::type || entry.target.shape == Shape::system) {
      std::optional<fhir::TypeId> type;
      if (entry.target.type != fhir::no_type) type = entry.target.type;
      const auto query = search_query::parse(call_.definitions, type, entry.query);
      if (!query) return wrong(planned, query.error().kind, ".request.url", query.error().message);
    }
    if (entry.target.shape != Shape::instance) return {};
    const bool is_made = std::ranges::any_of(planned_, [&](const Planned& other) {
      return other.writes && other.entry.method != "DELETE" &&
             other.entry.target.type == entry.target.type && other.id == entry.target.id;
    });
    if (is_made) return {};
    const auto standing = call_.session.read(entry.target.type, entry.target.id);
    if (standing) return {};
    return wrong(planned, standing.error().kind, ".request.url", standing.error().message);
  }

  // What matches the criteria: none or one; more is an error.
  Result<std::vector<std::string>> matching(const Planned& planned, std::string_view criteria) {
    const auto query = search_query::parse(call_.definitions, planned.entry.target.type, criteria);
    if (!query) return wrong(planned, query.error().kind, ".request", query.error().message);
    auto matches = TRY(resolver_->find(*query));
    if (matches.size() > 1) return several(planned);
    return matches;
  }

  Result<void> write_as(Planned& planned, const std::string& id) {
    planned.writes = true;
    planned.id = id;
    planned.entry.resource->set(call_.body->arena, "id",
                                json::Value::string(call_.body->arena, id));
    name(planned.entry, id);
    return {};
  }

  void name(const Entry& entry, std::string_view id) {
    if (!entry.full_url.empty())
      references_.name(entry.full_url, fmt::format("{}/{}", entry.target.type_name, id));
  }

  // http.html#trules: "If any resource identities overlap, the transaction SHALL fail".
  Result<void> refuse_doubles() const {
    std::unordered_set<std::string> seen;
    for (const Planned& planned : planned_) {
      if (!planned.writes) continue;
      if (!seen.insert(fmt::format("{}/{}", planned.entry.target.type_name, planned.id)).second)
        return wrong(planned, Error::Kind::invalid, ".request.url",
                     fmt::format("{}/{} is changed twice in one transaction.",
                                 planned.entry.target.type_name, planned.id));
    }
    for (const Planned& planned : planned_) {
      if (!planned.stands ||
          !seen.contains(fmt::format("{}/{}", planned.entry.target.type_name, planned.id)))
        continue;
      return wrong(planned, Error::Kind::invalid, ".request.ifNoneExist",
                   fmt::format("{}/{} stands already, and another entry changes it.",
                               planned.entry.target.type_name, planned.id));
    }
    return {};
  }

  std::vector<record::Change> changes() {
    using Action = record::Change::Action;
    constexpr std::pair<std::string_view, Action> order[] = {{"DELETE", Action::remove},
                                                             {"POST", Action::create},
                                                             {"PUT", Action::update},
                                                             {"PATCH", Action::update}};
    std::vector<record::Change> changes;
    for (const auto& [method, action] : order) {
      for (Planned& planned : planned_) {
        if (planned.entry.method != method || !planned.writes) continue;
        planned.result = changes.size();
        changes.push_back(
            {.action = action,
             .type = planned.entry.target.type,
             .id = planned.id,
             .resource = planned.patched ? &planned.patched->root : planned.entry.resource,
             .if_match = planned.if_match,
             .if_none_exist = {},
             .unless_same = false});
      }
    }
    if (call_.provenance != nullptr && !changes.empty()) changes.push_back(provenance(changes));
    return changes;
  }

  record::Change provenance(const std::vector<record::Change>& changes) const {
    std::vector<std::string> targets;
    for (const record::Change& change : changes)
      targets.push_back(fmt::format("{}/{}", call_.definitions.name(change.type), change.id));
    return provenance_of(call_, targets);
  }

  // Which entry breaks FHIR's rules, each finding with its place in the Bundle.
  Problem explained(Error error) const {
    if (problem_) return *problem_;
    Problem problem(std::move(error));
    if (problem.error.kind == Error::Kind::conflict) problem.refusal = Refusal::precondition;
    if (problem.error.kind != Error::Kind::invalid || call_.session.findings().empty())
      return problem;
    const auto at_fault = std::find_if(
        planned_.begin(), planned_.end(),
        [&](const Planned& planned) { return planned.result == call_.session.finding_of(); });
    if (at_fault == planned_.end()) return problem;
    problem.refusal = Refusal::unprocessable;
    problem.findings = call_.session.findings();
    for (fhir::Finding& finding : problem.findings) {
      const size_t dot = finding.location.find('.');
      finding.location = entry_location(at_fault->entry.index, ".resource") +
                         (dot == std::string::npos ? "" : finding.location.substr(dot));
    }
    return problem;
  }

  Reply answer() {
    BundleText out("transaction-response", call_.base);
    for (Planned& planned : planned_) {
      const bool operates = is_operation(planned.entry.target.shape);
      if (operates || planned.entry.method == "GET" || planned.entry.method == "HEAD") {
        Call call = call_of(call_, planned.entry);
        Reply reply = perform(planned.entry.method == "POST" ? "POST" : "GET", call);
        // All is committed by now: the entry says what went wrong with it.
        if (reply) {
          append_answer(call_, planned.entry, *reply, out);
        } else {
          out.response(std::to_string(status_of(reply.error())), {}, nullptr, {},
                       outcome_text(reply.error()));
        }
      } else {
        const Answer written_one = TRY(written_answer(planned));
        append_answer(call_, planned.entry, written_one, out);
      }
    }
    return Answer{.done = Answer::Done::ok, .body = out.end()};
  }

  Result<Answer> written_answer(Planned& planned) {
    const Call call = call_of(call_, planned.entry);
    if (planned.stands)
      return written(call, TRY(call_.session.read(planned.entry.target.type, planned.id)));
    if (!planned.result) return Answer{.done = Answer::Done::no_content};
    record::Resource& resource = results_[*planned.result];
    if (planned.entry.method != "DELETE") return written(call, std::move(resource));
    return Answer{.done = Answer::Done::no_content, .stamped = std::move(resource)};
  }

  Call& call_;
  References references_;
  record::Resolver* resolver_ = nullptr;  // while building
  std::vector<Planned> planned_;
  std::vector<record::Resource> results_;
  std::optional<Problem> problem_;  // of a patch that cannot be applied
};

}  // namespace

Reply transaction(Call& call, std::span<json::Value> entries) {
  return Transaction(call).run(entries);
}

}  // namespace tasuki::server::api
