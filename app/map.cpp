// `tasuki map`: is a folder of mappings right, what becomes of a sample, what would a change
// change. Without a database; nothing is stored.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

#include "base/files.h"
#include "formats/ssmix2/path.h"
#include "intake/convert.h"
#include "intake/trial/coverage.h"
#include "intake/trial/examples.h"
#include "intake/trial/versions.h"
#include "json/print.h"
#include "parts.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

namespace fs = std::filesystem;
using intake::trial::Problem;

struct Request {
  std::vector<std::string> words;
  intake::ConvertSettings settings;
  fs::path mappings;
  bool json = false;
};

Result<Request> read_request(const std::vector<std::string_view>& words) {
  Request request;
  request.settings.facility = "1319999999";
  request.settings.facility_name = "変換の試し";
  request.settings.explains = true;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--organisation" && has_value) {
      request.settings.facility = words[++i];
    } else if (words[i] == "--kind" && has_value) {
      request.settings.kind = words[++i];
    } else if (words[i] == "--mappings" && has_value) {
      request.mappings = words[++i];
    } else if (words[i] == "--charset" && has_value) {
      request.settings.charset = charset_named(words[++i]);
    } else if (words[i] == "--json") {
      request.json = true;
    } else if (words[i].starts_with("--")) {
      return Error{Error::Kind::invalid,
                   "知らない指定です。/ Unknown option; known: --organisation, --kind, --charset, "
                   "--mappings, --json.",
                   std::string(words[i])};
    } else {
      request.words.emplace_back(words[i]);
    }
  }
  return request;
}

Result<std::string> bytes_of(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream)
    return Error{Error::Kind::not_found, "ファイルを開けません。/ The file cannot be opened.",
                 file.string()};
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// Every wrong line of the folder; where none is, every sample beside the mappings that fails.
Result<int> check(const Request& request, const Settings& settings,
                  std::shared_ptr<const fhir::Definitions> definitions) {
  const fs::path folder = request.words.empty() ? request.mappings : fs::path(request.words[0]);
  std::vector<Problem> problems;
  for (Error& error : intake::Mappings::problems(folder, definitions))
    problems.push_back({std::move(error.location), std::move(error.message)});
  size_t mappings_count = 0, samples = 0, without = 0;
  if (problems.empty()) {
    const auto mappings = TRY(intake::Mappings::load(folder, definitions));
    const auto rulebook = TRY(rulebook_of(settings, *definitions));
    for (const auto& program : mappings->programs()) {
      ++mappings_count;
      samples += program->examples.size();
      without += program->examples.empty() ? 1u : 0u;
      auto failed = intake::trial::run_examples(*mappings, *program, rulebook.get());
      problems.insert(problems.end(), failed.begin(), failed.end());
    }
  }
  for (const Problem& problem : problems)
    fmt::print("{}: {}\n", problem.place, problem.message);
  if (!problems.empty()) {
    fmt::print("誤り {0} 件 / {0} problems\n", problems.size());
    return 3;
  }
  fmt::print(
      "変換規則 {0}、標本 {1}、標本のない規則 {2}: すべて正しい / {0} mappings, {1} samples, {2} "
      "mappings without one: all right\n",
      mappings_count, samples, without);
  return 0;
}

// The bytes a value came from, as text. The charset by the bytes themselves: escapes stand around
// each stretch of kanji.
std::string shown(std::string_view bytes, const intake::Trace& trace) {
  const auto part = bytes.substr(trace.byte_begin, trace.byte_end - trace.byte_begin);
  return decode(part, sniffed_charset(part)).text;
}

void print_trial(const intake::Converted& made, std::string_view bytes) {
  constexpr std::string_view states[] = {"done", "held", "refused"};
  fmt::print("== {} {} {}: {}\n", made.kind, made.control_id, made.mapping,
             states[static_cast<size_t>(made.state)]);
  if (!made.reason.empty()) fmt::print("   {}: {}\n", made.reason_code, made.reason);
  for (size_t i = 0; i < made.resources.size(); ++i) {
    fmt::print("-- {}\n", json::print(made.resources[i].resource));
    for (const intake::Trace& trace : made.traces) {
      if (trace.resource != i) continue;
      fmt::print("   {:<46} <- {:<10} [{}-{}] \"{}\"  {}\n", trace.path, trace.location,
                 trace.byte_begin, trace.byte_end, shown(bytes, trace),
                 place_of(*made.program, trace.line));
    }
  }
  for (const intake::Finding& finding : made.findings)
    fmt::print("!! {} {} {}{}\n", finding.code, finding.location, finding.message,
               finding.line > 0 && made.program != nullptr
                   ? "  (" + place_of(*made.program, finding.line) + ")"
                   : "");
  fmt::print("== 項目 {0} のうち {1} を変換 / of {0} fields {1} carried\n", made.coverage.fields,
             made.coverage.carried);
  for (const auto& field : made.coverage.not_carried)
    fmt::print("   {} {} x{} [{}-{}]\n",
               field.aside ? "電文として保存 / kept aside" : "未変換 / not carried", field.location,
               field.count, field.byte_begin, field.byte_end);
}

Result<int> try_sample(const Request& request,
                       std::shared_ptr<const fhir::Definitions> definitions) {
  const auto mappings = TRY(intake::Mappings::load(request.mappings, definitions));
  const std::string bytes = TRY(bytes_of(request.words.at(0)));
  bool all_done = true;
  for (const auto& made : intake::convert_all(bytes, request.settings, *mappings)) {
    all_done = all_done && made.state == intake::Converted::State::done;
    if (request.json)
      fmt::print("{{\"bundle\":{},\"report\":{}}}\n", made.bundle(), made.report());
    else
      print_trial(made,
                  std::string_view(bytes).substr(made.byte_begin, made.byte_end - made.byte_begin));
  }
  return all_done ? 0 : 3;
}

void print_comparison(const intake::trial::Comparison& comparison) {
  for (const auto& change : comparison.changes) {
    fmt::print("{} {}\n", change.sample, change.resource);
    for (const auto& one : change.differences)
      fmt::print("   {}: {} -> {}\n", one.path, one.before.empty() ? "—" : one.before,
                 one.after.empty() ? "—" : one.after);
  }
  fmt::print("電文 {0}、変わらない {1} / {0} messages, {1} the same\n", comparison.messages,
             comparison.same);
  for (const auto& [element, count] : comparison.by_element())
    fmt::print("{:>8}  {}\n", count, element);
}

// Every file below the places given; SS-MIX2 files bear their kind and patient in their names.
Result<std::vector<fs::path>> samples_below(std::span<const std::string> places) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (const fs::path place : places) {
    if (fs::is_regular_file(place, failure)) files.push_back(place);
    std::ranges::move(files_below(place), std::back_inserter(files));
  }
  if (files.empty())
    return Error{Error::Kind::not_found, "標本がありません。/ There are no samples.",
                 places.empty() ? "" : places.front()};
  std::ranges::sort(files);
  return files;
}

Result<int> coverage(const Request& request, const Settings& settings,
                     std::shared_ptr<const fhir::Definitions> definitions) {
  const auto mappings = TRY(intake::Mappings::load(request.mappings, definitions));
  const auto rulebook = TRY(rulebook_of(settings, *definitions));
  intake::trial::CoverageTally tally(rulebook.get());
  for (const fs::path& file : TRY(samples_below(request.words))) {
    const std::string bytes = TRY(bytes_of(file));
    if (intake::split_messages(bytes).empty()) continue;  // no HL7 v2: a note, an expected result
    intake::ConvertSettings own = request.settings;
    own.explains = false;
    if (const auto name = ssmix2::parse_file_name(file.filename().string())) {
      own.kind = name->key.kind;
      own.patient = name->key.patient;
    }
    for (const auto& made : intake::convert_all(bytes, own, *mappings))
      tally.add(file.filename().string(), made);
  }
  fmt::print("{}", tally.markdown());
  return tally.total().invalid == 0 ? 0 : 3;
}

Result<int> diff(const Request& request, std::shared_ptr<const fhir::Definitions> definitions) {
  const auto before = TRY(intake::Mappings::load(request.words.at(0), definitions));
  const auto after = TRY(intake::Mappings::load(request.words.at(1), definitions));
  const auto files = TRY(samples_below(std::span(request.words).subspan(2)));
  intake::trial::Comparison comparison;
  for (const fs::path& file : files)
    compare(file.string(), TRY(bytes_of(file)), request.settings, *before, *after, comparison);
  print_comparison(comparison);
  return comparison.changes.empty() ? 0 : 3;
}

Result<int> run_map(const Arguments& arguments) {
  const Settings settings = TRY(settings_of(arguments));
  Request request = TRY(read_request(arguments.rest));
  if (request.mappings.empty()) request.mappings = settings.mappings;
  const std::string what = request.words.empty() ? "" : request.words.front();
  if (!request.words.empty()) request.words.erase(request.words.begin());
  const size_t words = request.words.size();
  std::shared_ptr<const fhir::Definitions> definitions =
      TRY(fhir::Definitions::open(settings.definitions, settings.zone));
  if (what == "check" && words <= 1) return check(request, settings, definitions);
  if (what == "try" && words == 1) return try_sample(request, definitions);
  if (what == "diff" && words == 3) return diff(request, definitions);
  if (what == "coverage" && words >= 1) return coverage(request, settings, definitions);
  return Error{
      Error::Kind::invalid,
      "map check [フォルダ]、map try ファイル、map diff 前 後 標本、map coverage 標本... "
      "のどれかです。/ It is "
      "map check [FOLDER], map try FILE, map diff OLD NEW SAMPLES or map coverage SAMPLES...",
      "map"};
}

}  // namespace

int map(const Arguments& arguments) {
  const auto code = run_map(arguments);
  return code ? *code : complain(code.error());
}

}  // namespace tasuki::app
