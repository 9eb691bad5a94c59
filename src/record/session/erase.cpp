#include "record/erase.h"

#include <algorithm>
#include <map>

#include <fmt/core.h>

#include "json/parse.h"
#include "json/print.h"
#include "record/base64.h"
#include "record/consent/roles.h"
#include "record/secret.h"
#include "record/session/trace.h"
#include "record/session/unit.h"

namespace tasuki::record {
namespace {

constexpr size_t versions_max = 50'000;  // one proof, one commit
constexpr size_t page_versions = 500;
constexpr size_t left_named_max = 100;
constexpr size_t reason_bytes_max = 2000;
constexpr int erase_tries_max = 3;  // when somebody writes to it meanwhile

struct DoomedVersion {
  uint32_t number = 0;
  uint64_t sequence = 0;
  std::string hash;  // RFC 6920; empty: had no body
};
struct Doomed {
  store::Key key;
  uint32_t standing = 0;
  std::vector<DoomedVersion> versions;
};

// What is to be erased, as one snapshot shows it.
class Gathering {
 public:
  Gathering(Inside& inside, const Session& session, store::Reader& reader, const Access& access)
      : inside_(inside), session_(session), reader_(reader), access_(access) {}

  Result<void> gather(const EraseRequest& request) {
    const std::string name =
        fmt::format("{}/{}", inside_.definitions().name(request.type), request.id);
    const store::Key key{inside_.kind_of(request.type), request.id};
    const auto standing = TRY(reader_.standing(key));
    if (!standing || !access_.admits(standing->owner, standing->subject))
      return Error{Error::Kind::not_found, fmt::format("There is no {}.", name), {}};
    if (TRY(reader_.name_of(standing->owner)) != session_.principal().organisation)
      return Error{Error::Kind::forbidden,
                   "Another organisation is responsible for it; only it may erase it.", name};
    store::HistoryQuery query;
    query.count_max = page_versions;
    if (request.whole_person) {
      subject_ = TRY(reader_.number_of(name));
      query.admits = [this](uint64_t, uint64_t subject) { return subject == subject_; };
    } else {
      query.key = key;
    }
    for (bool more = true; more;) {
      const auto page = TRY(reader_.history(query));
      for (const auto& version : page.versions)
        TRY(add(version));
      more = page.more;
      if (more) query.before = page.versions.back().sequence;
    }
    return {};
  }

  const std::vector<Doomed>& doomed() const { return doomed_; }
  const std::vector<std::string>& left() const { return left_; }
  size_t left_count() const { return left_count_; }
  size_t version_count() const { return versions_; }

 private:
  Result<void> add(const store::Version& version) {
    const auto [at, fresh] = places_.try_emplace(version.record, nothing);
    if (fresh) at->second = TRY(place_of(version));
    if (at->second == nothing) return {};
    if (++versions_ > versions_max)
      return Error{
          Error::Kind::too_costly,
          fmt::format("More than {} versions; erase its records one by one first.", versions_max),
          {}};
    const std::string hash =
        version.body.empty() ? std::string() : "ni:///sha-256;" + base64_url(sha256(version.body));
    doomed_[at->second].versions.push_back({version.number, version.sequence, hash});
    return {};
  }

  // `nothing`: it stays. Law 9, and what is about another person by now.
  Result<size_t> place_of(const store::Version& version) {
    const auto standing = TRY(reader_.standing(version.key));
    const bool own =
        standing && TRY(reader_.name_of(standing->owner)) == session_.principal().organisation;
    const bool same = subject_ == 0 || (standing && standing->subject == subject_);
    if (!own || !same) {
      if (++left_count_ <= left_named_max) left_.push_back(name_of_key(version.key));
      return nothing;
    }
    doomed_.push_back({.key = version.key, .standing = standing->number, .versions = {}});
    return doomed_.size() - 1;
  }

  std::string name_of_key(const store::Key& key) const {
    return fmt::format("{}/{}", inside_.definitions().name(inside_.type_of(key.kind)), key.id);
  }

  static constexpr size_t nothing = SIZE_MAX;
  Inside& inside_;
  const Session& session_;
  store::Reader& reader_;
  const Access& access_;
  uint64_t subject_ = 0;
  std::map<uint64_t, size_t> places_;
  std::vector<Doomed> doomed_;
  std::vector<std::string> left_;
  size_t left_count_ = 0, versions_ = 0;
};

// FHIR R4 provenance.html: what was destroyed (ISO 21089 lifecycle), by whom, on which ground. Each
// target names a version; its identifier is the hash of the body as it was kept (RFC 6920).
std::string proof_text(const Inside& inside, const Session& session, const EraseRequest& request,
                       const std::vector<Doomed>& doomed) {
  std::string out = R"({"resourceType":"Provenance","target":[)";
  for (const Doomed& each : doomed) {
    const auto type = inside.definitions().name(inside.type_of(each.key.kind));
    for (const DoomedVersion& version : each.versions) {
      if (!out.ends_with('[')) out += ',';
      out += fmt::format(R"({{"reference":"{}/{}/_history/{}")", type, each.key.id, version.number);
      if (!version.hash.empty())
        out += fmt::format(R"(,"identifier":{{"system":"urn:ietf:rfc:3986","value":"{}"}})",
                           version.hash);
      out += fmt::format(R"(,"display":"#{}"}})", version.sequence);
    }
  }
  out += fmt::format(R"(],"recorded":"{}","reason":[{{"text":)", format_instant(session.time()));
  json::print_string(request.reason, out);
  out +=
      R"(}],"activity":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle",)"
      R"("code":"destroy","display":"Destroy/Delete Record Lifecycle Event"}]},"agent":[{"who":{"display":)";
  json::print_string(fmt::format("{} ({})", session.principal().name, session.principal().id), out);
  return out + "}}]}";
}

Change removal_of(const Inside& inside, const Doomed& doomed) {
  Change change;
  change.action = Change::Action::remove;
  change.type = inside.type_of(doomed.key.kind);
  change.id = doomed.key.id;
  change.if_match = doomed.standing;
  return change;
}

// The role was judged for all of it; the matrix of single types does not count here.
Prepared prepared_removal(const Session& session, const Change& change, const Doomed& doomed) {
  Prepared prepared;
  prepared.change = &change;
  prepared.put.key = doomed.key;
  prepared.put.deleted = true;
  prepared.put.owner = session.principal().organisation;
  prepared.put.origin.author = session.principal().id;
  prepared.put.expected_number = doomed.standing;
  return prepared;
}

Result<Erasure> erase_once(Session& session, const EraseRequest& request) {
  Inside& inside = record::inside(session.door());
  auto reader = inside.store().read();
  const auto access =
      TRY(inside.access(*reader, session.principal(), session.purpose(), session.time()));
  Gathering gathering(inside, session, *reader, access);
  TRY(gathering.gather(request));
  reader.reset();
  const auto& doomed = gathering.doomed();

  const json::Document proof = TRY(json::parse(proof_text(inside, session, request, doomed)));
  std::vector<Change> changes;
  for (const Doomed& each : doomed)
    changes.push_back(removal_of(inside, each));
  Change written;
  written.type = *inside.definitions().resource_type("Provenance");
  written.resource = &proof.root;

  UnitOfWork unit;
  for (size_t i = 0; i < doomed.size(); ++i) {
    unit.changes.push_back(prepared_removal(session, changes[i], doomed[i]));
    unit.erased.push_back(doomed[i].key);
  }
  Principal author = session.principal();
  author.role = Role::system;  // the proof is the program's own
  std::vector<fhir::Finding> findings;
  unit.changes.push_back(TRY(prepare(inside, author, written, findings)));
  const std::string body = unit.changes.back().body;
  unit.detail =
      fmt::format("erased {} versions of {} records; proof sha-256 {}; {}",
                  gathering.version_count(), doomed.size(), hex(sha256(body)), request.reason);
  auto result = TRY(UnitRunner(inside, session, access).run(unit));

  Erasure erasure{.proof = std::move(result.resources.back()),
                  .records = doomed.size(),
                  .versions = gathering.version_count(),
                  .left = gathering.left(),
                  .left_count = gathering.left_count()};
  erasure.proof.body =
      spliced("Provenance", erasure.proof.id, erasure.proof.version, erasure.proof.updated, body);
  return erasure;
}

Result<void> check_request(const Session& session, const EraseRequest& request) {
  const Role role = session.principal().role;
  const bool may_erase = (role == Role::clerk || role == Role::system) &&
                         session.purpose() == Purpose::operations &&
                         !session.principal().organisation.empty();
  if (!may_erase)
    return Error{
        Error::Kind::forbidden,
        "Only clerks and the system of the responsible organisation erase, for operations.",
        {}};
  if (request.reason.empty() || request.reason.size() > reason_bytes_max)
    return Error{
        Error::Kind::invalid,
        fmt::format("The reason is the ground in law, in 1 to {} bytes.", reason_bytes_max),
        "reason"};
  return {};
}

}  // namespace

Result<Erasure> erase(Session& session, const EraseRequest& request) {
  Inside& inside = record::inside(session.door());
  if (auto checked = check_request(session, request); !checked)
    return traced(inside, session, "delete", std::move(checked).error());
  for (int attempt = 1;; ++attempt) {
    auto erasure = erase_once(session, request);
    if (erasure) return erasure;
    if (erasure.error().kind != Error::Kind::conflict || attempt == erase_tries_max)
      return traced(inside, session, "delete", std::move(erasure).error());
  }
}

bool is_scrubbed(Door& door) {
  return inside(door).store().is_scrubbed();
}

}  // namespace tasuki::record
