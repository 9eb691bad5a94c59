// The tally of a reference suite: what passed, what failed, what we decided not to meet and why.
//
// Why: docs/conformance.md must say what ran, not what is hoped. A suite's test makes one Tally;
// when it ends, the tally is written to build/conformance/<suite>.json, from which
// tools/conformance.py writes the page.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/print.h"

namespace tasuki::conformance {

class Tally {
 public:
  explicit Tally(std::string suite) : suite_(std::move(suite)) {}
  Tally(const Tally&) = delete;
  Tally& operator=(const Tally&) = delete;
  ~Tally() { write(); }

  void pass() { ++passed_; }
  void fail(std::string id, std::string what) {
    failed_.emplace_back(std::move(id), std::move(what));
  }
  // A case that is not to be met: the reason is a sentence for docs/conformance.md.
  void except(std::string id, std::string reason) {
    exceptions_.emplace_back(std::move(id), std::move(reason));
  }

  size_t passed() const { return passed_; }
  size_t failed() const { return failed_.size(); }
  // Of the cases that are to be met; exceptions do not count. 1 where there is none.
  double share() const {
    const size_t asked = passed_ + failed_.size();
    return asked == 0 ? 1 : static_cast<double>(passed_) / static_cast<double>(asked);
  }
  // The failed cases, one a line: for the message of an EXPECT.
  std::string failures() const {
    std::string text;
    for (const auto& [id, what] : failed_)
      text += id + ": " + what + "\n";
    return text;
  }

 private:
  using Cases = std::vector<std::pair<std::string, std::string>>;

  static void list(const Cases& cases, std::string_view second, std::string& out) {
    out += '[';
    for (size_t i = 0; i < cases.size(); ++i) {
      out += i == 0 ? "{\"id\":" : ",{\"id\":";
      json::print_string(cases[i].first, out);
      out += ",\"" + std::string(second) + "\":";
      json::print_string(cases[i].second, out);
      out += '}';
    }
    out += ']';
  }

  void write() const {
    const char* folder = std::getenv("TASUKI_CONFORMANCE");
    if (folder == nullptr) return;
    std::filesystem::create_directories(folder);
    std::string text = "{\"suite\":";
    json::print_string(suite_, text);
    text += ",\"passed\":" + std::to_string(passed_) + ",\"failed\":";
    list(failed_, "what", text);
    text += ",\"exceptions\":";
    list(exceptions_, "reason", text);
    text += "}\n";
    std::ofstream(std::filesystem::path(folder) / (suite_ + ".json"), std::ios::binary) << text;
  }

  std::string suite_;
  size_t passed_ = 0;
  Cases failed_, exceptions_;
};

}  // namespace tasuki::conformance
