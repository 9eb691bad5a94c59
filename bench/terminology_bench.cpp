// terminology-bench [--program P] [--package FILE.tgz]… [--seconds N]: a synthetic master set of
// 450,000 concepts loaded as a hospital loads it, the start of the program with it and the
// packages, and $validate-code over HTTP and in process.
//
// The files are in two publishers' layouts (formats/masters/layout.cpp), with names of the lengths
// that the real ones have; every word in them is invented.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "fhir/terminology/library.h"
#include "load.h"
#include "subject.h"

namespace tasuki::bench {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t diseases = 70'000;   // three codes each
constexpr uint64_t medicines = 60'000;  // four codes each
constexpr std::string_view disease_system =
    "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/masterB-disease";
constexpr std::string_view disease_set = "http://example.org/ValueSet/diseases";

std::string row(size_t columns, const std::vector<std::pair<size_t, std::string>>& cells) {
  std::vector<std::string> all(columns);
  for (const auto& [place, text] : cells)
    all[place] = text;
  std::string line;
  for (const std::string& cell : all)
    line += (line.empty() ? "\"" : ",\"") + cell + "\"";
  return line + "\r\n";
}

std::string base_36(uint64_t n) {
  std::string text = "0000";
  for (size_t i = 4; i-- > 0; n /= 36)
    text[i] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[n % 36];
  return text;
}

std::string disease_code(uint64_t n) {
  return fmt::format("{:07}", 8'000'000 + n);
}

void write_diseases(const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  for (uint64_t n = 0; n < diseases; ++n)
    out << row(46, {{1, "B"},
                    {2, disease_code(n)},
                    {3, disease_code(n)},
                    {5, fmt::format("架空性みなと症候群第{}型", n)},
                    {9, fmt::format("カクウセイミナトショウコウグンダイ{}ガタ", n)},
                    {10, fmt::format("{:08}", 20'000'000 + n)},
                    {12, base_36(n)},
                    {15, fmt::format("A{:03}", n % 1000)},
                    {22, "20200401"},
                    {23, "99999999"}});
}

void write_medicines(const fs::path& file) {
  std::ofstream out(file, std::ios::binary);
  const std::vector<std::string> header = {"基準番号(HOT)",
                                           "処方用番号(HOT7)",
                                           "会社識別用番号",
                                           "調剤用番号",
                                           "物流用番号",
                                           "JANコード",
                                           "薬価基準収載医薬品コード",
                                           "個別医薬品コード",
                                           "レセプト電算処理システムコード(1)",
                                           "レセプト電算処理システムコード(2)",
                                           "告示名称",
                                           "販売名"};
  std::vector<std::pair<size_t, std::string>> cells;
  for (size_t i = 0; i < header.size(); ++i)
    cells.emplace_back(i, header[i]);
  out << row(24, cells);
  for (uint64_t n = 0; n < medicines; ++n)
    out << row(24, {{0, fmt::format("{:013}", 1'000'000'000'000 + n * 10'000)},
                    {1, fmt::format("{:07}", 1'000'000 + n)},
                    {6, fmt::format("{:07}F{:04}", 1'000'000 + n, n % 10'000)},
                    {7, fmt::format("{:07}F{:04}", 1'000'000 + n, n % 10'000)},
                    {11, fmt::format("ミナトマイシン錠{}mg「架空」", n)},
                    {13, fmt::format("{}mg1錠", n % 500)}});
}

double wall_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

struct Ran {
  double wall = 0, cpu = 0;
  long most_resident_kib = 0;
};

// A command to its end; ends the bench where it fails.
Ran ran(const std::vector<std::string>& words) {
  std::fflush(stdout);  // else the child says it again
  const double start = wall_seconds();
  const pid_t process = fork();
  if (process == 0) {
    std::vector<char*> arguments;
    for (const auto& word : words)
      arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    if (!std::freopen("/dev/null", "w", stdout)) _exit(127);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  int status = 0;
  rusage used{};
  wait4(process, &status, 0, &used);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    fmt::print(stderr, "{} {} failed\n", words[0], words[1]);
    std::exit(1);
  }
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return {wall_seconds() - start, seconds(used.ru_utime) + seconds(used.ru_stime), used.ru_maxrss};
}

void say(std::string_view name, const Ran& ran) {
  fmt::print("{:<44} {:>8.2f} s  {:>7.2f} cpu-s  {:>7.0f} MB at most\n", name, ran.wall, ran.cpu,
             static_cast<double>(ran.most_resident_kib) / 1024);
}

struct Options {
  fs::path program;
  std::vector<std::string> packages;
  double seconds = 3;
};

class Bench {
 public:
  explicit Bench(const Options& options)
      : options_(options),
        folder_(fs::temp_directory_path() / fmt::format("tasuki-terms-{}", getpid())),
        port_(free_port()) {
    fs::create_directories(folder_);
    std::ofstream(settings()) << fmt::format(
        "[server]\nport = {}\nthreads = 2\n[data]\nfolder = \"{}\"\n[demo]\nenabled = true\n",
        port_, (folder_ / "data").string());
  }
  ~Bench() {
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
  }

  void go() {
    start_once("start, R4 alone");
    for (const std::string& package : options_.packages)
      say("package add " + fs::path(package).filename().string(),
          ran({options_.program, "package", "add", package, "--settings", settings()}));
    load();
    start_once("first start with them");
    start_once("start with them");
    over_http();
    in_process();
  }

 private:
  std::string settings() const { return folder_ / "tasuki.toml"; }

  void load() {
    const std::string first = folder_ / "diseases.csv", second = folder_ / "medicines.csv";
    write_diseases(first);
    write_medicines(second);
    say(fmt::format("masters load, {} concepts", 3 * diseases + 4 * medicines),
        ran({options_.program, "masters", "load", first, second, "--version", "2026-11-26",
             "--settings", settings()}));
  }

  void start_once(std::string_view name) {
    Subject subject(options_.program, settings(), port_);
    fmt::print("{:<44} {:>8.0f} ms {:>7.0f} MB\n", name, subject.start_ms(), subject.memory_mb());
    subject.stop();
  }

  std::string sign_in() const {
    const std::string answer =
        ask(port_, http_request("POST", "/signin/demo",
                                "X-Tasuki: 1\r\nContent-Type: application/json\r\n",
                                R"({"account":"minato-hosp/tanaka"})"));
    const size_t cookie = answer.find("tasuki_session=");
    if (cookie == std::string::npos) std::exit(1);
    return fmt::format("Cookie: {}\r\nX-Tasuki: 1\r\nContent-Type: application/fhir+json\r\n",
                       answer.substr(cookie, answer.find_first_of(";\r", cookie) - cookie));
  }

  void over_http() {
    Subject subject(options_.program, settings(), port_);
    const std::string headers = sign_in();
    ask(port_, http_request(
                   "PUT", "/fhir/ValueSet/diseases", headers,
                   fmt::format(R"({{"resourceType":"ValueSet","id":"diseases","url":"{}",)"
                               R"("status":"active","compose":{{"include":[{{"system":"{}"}}]}}}})",
                               disease_set, disease_system)));
    for (const std::string_view of : {"CodeSystem", "ValueSet"}) {
      std::vector<std::string> requests;
      for (uint64_t n = 0; n < 4096; ++n) {
        const std::string code = disease_code(n * 7919 % diseases);
        requests.push_back(
            http_request("GET",
                         of == "CodeSystem"
                             ? fmt::format("/fhir/CodeSystem/$validate-code?url={}&code={}",
                                           disease_system, code)
                             : fmt::format("/fhir/ValueSet/$validate-code?url={}&system={}&code={}",
                                           disease_set, disease_system, code),
                         headers));
      }
      if (!ask(port_, requests[0]).contains("\"valueBoolean\":true")) {
        fmt::print(stderr, "not valid: {}\n", ask(port_, requests[0]));
        std::exit(1);
      }
      const double before = subject.cpu_seconds();
      const Outcome outcome = run({.port = port_,
                                   .connections = 16,
                                   .seconds = options_.seconds,
                                   .request = [&](uint64_t n, unsigned) {
                                     return std::string_view(requests[n % requests.size()]);
                                   }});
      const double cpu = subject.cpu_seconds() - before;
      fmt::print("{:<44} {:>8.0f}/s {:>8.0f}/cpu-s  p50 {:.2f} ms  p99 {:.2f} ms, {} refused\n",
                 fmt::format("{}/$validate-code over HTTP", of),
                 static_cast<double>(outcome.answered) / outcome.seconds,
                 static_cast<double>(outcome.answered) / cpu, outcome.latency(0.5),
                 outcome.latency(0.99), outcome.refused);
    }
    fmt::print("{:<44} {:>8} {:>11.0f} MB\n", "memory afterwards", "", subject.memory_mb());
  }

  void in_process() const {
    const auto library =
        fhir::terminology::Library::open({}, {folder_ / "data" / "terminology" / "masters"});
    if (!library) {
      fmt::print(stderr, "{}\n", library.error().message);
      std::exit(1);
    }
    const auto terms = (*library)->snapshot();
    std::vector<std::string> codes;
    for (uint64_t n = 0; n < diseases; ++n)
      codes.push_back(disease_code(n * 7919 % (diseases + diseases / 10)));  // a tenth is unknown
    const auto measure = [&](std::string_view name, const auto& is_right) {
      uint64_t asked = 0, right = 0;
      const double start = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
      double seconds = 0;
      while (seconds < options_.seconds) {
        for (const std::string& code : codes)
          right += is_right(code) ? 1 : 0;
        asked += codes.size();
        seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC - start;
      }
      fmt::print("{:<44} {:>8.2f} M/cpu-s, {:.0f} % right\n", name,
                 static_cast<double>(asked) / seconds / 1e6,
                 100.0 * static_cast<double>(right) / static_cast<double>(asked));
    };
    using fhir::terminology::Truth;
    measure("is_code in process", [&](const std::string& code) {
      return terms->is_code(disease_system, code) == Truth::yes;
    });
    measure("validate in process, with its display", [&](const std::string& code) {
      return terms->validate({}, {.system = disease_system, .code = code}).truth == Truth::yes;
    });
  }

  const Options options_;
  const fs::path folder_;
  const uint16_t port_;
};

}  // namespace
}  // namespace tasuki::bench

int main(int count, char** words) {
  tasuki::bench::Options options;
  options.program = std::filesystem::path(words[0]).parent_path().parent_path() / "app" / "tasuki";
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = words[i];
    if (name == "--program") {
      options.program = words[i + 1];
    } else if (name == "--package") {
      options.packages.emplace_back(words[i + 1]);
    } else if (name == "--seconds") {
      options.seconds = std::atof(words[i + 1]);
    } else {
      std::fputs("usage: terminology-bench [--program P] [--package FILE.tgz]... [--seconds N]\n",
                 stderr);
      return 2;
    }
  }
  tasuki::bench::Bench(options).go();
  return 0;
}
