// $meta, $meta-add, $meta-delete: profiles, tags and labels without the rest of the resource.
// FHIR R4 resource-operation-meta.html, -meta-add.html, -meta-delete.html
#include <set>

#include "fhir/search/query.h"
#include "json/parse.h"
#include "json/print.h"
#include "server/api/operation/operation.h"

namespace tasuki::server::api {
namespace {

constexpr size_t labels_looked_through_max =
    50'000;  // resources, for the labels of a type or of all
constexpr size_t page_count = 1000;
constexpr int tries_max = 8;  // of a change that another one overtook

constexpr std::string_view lists[] = {"profile", "security", "tag"};

// Two labels are one where system and code are (resource.html#simple-tags); a profile is a string.
std::string identity_of(const json::Value& label) {
  if (label.is_string()) return std::string(label.text());
  return std::string(label.text_of("system")) + "|" + std::string(label.text_of("code"));
}

Answer meta_answer(const json::Value& meta) {
  return {.done = Answer::Done::ok,
          .body = R"({"resourceType":"Parameters","parameter":[{"name":"return","valueMeta":)" +
                  json::print(meta) + "}]}"};
}

// What many resources say, each label once.
class Union {
 public:
  void add(const json::Value& resource) {
    const json::Value* meta = resource.find("meta");
    if (meta == nullptr) return;
    for (size_t i = 0; i < std::size(lists); ++i) {
      const json::Value* labels = meta->find(lists[i]);
      if (labels == nullptr) continue;
      for (const json::Value& label : labels->items())
        if (seen_[i].insert(identity_of(label)).second)
          sets_[i].push(arena_, json::clone(label, arena_));
    }
  }
  json::Value value() {
    json::Value meta = json::Value::object();
    for (size_t i = 0; i < std::size(lists); ++i)
      if (sets_[i].size() > 0) meta.append(arena_, lists[i], sets_[i]);
    return meta;
  }

 private:
  json::Arena arena_;
  std::set<std::string> seen_[3];
  json::Value sets_[3] = {json::Value::array(), json::Value::array(), json::Value::array()};
};

Reply meta_of_many(Call& call) {
  Union all;
  std::optional<fhir::TypeId> type;
  if (call.target.type != fhir::no_type) type = call.target.type;
  auto query = TRY(fhir::search::parse(call.definitions, type, ""));
  query.count = page_count;
  for (size_t looked_at = 0;; looked_at += page_count) {
    if (looked_at >= labels_looked_through_max)
      return Error{
          Error::Kind::too_costly,
          fmt::format("$meta of a type or of everything looks through at most {} resources; "
                      "ask it of one resource.",
                      labels_looked_through_max),
          "url"};
    record::SearchResult page = TRY(call.session.search(query));
    for (const record::Resource& match : page.matches)
      all.add(TRY(json::parse(match.body)).root);
    if (page.next.empty()) return meta_answer(all.value());
    query.cursor = page.next;
  }
}

// The labels given, taken out of or put among those that stand.
void change(json::Value& standing, json::Arena& arena, const json::Value& given, bool adds) {
  std::set<std::string> named;
  for (const json::Value& label : given.items())
    named.insert(identity_of(label));
  json::Value kept = json::Value::array();
  for (const json::Value& label : standing.items())
    if (adds || !named.contains(identity_of(label))) kept.push(arena, label);
  if (adds) {
    for (const json::Value& label : standing.items())
      named.erase(identity_of(label));
    for (const json::Value& label : given.items())
      if (named.erase(identity_of(label)) > 0) kept.push(arena, json::clone(label, arena));
  }
  standing = kept;
}

// A new version with other labels and nothing else changed; of what was overtaken, again.
Reply meta_changed(Call& call, const Input& input, bool adds) {
  const json::Value* given = input.find("meta")->value;
  if (given == nullptr || !given->is_object())
    return Error{Error::Kind::invalid, "The parameter meta must be a valueMeta.", "meta"};
  if (call.target.version != 0)
    return Error{Error::Kind::unsupported,
                 "Old versions are never changed; ask it of the resource itself.", "url"};
  for (int tries = 0;; ++tries) {
    const record::Resource standing = TRY(call.session.read(call.target.type, call.target.id));
    json::Document document = TRY(json::parse(standing.body));
    json::Value& meta = *document.root.find("meta");
    for (const std::string_view list : lists) {
      const json::Value* labels = given->find(list);
      if (labels == nullptr) continue;
      json::Value* stands = meta.find(list);
      json::Value result = stands == nullptr ? json::Value::array() : *stands;
      change(result, document.arena, *labels, adds);
      if (result.size() == 0) {
        meta.remove(list);
      } else {
        meta.set(document.arena, list, result);
      }
    }
    record::Change update{.action = record::Change::Action::update,
                          .type = call.target.type,
                          .id = call.target.id,
                          .resource = &document.root,
                          .if_match = standing.version,
                          .if_none_exist = {},
                          .unless_same = true};
    auto written = call.session.write(update);
    if (!written && written.error().kind == Error::Kind::conflict && tries < tries_max) continue;
    if (!written) return std::move(written).error();
    const json::Document now = TRY(json::parse(written->body));
    Answer answer = meta_answer(*now.root.find("meta"));
    answer.stamped = *std::move(written);
    return answer;
  }
}

}  // namespace

Reply meta(Call& call, const Input&) {
  if (call.target.shape != Shape::instance_operation) return meta_of_many(call);
  const record::Resource resource =
      call.target.version == 0
          ? TRY(call.session.read(call.target.type, call.target.id))
          : TRY(call.session.read_version(call.target.type, call.target.id, call.target.version));
  const json::Document document = TRY(json::parse(resource.body));
  return meta_answer(*document.root.find("meta"));
}

Reply meta_add(Call& call, const Input& input) {
  return meta_changed(call, input, true);
}
Reply meta_delete(Call& call, const Input& input) {
  return meta_changed(call, input, false);
}

}  // namespace tasuki::server::api
