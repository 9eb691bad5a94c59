// Plays tests/scenario/*.http against a real server; README.md there tells the language.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

#include "json/parse.h"
#include "json/print.h"
#include "server/house.h"

namespace tasuki::server {
namespace {

struct Expectation {
  int line = 0;
  std::string text;
};
struct Step {
  int line = 0;
  std::string method, target, body;
  std::vector<std::pair<std::string, std::string>> headers;
  unsigned status = 0;
  std::vector<std::pair<std::string, std::string>> answer_headers;
  std::vector<Expectation> expectations;
};

std::string trimmed(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\r'))
    text.pop_back();
  text.erase(0, text.find_first_not_of(' '));
  return text;
}

// "POST Patient   If-Match: W/"1"   As: nurse": parts stand three spaces apart.
std::vector<std::string> parts_of(const std::string& line) {
  std::vector<std::string> parts;
  for (size_t at = 0; at < line.size();) {
    const size_t end = line.find("   ", at);
    const std::string part = trimmed(line.substr(at, end - at));
    if (!part.empty()) parts.push_back(part);
    if (end == std::string::npos) break;
    at = end + 3;
  }
  return parts;
}

std::pair<std::string, std::string> header_of(const std::string& part) {
  const size_t colon = part.find(": ");
  return {part.substr(0, colon), colon == std::string::npos ? "" : part.substr(colon + 2)};
}

std::vector<Step> parse(const std::filesystem::path& file) {
  std::vector<Step> steps;
  std::ifstream stream(file);
  std::string line;
  bool asking = false;
  for (int number = 1; std::getline(stream, line); ++number) {
    if (line.starts_with('#') && !asking) continue;
    if (line.starts_with("---- ")) {
      const auto parts = parts_of(line.substr(5));
      steps.back().status = static_cast<unsigned>(std::stoul(parts.at(0)));
      for (size_t i = 1; i < parts.size(); ++i)
        steps.back().answer_headers.push_back(header_of(parts[i]));
      asking = false;
    } else if (asking) {
      steps.back().body += line + "\n";
    } else if (line.starts_with("  ")) {
      steps.back().expectations.push_back({number, trimmed(line)});
    } else if (trimmed(line) == "again") {
      Step same = steps.back();
      same.line = number;
      same.answer_headers.clear();
      same.expectations.clear();
      steps.push_back(same);
      asking = true;
    } else if (!trimmed(line).empty()) {
      const auto parts = parts_of(line);
      const size_t space = parts.at(0).find(' ');
      Step step{.line = number,
                .method = parts[0].substr(0, space),
                .target = trimmed(parts[0].substr(space + 1)),
                .body = {},
                .headers = {},
                .status = 0,
                .answer_headers = {},
                .expectations = {}};
      for (size_t i = 1; i < parts.size(); ++i)
        step.headers.push_back(header_of(parts[i]));
      steps.push_back(step);
      asking = true;
    }
  }
  return steps;
}

// "entry[1].resource.id"; "entry.length"; numbers and strings as their text.
std::optional<std::string> at_path(const json::Value& root, const std::string& path) {
  const json::Value* at = &root;
  std::stringstream names(path);
  for (std::string name; std::getline(names, name, '.');) {
    if (name == "length") return std::to_string(at->size());
    size_t bracket = name.find('[');
    const std::string member = name.substr(0, bracket);
    if (!member.empty()) at = at->find(member);
    while (at != nullptr && bracket != std::string::npos) {
      const size_t index = std::stoul(name.substr(bracket + 1));
      at = index < at->items().size() ? &at->items()[index] : nullptr;
      bracket = name.find('[', bracket + 1);
    }
    if (at == nullptr) return std::nullopt;
  }
  if (at->is_boolean()) return at->boolean() ? "true" : "false";
  return at->is_string() || at->is_number() ? std::string(at->text()) : json::print(*at);
}

class Player {
 public:
  explicit Player(std::string file) : file_(std::move(file)) {}

  void play(const Step& step) {
    SCOPED_TRACE(file_ + ":" + std::to_string(step.line) + " " + step.method + " " + step.target);
    std::string account = "own/doctor", headers;
    std::set<std::string> said;
    for (const auto& [name, value] : step.headers) {
      if (name == "As") {
        account = value;
        continue;
      }
      headers += name + ": " + filled(value) + "\r\n";
      said.insert(name);
    }
    std::string body = filled(step.body);
    while (!body.empty() && body.back() == '\n')
      body.pop_back();
    if (account != "nobody") headers += "Authorization: Bearer " + token(account) + "\r\n";
    if (!body.empty() && !said.contains("Content-Type"))
      headers += "Content-Type: application/fhir+json\r\n";
    std::string target = filled(step.target);
    if (!target.starts_with('/')) target = target == "." ? "/fhir" : "/fhir/" + target;
    const Heard heard = house_.ask(step.method, target, headers, body);
    EXPECT_EQ(heard.status, step.status) << heard.body.substr(0, 2000);
    for (const auto& [name, value] : step.answer_headers)
      EXPECT_EQ(heard.header(name), filled(value)) << name;
    check(step, heard);
  }

 private:
  void check(const Step& step, const Heard& heard) {
    if (step.expectations.empty()) return;
    const auto document = json::parse(heard.body.empty() ? "null" : heard.body);
    const json::Value none;  // of XML and bytes: only "body" can be asked
    for (const Expectation& expectation : step.expectations)
      check_one(expectation, document ? document->root : none, heard);
  }

  // "path = value", "path ~ part", "path absent", "path empty", "path -> name"; "body" is the whole
  void check_one(const Expectation& expectation, const json::Value& root, const Heard& heard) {
    SCOPED_TRACE(file_ + ":" + std::to_string(expectation.line) + " " + expectation.text);
    const size_t space = expectation.text.find(' ');
    const std::string path = expectation.text.substr(0, space),
                      rest = trimmed(expectation.text.substr(space + 1));
    const std::optional<std::string> found =
        path == "body" ? std::optional(heard.body) : at_path(root, path);
    if (rest == "empty") {
      EXPECT_EQ(found.value_or("(absent)"), "");
    } else if (rest == "absent") {
      EXPECT_FALSE(found.has_value()) << *found;
    } else if (rest.starts_with("= ")) {
      EXPECT_EQ(found.value_or("(absent)"), filled(rest.substr(2))) << heard.body.substr(0, 2000);
    } else if (rest.starts_with("~ ")) {
      EXPECT_NE(found.value_or("(absent)").find(filled(rest.substr(2))), std::string::npos)
          << found.value_or("(absent)").substr(0, 2000);
    } else if (rest.starts_with("!~ ")) {
      EXPECT_EQ(found.value_or("").find(filled(rest.substr(3))), std::string::npos)
          << found.value_or("");
    } else if (rest.starts_with("-> ")) {
      ASSERT_TRUE(found.has_value()) << heard.body;
      variables_[rest.substr(3)] = *found;
    } else {
      FAIL() << "not an expectation";
    }
  }

  std::string filled(std::string text) const {
    for (const auto& [name, value] : variables_) {
      const std::string mark = "{{" + name + "}}";
      for (size_t at = text.find(mark); at != std::string::npos; at = text.find(mark))
        text.replace(at, mark.size(), value);
    }
    return text;
  }

  std::string token(const std::string& account) {
    std::string& held = tokens_[account];
    if (held.empty()) held = house_.token(account);
    return held;
  }

  std::string file_;
  House house_;
  std::map<std::string, std::string> variables_{{"base", "http://test/fhir"}}, tokens_;
};

class Scenario : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(Scenario, plays) {
  Player player(GetParam().filename().string());
  for (const Step& step : parse(GetParam()))
    player.play(step);
}

std::vector<std::filesystem::path> files() {
  std::vector<std::filesystem::path> found;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(TASUKI_TESTS_FOLDER) / "scenario"))
    if (entry.path().extension() == ".http") found.push_back(entry.path());
  std::sort(found.begin(), found.end());
  return found;
}
INSTANTIATE_TEST_SUITE_P(Server, Scenario, testing::ValuesIn(files()),
                         [](const auto& info) { return info.param.stem().string(); });

}  // namespace
}  // namespace tasuki::server
