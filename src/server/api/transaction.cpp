// All entries or none, in one commit; entries may refer to one another. FHIR R4
// http.html#transaction, #trules
//
// Order: DELETE, POST, PUT and PATCH, then GET. Ids of new resources are chosen first, so that
// every reference to an entry's fullUrl can be rewritten before anything is written. References
// inside narrative are left alone.
//
// What the entries ask for is read first, and kept; their resources become trees one at a time,
// when they are made ready to be written.
#include <unordered_set>

#include "base/utf8.h"
#include "base/uuid.h"
#include "fhir/search/query.h"
#include "json/parse.h"
#include "json/print.h"
#include "server/api/entry.h"
#include "server/api/operation/operation.h"
#include "server/api/patch.h"
#include "server/api/references.h"
#include "server/api/reply.h"

namespace tasuki::server::api {
namespace {

namespace search_query = fhir::search;

constexpr int attempts_max = 3;  // of patches that somebody else's write came before

// What is kept of an entry: its tree is made anew whenever it is looked at.
struct Planned {
  std::string_view text, method;
  fhir::TypeId type = fhir::no_type;
  std::string id = {};  // of what it writes, or of what a conditional create found standing
  bool reads = false, writes = false, stands = false;
  bool names_version = false;  // If-Match was said
  std::optional<uint32_t> if_match = {};
  std::string fresh_id = {};          // chosen once, though the build may run again
  std::optional<size_t> result = {};  // where among the changes
  std::string patched = {};           // what a PATCH made of what stands
};

class Transaction {
 public:
  explicit Transaction(Call& call) : call_(call), references_(call) {}

  Reply run(std::span<const std::string_view> entries) {
    planned_.reserve(entries.size());
    for (const std::string_view text : entries)
      planned_.push_back({.text = text, .method = {}});
    auto results = transact();
    for (int attempt = 1; !results && may_patch_again(results.error(), attempt); ++attempt)
      results = transact();
    if (!results) return explained(std::move(results).error());
    results_ = *std::move(results);
    return answer();
  }

 private:
  size_t index_of(const Planned& planned) const {
    return static_cast<size_t>(&planned - planned_.data());
  }
  Result<Entry> entry_of(const Planned& planned) const {
    return parse_entry(call_, index_of(planned), planned.text);
  }

  Result<std::vector<record::Resource>> transact() {
    problem_.reset();
    using Bodies = record::Session::Bodies;
    return call_.session.transact(
        [this](record::Resolver& resolver) { return build(resolver); },
        call_.prefer == Return::representation ? Bodies::returned : Bodies::left_out);
  }

  // A patch was made of a version that no longer stood, and nobody had asked for that version.
  bool may_patch_again(const Error& error, int attempt) const {
    return error.kind == Error::Kind::conflict && error.location == "If-Match" &&
           attempt < attempts_max && std::ranges::any_of(planned_, [](const Planned& planned) {
             return planned.method == "PATCH" && !planned.names_version;
           });
  }

  // May run again when what the resolver said has changed meanwhile.
  Result<std::vector<record::Change>> build(record::Resolver& resolver) {
    references_.begin(resolver);
    resolver_ = &resolver;
    for (Planned& planned : planned_)
      TRY(plan(planned));
    TRY(refuse_doubles());
    for (Planned& planned : planned_)
      if (planned.method == "PATCH") TRY(apply_patch(planned));
    for (const Planned& planned : planned_)
      if (planned.reads) TRY(check_read(planned));
    return changes();
  }

  Result<void> plan(Planned& planned) {
    Entry entry = TRY(entry_of(planned));
    planned.writes = planned.stands = false;
    planned.result.reset();
    planned.if_match.reset();
    planned.method = entry.method;
    planned.type = entry.target.type;
    planned.names_version = !entry.if_match.empty();
    planned.reads =
        is_operation(entry.target.shape) || entry.method == "GET" || entry.method == "HEAD";
    if (is_operation(entry.target.shape)) return plan_operation(entry);
    if (planned.names_version) planned.if_match = TRY(parse_etag(entry.if_match));
    if (entry.method == "PUT" && entry.if_none_match == "*") planned.if_match = 0;
    if (entry.method == "POST") TRY(plan_create(entry, planned));
    if (entry.method == "PUT") TRY(plan_update(entry, planned));
    if (entry.method == "PATCH") TRY(plan_patch(entry, planned));
    if (entry.method == "DELETE") TRY(plan_remove(entry, planned));
    return {};
  }

  static Error wrong(const Entry& entry, Error::Kind kind, std::string_view where,
                     std::string message) {
    return {kind, std::move(message), entry_location(entry.index, where)};
  }

  // One that only reads is answered after the writes, as a GET is.
  Result<void> plan_operation(Entry& entry) const {
    const Call call = call_of(call_, entry);
    const Operation* operation = TRY(operation_of(call));
    if (operation->effect == Operation::Effect::reads) return {};
    return wrong(entry, Error::Kind::unsupported, ".request.url",
                 fmt::format("${} changes something and cannot be part of a transaction; send it "
                             "by itself or in a batch.",
                             operation->name));
  }

  Result<void> plan_create(const Entry& entry, Planned& planned) {
    if (entry.target.shape != Shape::type)
      return wrong(entry, Error::Kind::invalid, ".request.url",
                   "POST goes to a type, such as \"Patient\"; searches and bundles are not served "
                   "inside a transaction.");
    TRY(check_entry_type(entry));
    if (!entry.if_none_exist.empty()) {
      const auto matches = TRY(matching(entry, entry.if_none_exist));
      if (!matches.empty()) {
        planned.stands = true;
        planned.id = matches.front();
        name(entry, planned.id);
        return {};
      }
    }
    return write_as(entry, planned, fresh_id(planned));
  }

  Result<void> plan_update(const Entry& entry, Planned& planned) {
    TRY(check_entry_type(entry));
    const std::string_view stated = entry.resource->text_of("id");
    if (entry.target.shape == Shape::instance) {
      if (stated != entry.target.id)
        return wrong(entry, Error::Kind::invalid, ".resource.id",
                     fmt::format("The resource's id must be the url's, \"{}\".", entry.target.id));
      return write_as(entry, planned, entry.target.id);
    }
    TRY(check_criteria(entry));
    const auto matches = TRY(matching(entry, entry.query));  // http.html#cond-update
    if (!matches.empty()) return write_as(entry, planned, matches.front());
    return write_as(entry, planned, stated.empty() ? fresh_id(planned) : std::string(stated));
  }

  static const std::string& fresh_id(Planned& planned) {
    if (planned.fresh_id.empty()) planned.fresh_id = random_uuid();
    return planned.fresh_id;
  }

  Result<void> plan_patch(const Entry& entry, Planned& planned) {
    planned.writes = true;
    planned.id = entry.target.id;
    if (entry.target.shape != Shape::instance) {
      TRY(check_criteria(entry));
      const auto matches = TRY(matching(entry, entry.query));
      if (matches.empty())
        return wrong(entry, Error::Kind::not_found, ".request.url",
                     "Nothing matches the criteria; there is nothing to patch.");
      planned.id = matches.front();
    }
    name(entry, planned.id);
    return {};
  }

  // After the references in the patch are known.
  Result<void> apply_patch(Planned& planned) {
    const auto standing = TRY(call_.session.read(planned.type, planned.id));
    Entry entry = TRY(entry_of(planned));
    if (planned.if_match && *planned.if_match != standing.version)
      return wrong(entry, Error::Kind::conflict, ".request.ifMatch",
                   fmt::format("Version {} stands, not the one ifMatch names.", standing.version));
    planned.if_match = standing.version;
    TRY(references_.rewrite(entry.index, *entry.resource, {}));
    const auto document = patched(call_of(call_, entry), standing);
    if (document) {
      planned.patched = json::print(document->root);
      return {};
    }
    problem_ = document.error();
    problem_->error.location = entry_location(entry.index, ".resource");
    return problem_->error;
  }

  Result<void> plan_remove(const Entry& entry, Planned& planned) {
    planned.id = entry.target.id;
    if (entry.target.shape != Shape::instance) {
      TRY(check_criteria(entry));
      const auto matches = TRY(matching(entry, entry.query));
      if (matches.empty()) return {};
      planned.id = matches.front();
    }
    planned.writes = true;
    return {};
  }

  static Result<void> check_criteria(const Entry& entry) {
    if (entry.target.shape == Shape::type && !entry.query.empty()) return {};
    return wrong(entry, Error::Kind::invalid, ".request.url",
                 "The url needs an id, \"Patient/1\", or criteria, \"Patient?identifier=...\".");
  }

  static Error several(const Entry& entry) {
    return wrong(entry, Error::Kind::conflict, ".request",
                 "More than one resource matches the condition; it must name one.");
  }

  static Result<void> check_entry_type(const Entry& entry) {
    const std::string_view stated = entry.resource->text_of("resourceType");
    if (stated == entry.target.type_name) return {};
    return wrong(entry, Error::Kind::invalid, ".resource.resourceType",
                 fmt::format("The resource is a \"{}\" but the url says {}.",
                             utf8::head(stated, 64), entry.target.type_name));
  }

  // Reads are answered after the commit, but what would fail must fail before it: all or nothing.
  Result<void> check_read(const Planned& planned) {
    const Entry entry = TRY(entry_of(planned));
    if (entry.target.shape == Shape::type || entry.target.shape == Shape::system) {
      std::optional<fhir::TypeId> type;
      if (entry.target.type != fhir::no_type) type = entry.target.type;
      const auto query = search_query::parse(call_.definitions, type, entry.query);
      if (!query) return wrong(entry, query.error().kind, ".request.url", query.error().message);
    }
    if (entry.target.shape != Shape::instance) return {};
    const bool is_made = std::ranges::any_of(planned_, [&](const Planned& other) {
      return other.writes && other.method != "DELETE" && other.type == planned.type &&
             other.id == entry.target.id;
    });
    if (is_made) return {};
    const auto standing = call_.session.read(entry.target.type, entry.target.id);
    if (standing) return {};
    return wrong(entry, standing.error().kind, ".request.url", standing.error().message);
  }

  // What matches the criteria: none or one; more is an error.
  Result<std::vector<std::string>> matching(const Entry& entry, std::string_view criteria) {
    const auto query = search_query::parse(call_.definitions, entry.target.type, criteria);
    if (!query) return wrong(entry, query.error().kind, ".request", query.error().message);
    auto matches = TRY(resolver_->find(*query));
    if (matches.size() > 1) return several(entry);
    return matches;
  }

  Result<void> write_as(const Entry& entry, Planned& planned, const std::string& id) {
    planned.writes = true;
    planned.id = id;
    name(entry, id);
    return {};
  }

  void name(const Entry& entry, std::string_view id) {
    if (!entry.full_url.empty())
      references_.name(entry.full_url, fmt::format("{}/{}", entry.target.type_name, id));
  }

  // http.html#trules: "If any resource identities overlap, the transaction SHALL fail".
  Result<void> refuse_doubles() const {
    std::unordered_set<std::string> seen;
    for (const Planned& planned : planned_)
      if (planned.writes && !seen.insert(identity_of(planned)).second)
        return Error{Error::Kind::invalid,
                     identity_of(planned) + " is changed twice in one transaction.",
                     entry_location(index_of(planned), ".request.url")};
    for (const Planned& planned : planned_)
      if (planned.stands && seen.contains(identity_of(planned)))
        return Error{Error::Kind::invalid,
                     identity_of(planned) + " stands already, and another entry changes it.",
                     entry_location(index_of(planned), ".request.ifNoneExist")};
    return {};
  }

  std::string identity_of(const Planned& planned) const {
    return fmt::format("{}/{}", call_.definitions.name(planned.type), planned.id);
  }

  std::vector<record::Change> changes() {
    using Action = record::Change::Action;
    constexpr std::pair<std::string_view, Action> order[] = {{"DELETE", Action::remove},
                                                             {"POST", Action::create},
                                                             {"PUT", Action::update},
                                                             {"PATCH", Action::update}};
    std::vector<record::Change> changes;
    changes.reserve(planned_.size() + 1);
    for (const auto& [method, action] : order) {
      for (Planned& planned : planned_) {
        if (planned.method != method || !planned.writes) continue;
        planned.result = changes.size();
        record::Change& change = changes.emplace_back();
        change.action = action;
        change.type = planned.type;
        change.id = planned.id;
        change.if_match = planned.if_match;
        if (action != Action::remove) change.load = [this, &planned] { return load(planned); };
      }
    }
    if (call_.provenance != nullptr && !changes.empty()) changes.push_back(provenance(changes));
    return changes;
  }

  // What is to be written, once more from the text: the tree lives until it is made ready.
  Result<json::Document> load(const Planned& planned) {
    if (planned.method == "PATCH") return json::parse(planned.patched);
    Entry entry = TRY(entry_of(planned));
    json::Value resource = *entry.resource;
    json::Document document = std::move(entry.document);
    resource.set(document.arena, "id", json::Value::string(document.arena, planned.id));
    TRY(references_.rewrite(entry.index, resource, {}));
    document.root = resource;
    return document;
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
      finding.location = entry_location(index_of(*at_fault), ".resource") +
                         (dot == std::string::npos ? "" : finding.location.substr(dot));
    }
    return problem;
  }

  Reply answer() {
    BundleText out("transaction-response", call_.base);
    for (const Planned& planned : planned_) {
      Entry entry = TRY(entry_of(planned));
      Call call = call_of(call_, entry);
      if (!planned.reads) {
        append_answer(call_, entry, TRY(written_answer(call, planned)), out);
        continue;
      }
      Reply reply = perform(planned.method == "POST" ? "POST" : "GET", call);
      // All is committed by now: the entry says what went wrong with it.
      if (reply) {
        append_answer(call_, entry, *reply, out);
      } else {
        out.response(std::to_string(status_of(reply.error())), {}, nullptr, {},
                     outcome_text(reply.error()));
      }
    }
    return Answer{.done = Answer::Done::ok, .body = out.end()};
  }

  Result<Answer> written_answer(const Call& call, const Planned& planned) {
    if (planned.stands) return written(call, TRY(call_.session.read(planned.type, planned.id)));
    if (!planned.result) return Answer{.done = Answer::Done::no_content};
    record::Resource& resource = results_[*planned.result];
    if (planned.method != "DELETE") return written(call, std::move(resource));
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

Reply transaction(Call& call, std::span<const std::string_view> entries) {
  return Transaction(call).run(entries);
}

}  // namespace tasuki::server::api
