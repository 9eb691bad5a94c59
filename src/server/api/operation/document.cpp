// Composition/[id]/$document: the composition and what it refers to as one Bundle.
// FHIR R4 composition-operation-document.html, documents.html
#include "server/api/operation/document.h"

#include <set>

#include "base/uuid.h"
#include "json/parse.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::api {
namespace {

// The composition refers to its entries, they to theirs (a prescription to its prescriber), those
// to theirs (a prescriber's organisation). Further away nothing is part of the document.
constexpr int rounds_max = 3;
constexpr size_t entries_max = 2000;

class Gatherer {
 public:
  explicit Gatherer(Call& call) : call_(call) {}

  Result<std::vector<DocumentEntry>> gather(record::Resource composition,
                                            std::vector<record::Resource> known, int rounds) {
    TRY(add(std::move(composition)));
    for (record::Resource& resource : known)
      TRY(add(std::move(resource)));
    for (int round = 0; round < rounds; ++round)
      for (const std::string& reference : std::exchange(ahead_, {}))
        if (!entered_.contains(reference)) TRY(follow(reference));
    return std::move(entries_);
  }

 private:
  Result<void> follow(const std::string& reference) {
    const auto target = parse_target(call_.definitions, reference);
    if (!target || (target->shape != Shape::instance && target->shape != Shape::version)) return {};
    auto read = target->shape == Shape::instance
                    ? call_.session.read(target->type, target->id)
                    : call_.session.read_version(target->type, target->id, target->version);
    if (read) return add(*std::move(read));
    using enum Error::Kind;
    const auto kind = read.error().kind;
    if (kind == not_found || kind == gone || kind == forbidden) return {};
    return std::move(read).error();
  }

  Result<void> add(record::Resource resource) {
    if (entries_.size() >= entries_max)
      return Error{Error::Kind::too_costly,
                   fmt::format("The document would hold more than {} resources.", entries_max),
                   "Composition.section"};
    const json::Document document = TRY(json::parse(resource.body));
    const std::string name =
        fmt::format("{}/{}", call_.definitions.name(resource.type), resource.id);
    if (!entered_.insert(name).second) return {};
    collect(document.root);
    entries_.push_back({fmt::format("{}/{}", call_.base, name), std::move(resource.body)});
    return {};
  }

  void collect(const json::Value& value) {
    for (const json::Value& item : value.items())
      collect(item);
    for (const json::Member& member : value.members()) {
      if (member.name == "reference" && member.value.is_string()) {
        std::string_view reference = member.value.text();
        if (reference.starts_with(call_.base) && reference.size() > call_.base.size())
          reference.remove_prefix(call_.base.size() + 1);
        if (seen_.emplace(reference).second) ahead_.emplace_back(reference);
      } else {
        collect(member.value);
      }
    }
  }

  Call& call_;
  std::vector<DocumentEntry> entries_;
  std::vector<std::string> ahead_;
  std::set<std::string> seen_, entered_;  // references; and the names of what stands in it
};

Reply persisted(Call& call, const std::string& text) {
  const json::Document bundle = TRY(json::parse(text));
  record::Resource stored =
      TRY(call.session.write({.action = record::Change::Action::create,
                              .type = *call.definitions.resource_type("Bundle"),
                              .id = {},
                              .resource = &bundle.root,
                              .if_match = {},
                              .if_none_exist = {}}));
  Answer answer{.done = Answer::Done::ok, .body = std::move(stored.body), .located = true};
  answer.stamped = std::move(stored);
  return answer;
}

}  // namespace

Result<std::vector<DocumentEntry>> gather_document(Call& call, record::Resource composition,
                                                   std::vector<record::Resource> known,
                                                   int rounds) {
  return Gatherer(call).gather(std::move(composition), std::move(known), rounds);
}

std::string document_text(const std::vector<DocumentEntry>& entries, Instant time,
                          std::string_view profile) {
  std::string text = R"({"resourceType":"Bundle",)";
  if (!profile.empty()) text += fmt::format(R"("meta":{{"profile":["{}"]}},)", profile);
  text += fmt::format(R"("identifier":{{"system":"urn:ietf:rfc:3986","value":"urn:uuid:{}"}},)"
                      R"("type":"document","timestamp":"{}","entry":[)",
                      random_uuid(), format_instant(time));
  for (const DocumentEntry& entry : entries) {
    if (text.back() != '[') text += ',';
    text += R"({"fullUrl":")" + entry.full_url + R"(","resource":)" + entry.body + '}';
  }
  return text + "]}";
}

Reply document(Call& call, const Input& input) {
  const bool persist = TRY(input.truth("persist", false));
  record::Resource composition = TRY(call.session.read(call.target.type, call.target.id));
  const auto entries = TRY(gather_document(call, std::move(composition), {}, rounds_max));
  const std::string text = document_text(entries, call.session.time());
  if (persist) return persisted(call, text);
  return Answer{.done = Answer::Done::ok, .body = text};
}

}  // namespace tasuki::server::api
