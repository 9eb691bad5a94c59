// POST [base]: a Bundle of requests. In a batch each stands for itself. FHIR R4
// http.html#transaction
#include "base/utf8.h"
#include "json/outline.h"
#include "record/base64.h"
#include "server/api/body.h"
#include "server/api/entry.h"
#include "server/api/media.h"
#include "server/api/parameters.h"
#include "server/api/reply.h"

namespace tasuki::server::api {
namespace {

constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"};

Error malformed(size_t index, std::string_view where, std::string message) {
  return {Error::Kind::invalid, std::move(message), entry_location(index, where)};
}

// http.html#patch, in a bundle: a FHIRPath Patch as Parameters, another as a Binary with its type.
Result<void> take_patch(Entry& entry) {
  const std::string_view type = entry.resource->text_of("resourceType");
  if (type == "Parameters") return {};
  const auto wrong = [&](std::string message) {
    return malformed(entry.index, ".resource", std::move(message));
  };
  if (type != "Binary")
    return wrong("A PATCH carries Parameters (FHIRPath Patch) or a Binary with a patch in it.");
  entry.media = std::string(entry.resource->text_of("contentType"));
  auto bytes = record::from_base64(entry.resource->text_of("data"));
  if (!bytes) return wrong("The data of the Binary is not base64.");
  entry.content = *std::move(bytes);
  const Media media = media_named(media_of(entry.media));
  if (media == Media::xml_patch) return {};
  if (media != Media::json_patch)
    return wrong(
        "The contentType of the Binary is application/json-patch+json or "
        "application/xml-patch+xml.");
  const auto patch = json::parse(entry.content);
  if (!patch) return wrong("The patch is not JSON: " + patch.error().message);
  *entry.resource = json::clone(patch->root, entry.document.arena);
  return {};
}

Result<void> take_url(const Call& call, std::string_view url, Entry& entry) {
  if (url.empty())
    return malformed(entry.index, ".request.url",
                     "The url is missing: \"Patient\", \"Patient/1\" ...");
  if (url.starts_with(call.base)) url.remove_prefix(call.base.size());
  const size_t mark = url.find('?');
  auto target = parse_target(call.definitions, url.substr(0, mark));
  if (!target) return malformed(entry.index, ".request.url", std::move(target.error().message));
  entry.target = *std::move(target);
  if (mark != std::string_view::npos)
    entry.query = without(url.substr(mark + 1), {"_format", "_pretty"});
  return {};
}

// What writes has a resource; only an operation's Parameters may be left out.
Result<void> check_resource(Entry& entry) {
  const bool writes = entry.method == "POST" || entry.method == "PUT" || entry.method == "PATCH";
  if (!writes) entry.resource = nullptr;
  const bool operates = entry.method == "POST" && is_operation(entry.target.shape);
  if (!writes || (operates && entry.resource == nullptr)) return {};
  if (entry.resource != nullptr && entry.resource->is_object()) return {};
  return malformed(entry.index, ".resource", fmt::format("A {} needs a resource.", entry.method));
}

Reply entry_answer(Call& bundle, Entry& entry) {
  Call call = call_of(bundle, entry);
  return perform(entry.method == "HEAD" ? "GET" : entry.method, call);
}

}  // namespace

std::string entry_location(size_t index, std::string_view rest) {
  return fmt::format("Bundle.entry[{}]{}", index, rest);
}

Result<Entry> parse_entry(const Call& call, size_t index, std::string_view text) {
  auto document = json::parse(text);
  if (!document)
    return malformed(index, "",
                     fmt::format("{} ({})", document.error().message, document.error().location));
  Entry entry{.index = index, .document = *std::move(document)};
  json::Value& value = entry.document.root;
  const json::Value* request = value.find("request");
  if (request == nullptr || !request->is_object())
    return malformed(index, "", "The entry has no request; method and url are needed.");
  entry.resource = value.find("resource");
  entry.full_url = value.text_of("fullUrl");
  entry.if_match = request->text_of("ifMatch");
  entry.if_none_match = request->text_of("ifNoneMatch");
  entry.if_none_exist = request->text_of("ifNoneExist");
  entry.if_modified_since = request->text_of("ifModifiedSince");
  const std::string_view stated = request->text_of("method");
  const auto method = std::find(std::begin(methods), std::end(methods), stated);
  if (method == std::end(methods))
    return malformed(index, ".request.method",
                     fmt::format("\"{}\" is not one of GET, HEAD, POST, PUT, PATCH, DELETE.",
                                 utf8::head(stated, 16)));
  entry.method = *method;
  TRY(take_url(call, request->text_of("url"), entry));
  TRY(check_resource(entry));
  if (entry.method == "PATCH") TRY(take_patch(entry));
  return entry;
}

Call call_of(const Call& bundle, Entry& entry) {
  return {.session = bundle.session,
          .definitions = bundle.definitions,
          .settings = bundle.settings,
          .base = bundle.base,
          .target = entry.target,
          .query = entry.query,
          .body = &entry.document,
          .resource = entry.resource,
          .if_match = entry.if_match,
          .if_none_match = entry.if_none_match,
          .if_none_exist = entry.if_none_exist,
          // In bundles a body comes back only when asked for: most senders do not read thousands of
          // echoes.
          .prefer = bundle.prefer == Return::unsaid ? Return::minimal : bundle.prefer,
          .media = entry.media,
          .content = entry.content,
          .languages = bundle.languages,
          .terminology = bundle.terminology,
          .closures = bundle.closures,
          .if_modified_since = parse_http_date(entry.if_modified_since)};
}

void append_answer(const Call& call, const Entry& entry, const Answer& answer, BundleText& out) {
  const record::Resource* located = answer.stamped ? &*answer.stamped : nullptr;
  const bool head = entry.method == "HEAD";
  out.response(status_line(answer.done),
               located == nullptr ? entry.target.type_name : call.definitions.name(located->type),
               located, head ? std::string_view() : std::string_view(answer.body), {});
}

namespace {

constexpr size_t slice_entries_max = 500;  // that share a commit

// Entries in their order; plain writes that follow one another share a commit.
class Batch {
 public:
  explicit Batch(Call& call) : call_(call), out_("batch-response", call.base) {}

  Reply run(std::span<const std::string_view> entries) {
    for (size_t i = 0; i < entries.size(); ++i) {
      auto entry = parse_entry(call_, i, entries[i]);
      if (entry && is_plain_write(*entry)) {
        slice_.push_back(*std::move(entry));
        if (slice_.size() == slice_entries_max) write_slice();
        continue;
      }
      write_slice();
      entry ? single(*entry) : refuse(std::move(entry).error());
    }
    write_slice();
    return Answer{.done = Answer::Done::ok, .body = out_.end()};
  }

 private:
  // A create or update that depends on nothing but itself.
  static bool is_plain_write(const Entry& entry) {
    const bool creates = entry.method == "POST" && entry.target.shape == Shape::type;
    const bool updates = entry.method == "PUT" && entry.target.shape == Shape::instance;
    return (creates || updates) && entry.query.empty() && entry.if_match.empty() &&
           entry.if_none_exist.empty() && entry.if_none_match.empty() &&
           entry.resource->text_of("resourceType") == entry.target.type_name &&
           (creates || entry.resource->text_of("id") == entry.target.id);
  }

  void write_slice() {
    if (slice_.size() > 1 && call_.provenance == nullptr) {
      std::vector<record::Change> changes;
      for (const Entry& entry : slice_)
        changes.push_back({.action = entry.method == "POST" ? record::Change::Action::create
                                                            : record::Change::Action::update,
                           .type = entry.target.type,
                           .id = entry.target.id,
                           .resource = entry.resource,
                           .if_match = {},
                           .if_none_exist = {}});
      auto outcomes = call_.session.write_each(changes);
      if (outcomes) {
        for (size_t i = 0; i < slice_.size(); ++i)
          answer(slice_[i], std::move((*outcomes)[i]));
        slice_.clear();
        return;
      }
    }
    for (Entry& entry : slice_)
      single(entry);
    slice_.clear();
  }

  void answer(Entry& entry, record::Written outcome) {
    if (outcome.resource) {
      append_answer(call_, entry, written(call_of(call_, entry), *std::move(outcome.resource)),
                    out_);
      return;
    }
    Problem problem(std::move(outcome.resource).error());
    if (!outcome.findings.empty() && problem.error.kind == Error::Kind::invalid) {
      problem.refusal = Refusal::unprocessable;
      problem.findings = std::move(outcome.findings);
    }
    refuse(problem);
  }

  void single(Entry& entry) {
    const bool nested = entry.target.shape == Shape::system && entry.method == "POST";
    Reply reply =
        nested
            ? Reply(malformed(entry.index, ".request.url", "A batch inside a batch is not served."))
            : entry_answer(call_, entry);
    if (reply) {
      append_answer(call_, entry, *reply, out_);
    } else {
      refuse(reply.error());
    }
  }

  void refuse(const Problem& problem) {
    out_.response(std::to_string(status_of(problem)), {}, nullptr, {}, outcome_text(problem));
  }

  Call& call_;
  BundleText out_;
  std::vector<Entry> slice_;
};

}  // namespace

Reply batch(Call& call, std::span<const std::string_view> entries) {
  return Batch(call).run(entries);
}

Reply bundle(Call& call) {
  const auto outlined = json::outline(call.content, "entry");
  if (!outlined) return unreadable(outlined.error());
  const json::Value& root = outlined->document.root;
  const std::string_view type = root.text_of("resourceType");
  if (type != "Bundle")
    return Error{
        Error::Kind::invalid,
        fmt::format("[base] takes a Bundle, not \"{}\". To create a resource POST to its type.",
                    utf8::head(type, 64)),
        "resourceType"};
  const std::string_view kind = root.text_of("type");
  if (kind != "batch" && kind != "transaction")
    return Error{Error::Kind::invalid,
                 fmt::format("Bundle.type is \"{}\"; batch or transaction is taken here.",
                             utf8::head(kind, 32)),
                 "Bundle.type"};
  const json::Value* array = root.find("entry");
  if (array != nullptr && !array->is_array())
    return Error{Error::Kind::invalid, "Bundle.entry must be an array.", "Bundle.entry"};
  const std::span entries = outlined->items;
  const size_t most =
      kind == "batch" ? call.settings.batch_entries_max : call.settings.transaction_entries_max;
  if (entries.size() > most)
    return Error{Error::Kind::too_costly,
                 fmt::format("The {} has {} entries; at most {} are taken at once.", kind,
                             entries.size(), most),
                 "Bundle.entry"};
  return kind == "batch" ? batch(call, entries) : transaction(call, entries);
}

}  // namespace tasuki::server::api
