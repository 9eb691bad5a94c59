// ref/testscripts: TestScripts of two projects, played against a whole server. FHIR R4
// testscript.html
//
// A script passes when every assert that is no mere warning holds; what it only sets up is not
// judged.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>

#include "conformance.h"
#include "fhir/path/expression.h"
#include "fhir/validate/validate.h"
#include "fhir/xml/xml.h"
#include "json/parse.h"
#include "server/house.h"
#include "server/testscript/script.h"

namespace tasuki::server::testscript {
namespace {

const std::filesystem::path folder = std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "testscripts";

// A fixture or an answer: the text, and the resource in it if it is one.
struct Source {
  std::string content;
  bool is_xml = false;
  std::shared_ptr<json::Document> resource;
};

Source source_of(std::string content) {
  Source source;
  source.content = std::move(content);
  source.is_xml = source.content.starts_with('<') || source.content.starts_with("\xEF\xBB\xBF<");
  auto document =
      source.is_xml ? fhir::from_xml(*r4(), source.content) : json::parse(source.content);
  if (document) source.resource = std::make_shared<json::Document>(*std::move(document));
  return source;
}

struct Status {
  const char* word;
  const char* code;
};
constexpr Status statuses[] = {
    {"okay", "200"},
    {"created", "201"},
    {"noContent", "204"},
    {"notModified", "304"},
    {"bad", "400"},
    {"forbidden", "403"},
    {"notFound", "404"},
    {"methodNotAllowed", "405"},
    {"conflict", "409"},
    {"gone", "410"},
    {"preconditionFailed", "412"},
    {"unprocessable", "422"},
};

bool in_list(const std::string& list, const std::string& value) {
  return ("," + list + ",").find("," + value + ",") != std::string::npos;
}

// testscript.html, assert.operator
bool holds(const std::string& operation, const std::string& value, const std::string& expected) {
  if (operation.empty() || operation == "equals") return value == expected;
  if (operation == "notEquals") return value != expected;
  if (operation == "in") return in_list(expected, value);
  if (operation == "notIn") return !in_list(expected, value);
  if (operation == "contains" || operation == "matchesMimeClass") return value.contains(expected);
  if (operation == "notContains") return !value.contains(expected);
  if (operation == "empty") return value.empty();
  if (operation == "notEmpty") return !value.empty();
  if (operation == "greaterThan") return std::stod("0" + value) > std::stod(expected);
  if (operation == "lessThan") return std::stod("0" + value) < std::stod(expected);
  if (operation == "matchesRegex") return std::regex_search(value, std::regex(expected));
  return false;
}

class Script {
 public:
  Script(House& house, std::filesystem::path file) : house_(house), file_(std::move(file)) {}

  // What fails first, or nothing.
  std::string play() {
    auto script = read(file_);
    if (!script) return script.error().message;
    script_ = std::make_shared<json::Document>(*std::move(script));
    for (const json::Value* fixture : each(script_->root, "fixture"))
      load(*fixture);
    for (const json::Value* setup : each(script_->root, "setup"))
      for (const json::Value* action : each(*setup, "action"))
        perform(*action);
    for (const json::Value* test : each(script_->root, "test"))
      for (const json::Value* action : each(*test, "action"))
        if (std::string fault = perform(*action); !fault.empty())
          return text(*test, "id") + text(*test, "name") + ": " + fault;
    return {};
  }

 private:
  void load(const json::Value& fixture) {
    for (const json::Value* resource : each(fixture, "resource")) {
      const auto file = file_.parent_path() / text(*resource, "reference");
      if (std::filesystem::exists(file))
        sources_[text(fixture, "id")] = source_of(with_placeholders(content_of(file)));
    }
  }

  // "${D7}" is seven digits, "${C4}" four letters, "${CD13}" either: the same all through a script.
  std::string with_placeholders(std::string content) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz", digits = "0123456789";
    for (size_t at = content.find("${"); at != std::string::npos; at = content.find("${", at + 1)) {
      const size_t end = content.find('}', at);
      const std::string name = content.substr(at + 2, end - at - 2);
      const size_t count_at = name.find_first_of(digits);
      const std::string kind = name.substr(0, count_at);
      if (count_at == std::string::npos || (kind != "C" && kind != "D" && kind != "CD")) continue;
      std::string& value = placeholders_[name];
      const std::string_view among = kind == "D" ? digits : letters;
      while (value.size() < std::stoul(name.substr(count_at)))
        value += among[std::hash<std::string>()(random_uuid()) % among.size()];
      content.replace(at, end - at + 1, value);
    }
    return content;
  }

  std::string variable(const std::string& name) {
    for (const json::Value* each_one : each(script_->root, "variable")) {
      if (text(*each_one, "name") != name) continue;
      const auto source = sources_.find(text(*each_one, "sourceId"));
      if (source == sources_.end() || !source->second.resource)
        return text(*each_one, "defaultValue");
      return find(source->second.resource->root, text(*each_one, "path")).value_or("");
    }
    return {};
  }

  std::string filled(std::string value) {
    for (size_t at = value.find("${"); at != std::string::npos; at = value.find("${", at)) {
      const size_t end = value.find('}', at);
      const std::string replacement = variable(value.substr(at + 2, end - at - 2));
      value.replace(at, end - at + 1, replacement);
      at += replacement.size();
    }
    return value;
  }

  std::string perform(const json::Value& action) {
    for (const json::Value* operation : each(action, "operation"))
      operate(*operation);
    for (const json::Value* assertion : each(action, "assert")) {
      if (text(*assertion, "warningOnly") == "true") continue;
      const std::string fault = judge(*assertion);
      if (!fault.empty())
        return fault + " (status " + std::to_string(heard_.status) + ") " +
               heard_.body.substr(0, 300);
    }
    return {};
  }

  static std::string media(const std::string& word) {
    if (word == "json" || word == "xml") return "application/fhir+" + word;
    return word == "none" ? std::string() : word;
  }

  void operate(const json::Value& operation) {
    const auto types = each(operation, "type");
    const std::string code = types.empty() ? std::string() : text(*types.front(), "code");
    const std::string method = code == "create"                             ? "POST"
                               : code == "update" || code == "updateCreate" ? "PUT"
                               : code == "delete"                           ? "DELETE"
                                                                            : "GET";
    std::string target = "/fhir";
    if (text(operation, "pathFromRoot") == "true") target.clear();
    if (const std::string type = text(operation, "resource"); !type.empty()) target += "/" + type;
    if (code == "capabilities") target += "/metadata";
    if (code == "history") target += "/_history";
    target += filled(text(operation, "params"));
    const Source& body = sources_[text(operation, "sourceId")];
    if (code == "create" && text(operation, "resource").empty() && body.resource)
      target += "/" + std::string(body.resource->root.text_of("resourceType"));

    std::string headers = "Authorization: Bearer " + token() + "\r\n";
    const auto say = [&](const std::string& name, const std::string& value) {
      if (!value.empty()) headers += name + ": " + value + "\r\n";
    };
    say("Accept", media(text(operation, "accept")));
    if (method == "POST" || method == "PUT")
      say("Content-Type", media(text(operation, "contentType")));
    for (const json::Value* header : each(operation, "requestHeader"))
      say(text(*header, "field"), filled(text(*header, "value")));
    const bool writes = method == "POST" || method == "PUT";
    heard_ = house_.ask(method, escaped(target), headers, writes ? filled(body.content) : "");
    answer_ = source_of(heard_.body);
    if (const std::string name = text(operation, "responseId"); !name.empty())
      sources_[name] = answer_;
  }

  static std::string escaped(const std::string& target) {
    std::string out;
    for (const char c : target) {
      if (c == ' ')
        out += "%20";
      else if (c == '|')
        out += "%7C";
      else
        out += c;
    }
    return out;
  }

  std::string judge(const json::Value& assertion) {
    const std::string operation = text(assertion, "operator");
    const auto asked = [&](const char* name) { return filled(text(assertion, name)); };
    const auto check = [&](const std::string& value, const std::string& expected) {
      return holds(operation, value, expected)
                 ? std::string()
                 : "\"" + value.substr(0, 100) + "\" " + operation + " \"" + expected + "\"";
    };
    if (const std::string word = asked("response"); !word.empty()) {
      const auto* const status = std::ranges::find(statuses, word, &Status::word);
      return check(std::to_string(heard_.status), status->code);
    }
    if (const std::string code = asked("responseCode"); !code.empty())
      return check(std::to_string(heard_.status), code);
    if (const std::string type = asked("contentType"); !type.empty())
      return heard_.header("Content-Type").contains(type) ? "" : "Content-Type is not " + type;
    if (const std::string field = asked("headerField"); !field.empty())
      return check(heard_.header(field), asked("value"));
    if (text(assertion, "responseBody") != "") return check(heard_.body, asked("responseBody"));
    return judge_resource(assertion, check);
  }

  template <class Check>
  std::string judge_resource(const json::Value& assertion, const Check& check) {
    const std::string id = text(assertion, "sourceId");
    const Source& source = id.empty() ? answer_ : sources_[id];
    if (!source.resource) return "the answer is no resource";
    const json::Value& root = source.resource->root;
    if (const std::string type = text(assertion, "resource"); !type.empty())
      return root.text_of("resourceType") == type ? "" : "it is no " + type;
    if (const std::string path = text(assertion, "path"); !path.empty())
      return check(find(root, path).value_or(""), filled(text(assertion, "value")));
    if (!text(assertion, "validateProfileId").empty()) return validated(root);
    if (const std::string least = text(assertion, "minimumId"); !least.empty())
      return has_least(root, sources_[least]) ? "" : "less than " + least;
    if (const std::string expression = text(assertion, "expression"); !expression.empty())
      return evaluated(root, filled(expression));
    return "this runner does not know the assert";
  }

  // Of a search's answer one entry must have it all.
  static bool has_least(const json::Value& root, const Source& least) {
    if (!least.resource) return false;
    if (contains(root, least.resource->root)) return true;
    return std::ranges::any_of(each(root, "entry"), [&](const json::Value* entry) {
      const json::Value* resource = entry->find("resource");
      return resource != nullptr && contains(*resource, least.resource->root);
    });
  }

  static std::string validated(const json::Value& root) {
    for (const fhir::Finding& finding : fhir::validate(*r4(), root))
      if (finding.severity == fhir::Finding::Severity::error) return finding.message;
    return {};
  }

  static std::string evaluated(const json::Value& root, const std::string& text) {
    const auto expression = fhir::path::Expression::compile(*r4(), text);
    if (!expression) return text + ": " + expression.error().message;
    const auto focus = fhir::path::root(*r4(), root);
    json::Arena arena;
    const auto items = expression->evaluate(focus, focus, arena);
    if (!items) return text + ": " + items.error().message;
    const bool is_true =
        items->size() == 1 && items->front().value.is_boolean() && items->front().value.boolean();
    return is_true ? "" : text + " is not true";
  }

  const std::string& token() {
    static std::map<const House*, std::string> tokens;
    std::string& held = tokens[&house_];
    if (held.empty()) held = house_.token("own/doctor");
    return held;
  }

  House& house_;
  std::filesystem::path file_;
  std::shared_ptr<json::Document> script_;
  std::map<std::string, Source> sources_;
  std::map<std::string, std::string> placeholders_;
  Heard heard_;
  Source answer_;
};

std::vector<std::filesystem::path> scripts() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().string();
    const bool is_script = name.ends_with(".json") || name.ends_with(".xml");
    if (entry.is_regular_file() && is_script && !name.contains("/_reference/"))
      found.push_back(entry.path());
  }
  // What loads the data that others read comes first.
  std::ranges::sort(found, {}, [](const std::filesystem::path& file) {
    return std::pair(!file.string().contains("_LoadResources"), file.string());
  });
  return found;
}

constexpr double floor_share = 0.95;

// Why a script is not to be met; empty: it is.
std::string exception_of(const std::string& id) {
  if (id.contains("smart-on-fhir-v2"))
    return "SMART App Launch belongs to sign-in and is not part of this issue";
  if (id.contains("scheduling-typical-flow"))
    return "asks for Schedule?type=, which R4 names service-type; STU3 is not served";
  return {};
}

TEST(TestScripts, pass) {
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIP testscripts: not here";
  House house;
  conformance::Tally tally("testscripts");
  for (const auto& file : scripts()) {
    const std::string id = std::filesystem::relative(file, folder).string();
    const std::string fault = Script(house, file).play();
    const std::string exception = exception_of(id);
    if (fault.empty()) {
      tally.pass();
    } else if (exception.empty()) {
      tally.fail(id, fault);
    } else {
      tally.except(id, exception);
    }
  }
  EXPECT_GE(tally.share(), floor_share) << tally.failures();
}

}  // namespace
}  // namespace tasuki::server::testscript
