// POST [base]: a Bundle of requests. In a batch each stands for itself. FHIR R4
// http.html#transaction
#include "server/api/entry.h"
#include "server/api/parameters.h"
#include "server/api/reply.h"

namespace tasuki::server::api {
namespace {

constexpr std::string_view methods[] = {"GET", "HEAD", "POST", "PUT", "DELETE"};

Error malformed(size_t index, std::string_view where, std::string message) {
  return {Error::Kind::invalid, std::move(message), entry_location(index, where)};
}

Reply entry_answer(Call& bundle, const Entry& entry) {
  Call call = call_of(bundle, entry);
  return perform(entry.method == "HEAD" ? "GET" : entry.method, call);
}

}  // namespace

std::string entry_location(size_t index, std::string_view rest) {
  return fmt::format("Bundle.entry[{}]{}", index, rest);
}

Result<Entry> parse_entry(const Call& call, size_t index, json::Value& value) {
  const json::Value* request = value.find("request");
  if (request == nullptr || !request->is_object())
    return malformed(index, "", "The entry has no request; method and url are needed.");
  Entry entry{.index = index,
              .full_url = value.text_of("fullUrl"),
              .method = request->text_of("method"),
              .target = {},
              .query = {},
              .resource = value.find("resource"),
              .if_match = request->text_of("ifMatch"),
              .if_none_match = request->text_of("ifNoneMatch"),
              .if_none_exist = request->text_of("ifNoneExist")};
  if (std::find(std::begin(methods), std::end(methods), entry.method) == std::end(methods))
    return malformed(index, ".request.method",
                     fmt::format("\"{}\" is not one of GET, HEAD, POST, PUT, DELETE.",
                                 entry.method.substr(0, 16)));
  const bool writes = entry.method == "POST" || entry.method == "PUT";
  const bool operates = request->text_of("url").contains('$');  // its Parameters may be left out
  if (writes && !operates && (entry.resource == nullptr || !entry.resource->is_object()))
    return malformed(index, ".resource", fmt::format("A {} needs a resource.", entry.method));
  if (!writes) entry.resource = nullptr;

  std::string_view url = request->text_of("url");
  if (url.empty())
    return malformed(index, ".request.url", "The url is missing: \"Patient\", \"Patient/1\" ...");
  if (url.starts_with(call.base)) url.remove_prefix(call.base.size());
  const size_t mark = url.find('?');
  auto target = parse_target(call.definitions, url.substr(0, mark));
  if (!target) return malformed(index, ".request.url", std::move(target.error().message));
  entry.target = *std::move(target);
  if (mark != std::string_view::npos)
    entry.query = without(url.substr(mark + 1), {"_format", "_pretty"});
  return entry;
}

Call call_of(const Call& bundle, const Entry& entry) {
  return {.session = bundle.session,
          .definitions = bundle.definitions,
          .settings = bundle.settings,
          .base = bundle.base,
          .target = entry.target,
          .query = entry.query,
          .body = bundle.body,
          .resource = entry.resource,
          .if_match = std::string(entry.if_match),
          .if_none_match = std::string(entry.if_none_match),
          .if_none_exist = std::string(entry.if_none_exist),
          // In bundles a body comes back only when asked for: most senders do not read thousands of
          // echoes.
          .prefer = bundle.prefer == Return::unsaid ? Return::minimal : bundle.prefer,
          .languages = bundle.languages,
          .terminology = bundle.terminology,
          .closures = bundle.closures};
}

void append_answer(const Call& call, const Entry& entry, const Answer& answer, BundleText& out) {
  const record::Resource* located = answer.stamped ? &*answer.stamped : nullptr;
  const bool head = entry.method == "HEAD";
  out.response(status_line(answer.done),
               located == nullptr ? entry.target.type_name : call.definitions.name(located->type),
               located, head ? std::string_view() : std::string_view(answer.body), {});
}

Reply batch(Call& call, std::span<json::Value> entries) {
  BundleText out("batch-response", call.base);
  for (size_t i = 0; i < entries.size(); ++i) {
    const auto entry = parse_entry(call, i, entries[i]);
    Reply reply = !entry ? Reply(entry.error())
                  : entry->target.shape == Shape::system && entry->method == "POST"
                      ? Reply(malformed(i, ".request.url", "A batch inside a batch is not served."))
                      : entry_answer(call, *entry);
    if (reply) {
      append_answer(call, *entry, *reply, out);
    } else {
      out.response(std::to_string(status_of(reply.error())), {}, nullptr, {},
                   outcome_text(reply.error()));
    }
  }
  return Answer{.done = Answer::Done::ok, .body = out.end()};
}

Reply bundle(Call& call) {
  const std::string_view type = call.resource->text_of("resourceType");
  if (type != "Bundle")
    return Error{
        Error::Kind::invalid,
        fmt::format("[base] takes a Bundle, not \"{}\". To create a resource POST to its type.",
                    type.substr(0, 64)),
        "resourceType"};
  const std::string_view kind = call.resource->text_of("type");
  if (kind != "batch" && kind != "transaction")
    return Error{Error::Kind::invalid,
                 fmt::format("Bundle.type is \"{}\"; batch or transaction is taken here.",
                             kind.substr(0, 32)),
                 "Bundle.type"};
  json::Value* entries = call.resource->find("entry");
  if (entries != nullptr && !entries->is_array())
    return Error{Error::Kind::invalid, "Bundle.entry must be an array.", "Bundle.entry"};
  if (entries != nullptr && entries->size() > call.settings.bundle_entries_max)
    return Error{Error::Kind::too_costly,
                 fmt::format("The Bundle has {} entries; at most {} are taken at once.",
                             entries->size(), call.settings.bundle_entries_max),
                 "Bundle.entry"};
  const std::span<json::Value> items =
      entries == nullptr ? std::span<json::Value>() : entries->items();
  return kind == "batch" ? batch(call, items) : transaction(call, items);
}

}  // namespace tasuki::server::api
