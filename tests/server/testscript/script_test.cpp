#include "server/testscript/script.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>

#include "json/parse.h"
#include "xml/document.h"

namespace tasuki::server::testscript {
namespace {

json::Value value_of(const xml::Node& node, json::Arena& arena) {
  json::Value object = json::Value::object();
  for (const xml::Attribute& attribute : node.attributes()) {
    if (attribute.name == "value") return json::Value::string(arena, attribute.value);
    object.set(arena, attribute.name, json::Value::string(arena, attribute.value));
  }
  for (xml::Node child = node.first(); child; child = child.next()) {
    if (!child.is_element()) continue;
    const json::Value value = value_of(child, arena);
    json::Value* standing = object.find(child.name());
    if (standing == nullptr) {
      json::Value list = json::Value::array();
      list.push(arena, value);
      object.set(arena, child.name(), list);
    } else {
      standing->push(arena, value);
    }
  }
  return object;
}

// "entry[1]", "extension[@url='x']", "extension[?(@.url == 'x')]": the name and what is in
// brackets.
struct Step {
  std::string name, filter;
};

std::vector<Step> steps_of(std::string_view path) {
  std::vector<Step> steps(1);
  int depth = 0;
  for (const char c : path) {
    if (c == '[' && depth++ == 0) continue;
    if (c == ']' && --depth == 0) continue;
    if (depth > 0) {
      steps.back().filter += c;
    } else if (c == '/' || c == '.') {
      steps.emplace_back();
    } else {
      steps.back().name += c;
    }
  }
  std::erase_if(steps, [](const Step& step) { return step.name.empty(); });
  return steps;
}

const json::Value* picked(const json::Value& list, const std::string& filter, bool from_one) {
  if (!list.is_array()) return &list;
  if (filter.empty()) return list.size() == 0 ? nullptr : &list.items()[0];
  const size_t quote = filter.find('\'');
  if (quote == std::string::npos) {
    const size_t index = std::stoul(filter) - (from_one ? 1 : 0);
    return index < list.size() ? &list.items()[index] : nullptr;
  }
  const std::string url = filter.substr(quote + 1, filter.find('\'', quote + 1) - quote - 1);
  for (const json::Value& item : list.items())
    if (item.text_of("url") == url) return &item;
  return nullptr;
}

// The first resource of the type: the root, or one of a Bundle's.
const json::Value* resource_of(const json::Value& root, std::string_view type) {
  if (root.text_of("resourceType") == type) return &root;
  const json::Value* entries = root.find("entry");
  if (entries == nullptr) return nullptr;
  for (const json::Value& entry : entries->items()) {
    const json::Value* resource = entry.find("resource");
    if (resource != nullptr && resource->text_of("resourceType") == type) return resource;
  }
  return nullptr;
}

bool is_type(const std::string& name) {
  return name.front() >= 'A' && name.front() <= 'Z';
}

}  // namespace

std::string content_of(const std::filesystem::path& file) {
  std::stringstream content;
  content << std::ifstream(file, std::ios::binary).rdbuf();
  return content.str();
}

Result<json::Document> read(const std::filesystem::path& file) {
  if (file.extension() == ".json") return json::parse(content_of(file));
  const xml::Document tree = TRY(xml::parse(content_of(file)));
  json::Document document;
  document.root = value_of(tree.root(), document.arena);
  return document;
}

std::vector<const json::Value*> each(const json::Value& value, std::string_view name) {
  std::vector<const json::Value*> found;
  const json::Value* member = value.find(name);
  if (member == nullptr) return found;
  if (!member->is_array()) return {member};
  for (const json::Value& item : member->items())
    found.push_back(&item);
  return found;
}

std::string text(const json::Value& value, std::string_view name) {
  const auto found = each(value, name);
  if (found.empty()) return {};
  if (found.front()->is_boolean()) return found.front()->boolean() ? "true" : "false";
  return std::string(found.front()->text());
}

std::optional<std::string> find(const json::Value& resource, std::string_view path) {
  const bool from_one = path.contains('/');
  const json::Value* at = &resource;
  const json::Value* beside = nullptr;  // "_birthDate", for what stands inside a primitive
  for (const Step& step : steps_of(path)) {
    if (is_type(step.name)) {
      at = resource_of(*at, step.name);
      if (at == nullptr) return std::nullopt;
      continue;
    }
    const json::Value* holder = at->is_object() ? at : beside;
    if (holder == nullptr) return std::nullopt;
    beside = holder->find("_" + step.name);
    const json::Value* member = holder->find(step.name);
    if (member == nullptr) return std::nullopt;
    at = picked(*member, step.filter, from_one);
    if (at == nullptr) return std::nullopt;
  }
  if (at->is_boolean()) return at->boolean() ? "true" : "false";
  if (at->is_object()) return "(object)";
  return std::string(at->text());
}

bool contains(const json::Value& larger, const json::Value& smaller) {
  if (larger.kind() != smaller.kind()) return false;
  if (smaller.is_object())
    return std::ranges::all_of(smaller.members(), [&](const json::Member& member) {
      const json::Value* other = larger.find(member.name);
      return other != nullptr && contains(*other, member.value);
    });
  if (smaller.is_array())
    return std::ranges::all_of(smaller.items(), [&](const json::Value& item) {
      return std::ranges::any_of(larger.items(),
                                 [&](const json::Value& other) { return contains(other, item); });
    });
  return json::equal(larger, smaller);
}

TEST(TestScriptPath, finds) {
  const auto patient = json::parse(
      R"({"resourceType":"Patient","name":[{"given":["A","B"]}],"_birthDate":{"extension":[{"url":"u","valueDateTime":"1975"}]},"birthDate":"1975-01-02"})");
  const auto bundle = json::parse(
      R"({"resourceType":"Bundle","total":1,"entry":[{"resource":{"resourceType":"Patient","id":"p"}}]})");
  EXPECT_EQ(find(patient->root, "Patient/name/given"), "A");
  EXPECT_EQ(find(patient->root, ".name[0].given[1]"), "B");
  EXPECT_EQ(find(patient->root, "Patient/birthDate/extension[@url='u']/valueDateTime"), "1975");
  EXPECT_EQ(find(patient->root, "_birthDate.extension[?(@.url == 'u')].valueDateTime"), "1975");
  EXPECT_EQ(find(patient->root, "Patient/gender"), std::nullopt);
  EXPECT_EQ(find(bundle->root, "/Bundle/entry[1]/resource/Patient/id"), "p");
  EXPECT_EQ(find(bundle->root, "Patient/id"), "p");
  EXPECT_EQ(find(bundle->root, "/Bundle/total"), "1");
}

}  // namespace tasuki::server::testscript
