// tasuki-growth: thirty search shapes on a region of 15,625 resources and on one 64 times as large.
//
//   tasuki-growth [--program P] [--folder F] [--resources N,N] [--questions N] [--page N]
//   [--cache-mb N]
//   [--out F]
//
// Why: the first page must not cost more because the region grew. Each shape is asked with other
// people, codes and dates each time, one after another over one connection; what counts is the time
// to the whole answer, and the server's CPU-seconds, which other guests of the machine disturb
// less. A folder that already holds a database of the size is used again.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "load.h"
#include "region.h"
#include "subject.h"

namespace tasuki::bench {
namespace {

namespace fs = std::filesystem;
using namespace region;

struct Options {
  fs::path program, folder, out = "growth.json";
  std::vector<uint64_t> resources = {15'625, 1'000'000};
  uint64_t questions = 100, cache_mb = 0;  // 0: as the program has it
  uint64_t page =
      0;  // entries of each page, so that small and large regions answer alike; 0: usual
  std::string only;
};

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                          (c >= '0' && c <= '9') || std::string_view("-_.~/?=&:,$*").contains(c);
    out += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

// What a question may name: drawn anew for each.
struct Draw {
  uint64_t dice;
  std::string person, number;
  const Test& test;
  std::string day, month, year;
};
Draw draw(uint64_t people, uint64_t n) {
  const uint64_t dice = scatter(77, n), person = dice % people;
  const auto on = day(dice >> 12);
  return {dice, person_id(person), patient_number(person), test(dice >> 20),
          on,   on.substr(0, 7),   on.substr(0, 4)};
}

struct Shape {
  std::string_view name;
  std::function<std::string(const Draw&)> question;
};

constexpr std::string_view ucum = "http://unitsofmeasure.org";

const std::vector<Shape>& shapes() {
  static const std::vector<Shape> all{
      {"string", [](const Draw& d) { return fmt::format("Patient?family={}", family(d.dice)); }},
      {"string_two",
       [](const Draw& d) {
         return fmt::format("Patient?family={}&given={}", family(d.dice), given(d.dice >> 8));
       }},
      {"string_contains",
       [](const Draw& d) {
         return fmt::format("Patient?name:contains={}", given(d.dice).substr(0, 3));
       }},
      {"identifier",
       [](const Draw& d) {
         return fmt::format("Patient?identifier=urn:oid:1.2.392.100495.20.3.51.11310000001|{}",
                            d.number);
       }},
      {"birth_range",
       [](const Draw& d) {
         return fmt::format("Patient?birthdate=ge{}-01&birthdate=lt{}-07&gender=female",
                            1935 + d.dice % 80, 1935 + d.dice % 80);
       }},
      {"string_sorted",
       [](const Draw& d) {
         return fmt::format("Patient?address-city={}&_sort=birthdate", city(d.dice));
       }},
      {"patient", [](const Draw& d) { return fmt::format("Observation?patient={}", d.person); }},
      {"patient_code",
       [](const Draw& d) {
         return fmt::format("Observation?patient={}&code={}", d.person, d.test.code);
       }},
      {"patient_code_date",
       [](const Draw& d) {
         return fmt::format("Observation?patient={}&code={}&date=ge{}", d.person, d.test.code,
                            d.year);
       }},
      {"patient_sorted",
       [](const Draw& d) {
         return fmt::format("Observation?patient={}&_sort=-date&_count=10", d.person);
       }},
      {"code_date",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&date=ge{}&date=lt{}-15", d.test.code, d.month,
                            d.month);
       }},
      {"code_date_open",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&date=ge{}", d.test.code, d.year);
       }},
      {"code_day",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&date={}", d.test.code, d.day);
       }},
      {"code_sorted",
       [](const Draw& d) { return fmt::format("Observation?code={}&_sort=-date", d.test.code); }},
      {"code_value",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&value-quantity=gt{}|{}|{}", d.test.code,
                            d.test.high, ucum, d.test.unit);
       }},
      {"code_value_rare",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&value-quantity=gt{}|{}|{}", d.test.code,
                            d.test.high * 3.6, ucum, d.test.unit);
       }},
      {"composite",
       [](const Draw& d) {
         return fmt::format("Observation?code-value-quantity={}$gt{}", d.test.code,
                            d.test.high * 3);
       }},
      {"date", [](const Draw& d) { return fmt::format("Observation?date={}", d.day); }},
      {"category_sorted",
       [](const Draw&) { return std::string("Observation?category=laboratory&_sort=-date"); }},
      {"not",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&status:not=final", d.test.code);
       }},
      {"missing",
       [](const Draw&) { return std::string("Observation?value-quantity:missing=true"); }},
      {"text", [](const Draw& d) { return fmt::format("Observation?code:text={}", d.test.name); }},
      {"chain_one",
       [](const Draw& d) {
         return fmt::format("Observation?subject:Patient.identifier={}&code={}", d.number,
                            d.test.code);
       }},
      {"chain_some",
       [](const Draw& d) {
         return fmt::format("Observation?patient.family={}&code={}", family(d.dice), d.test.code);
       }},
      {"chain_half",
       [](const Draw& d) {
         return fmt::format("Observation?patient.gender=female&code={}", d.test.code);
       }},
      {"has_code",
       [](const Draw& d) {
         return fmt::format("Patient?_has:Observation:patient:code={}", d.test.code);
       }},
      {"has_narrow",
       [](const Draw& d) {
         return fmt::format("Patient?family={}&_has:Condition:patient:code={}", family(d.dice),
                            disease(d.dice >> 9));
       }},
      {"include",
       [](const Draw& d) {
         return fmt::format(
             "Encounter?date={}&_include=Encounter:patient&_include=Encounter:service-provider",
             d.day);
       }},
      {"revinclude",
       [](const Draw& d) {
         return fmt::format(
             "Patient?_id={}&_revinclude=Observation:patient&_revinclude=Condition:patient",
             d.person);
       }},
      {"status_patient",
       [](const Draw& d) {
         return fmt::format(
             "MedicationRequest?patient={}&status=active&_include=MedicationRequest:requester",
             d.person);
       }},
      {"system_code",
       [](const Draw& d) {
         return fmt::format(
             "Condition?code=http://jpfhir.jp/fhir/core/mhlw/CodeSystem/"
             "ICD10-2013-full|{}&clinical-status=active",
             disease(d.dice));
       }},
      {"reference_date",
       [](const Draw& d) {
         return fmt::format("Encounter?service-provider=Organization/o{}&date=ge{}&_sort=date",
                            d.dice % organisations, d.month);
       }},
      {"updated",
       [](const Draw&) {
         return std::string("Patient?_lastUpdated=ge2024-01-01&_sort=-_lastUpdated");
       }},
      {"total_code",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&_summary=count", d.test.code);
       }},
      {"total_code_date",
       [](const Draw& d) {
         return fmt::format("Observation?code={}&date={}&_total=accurate", d.test.code, d.month);
       }},
      {"compartment",
       [](const Draw& d) {
         return fmt::format("Patient/{}/Condition?clinical-status=active", d.person);
       }},
  };
  return all;
}

class Region {
 public:
  Region(const Options& options, uint64_t resources)
      : options_(options),
        people_(resources / resources_per_person),
        folder_(options.folder / std::to_string(resources)) {
    fs::create_directories(folder_);
    port_ = free_port();
    std::ofstream(folder_ / "tasuki.toml") << fmt::format(
        "[server]\nport = {}\nthreads = 2\n[data]\nfolder = \"{}\"\n{}[demo]\nenabled = true\n",
        port_, (folder_ / "data").string(),
        options.cache_mb == 0 ? std::string() : fmt::format("cache_mb = {}\n", options.cache_mb));
    subject_.emplace(options.program, folder_ / "tasuki.toml", port_);
    sign_in();
    fill();
  }

  // shape -> {p50, p99, server ms a question}
  struct Figure {
    double p50 = 0, p99 = 0, cpu = 0,
           kilobytes = 0;  // of the answer: pages of a small region are shorter
    uint64_t refused = 0;
  };
  Figure measure(const Shape& shape) {
    std::vector<std::string> requests;
    for (uint64_t n = 0; n < options_.questions + warming; ++n)
      requests.push_back(http_request(
          "GET", "/fhir/" + escaped(paged(shape.question(draw(people_, n)))), headers_));
    const auto go = [&](size_t from, size_t to) {
      return run({.protocol = Protocol::http,
                  .port = port_,
                  .connections = 1,
                  .seconds = 0,
                  .request = [&](uint64_t n, unsigned) {
                    return from + n < to ? std::string_view(requests[from + n])
                                         : std::string_view();
                  }});
    };
    go(0, warming);
    const double before = subject_->cpu_seconds();
    const Outcome outcome = go(warming, requests.size());
    if (outcome.refused > 0)
      fmt::print(stderr, "  {} {}\n", shape.name,
                 outcome.first_refusal.substr(outcome.first_refusal.find("\r\n\r\n") + 4, 400));
    return {outcome.latency(0.5), outcome.latency(0.99),
            (subject_->cpu_seconds() - before) * 1000 / static_cast<double>(options_.questions),
            static_cast<double>(outcome.bytes_in) / 1000 / static_cast<double>(options_.questions),
            outcome.refused};
  }

  uint64_t resources() const { return people_ * resources_per_person; }
  double memory_mb() const { return subject_->memory_mb(); }

 private:
  std::string paged(std::string question) const {
    if (options_.page == 0 || question.contains("_count=")) return question;
    return question + fmt::format("{}_count={}", question.contains('?') ? '&' : '?', options_.page);
  }
  void sign_in() {
    const std::string answer =
        ask(port_, http_request("POST", "/signin/demo",
                                "X-Tasuki: 1\r\nContent-Type: application/json\r\n",
                                R"({"account":"minato-hosp/tanaka"})"));
    const size_t cookie = answer.find("tasuki_session=");
    if (cookie == std::string::npos) {
      fmt::print(stderr, "sign-in failed: {}\n", answer);
      std::exit(1);
    }
    headers_ = fmt::format("Cookie: {}\r\nX-Tasuki: 1\r\nContent-Type: application/fhir+json\r\n",
                           answer.substr(cookie, answer.find_first_of(";\r", cookie) - cookie));
  }

  void fill() {
    const fs::path mark = folder_ / "filled";
    if (fs::exists(mark)) return;
    ask(port_, http_request("POST", "/fhir", headers_, common_bundle()));
    constexpr uint64_t people_at_once = 8;
    constexpr unsigned connections = 8;
    std::vector<std::string> sending(connections);
    const double before = subject_->cpu_seconds();
    const Outcome outcome =
        run({.protocol = Protocol::http,
             .port = port_,
             .connections = connections,
             .seconds = 0,
             .request = [&](uint64_t n, unsigned connection) -> std::string_view {
               const uint64_t first = n * people_at_once;
               if (first >= people_) return {};
               sending[connection] =
                   http_request("POST", "/fhir", headers_,
                                people_bundle(first, std::min(people_at_once, people_ - first)));
               return sending[connection];
             }});
    const double loaded = static_cast<double>(people_ * resources_per_person);
    fmt::print(stderr, "{:.0f} resources in {:.0f} s, {:.0f} a server CPU-second, {} refused {}\n",
               loaded, outcome.seconds, loaded / (subject_->cpu_seconds() - before),
               outcome.refused, outcome.first_refusal.substr(0, 1000));
    if (outcome.refused > 0) std::exit(1);
    std::ofstream(mark) << "whole\n";
  }

  static constexpr uint64_t warming = 10;
  const Options& options_;
  uint64_t people_;
  fs::path folder_;
  uint16_t port_ = 0;
  std::optional<Subject> subject_;
  std::string headers_;
};

Options read_options(int count, char** arguments) {
  Options options;
  options.program = fs::path(arguments[0]).parent_path().parent_path() / "app" / "tasuki";
  options.folder = fs::temp_directory_path() / "tasuki-growth";
  for (int i = 1; i + 1 < count; i += 2) {
    const std::string_view name = arguments[i];
    const std::string value = arguments[i + 1];
    if (name == "--program")
      options.program = value;
    else if (name == "--folder")
      options.folder = value;
    else if (name == "--out")
      options.out = value;
    else if (name == "--only")
      options.only = value;
    else if (name == "--questions")
      options.questions = std::stoull(value);
    else if (name == "--page")
      options.page = std::stoull(value);
    else if (name == "--cache-mb")
      options.cache_mb = std::stoull(value);
    else if (name == "--resources") {
      options.resources.clear();
      for (size_t at = 0; at < value.size();
           at = std::min(value.find(',', at), value.size() - 1) + 1)
        options.resources.push_back(std::stoull(value.substr(at)));
    } else {
      fmt::print(stderr,
                 "usage: tasuki-growth [--program P] [--folder F] [--resources N,N] [--questions "
                 "N] [--page N] [--cache-mb N] [--only SHAPE] [--out F]\n");
      std::exit(2);
    }
  }
  return options;
}

}  // namespace
}  // namespace tasuki::bench

int main(int count, char** arguments) {
  using namespace tasuki::bench;
  const Options options = read_options(count, arguments);
  std::vector<std::unique_ptr<Region>> regions;
  for (const uint64_t resources : options.resources)
    regions.push_back(std::make_unique<Region>(options, resources));
  std::ofstream out(options.out);
  out << "{";
  // Shape by shape, in each region in turn: the machine is not as fast now as it was a minute ago.
  for (const auto& shape : shapes()) {
    if (!options.only.empty() && !shape.name.starts_with(options.only)) continue;
    double smallest = 0;
    for (const auto& region : regions) {
      const auto figure = region->measure(shape);
      if (region == regions.front()) smallest = figure.p50;
      fmt::print(stderr,
                 "{:>9} {:<18} p50 {:>8.2f} ms  p99 {:>8.2f} ms  cpu {:>7.2f} ms  {:>7.1f} kB  "
                 "x{:.2f} {}\n",
                 region->resources(), shape.name, figure.p50, figure.p99, figure.cpu,
                 figure.kilobytes, figure.p50 / smallest,
                 figure.refused > 0 ? fmt::format("REFUSED {}", figure.refused) : "");
      out << fmt::format(
          R"(
  "{}@{}": {{"p50_ms":{:.3f},"p99_ms":{:.3f},"server_cpu_ms":{:.2f},"answer_kb":{:.1f},"refused":{}}},)",
          shape.name, region->resources(), figure.p50, figure.p99, figure.cpu, figure.kilobytes,
          figure.refused);
    }
  }
  for (const auto& region : regions) {
    fmt::print(stderr, "{} memory {:.0f} MB\n", region->resources(), region->memory_mb());
    out << fmt::format("\n  \"memory_mb@{}\": {:.0f}{}", region->resources(), region->memory_mb(),
                       region == regions.back() ? "" : ",");
  }
  out << "\n}\n";
  return 0;
}
