// `tasuki masters load FILE... | list | impact FILE`: the Japanese masters as their publishers
// distribute them. A running server takes up what was loaded within seconds.
#include <chrono>

#include <fmt/format.h>

#include "fhir/search/query.h"
#include "intake/masters/load.h"
#include "parts.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

using intake::masters::Difference;
using intake::masters::Loaded;

constexpr size_t shown_max = 200;      // differences printed
constexpr size_t looked_up_max = 500;  // codes looked for in the record

struct Request {
  std::string_view action;
  std::vector<std::filesystem::path> files;
  intake::masters::LoadSettings settings;
};

std::string today() {
  return format_instant(now()).substr(0, 10);
}

Result<Request> read_request(const std::vector<std::string_view>& words, const Settings& settings) {
  Request request;
  request.settings.folder = settings.data_folder / "terminology" / "masters";
  request.settings.today = today();
  for (size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--version" && i + 1 < words.size())
      request.settings.version = words[++i];
    else if (words[i].starts_with("--"))
      return Error{Error::Kind::invalid, "知らない指定です。/ Unknown option; known: --version.",
                   std::string(words[i])};
    else if (request.action.empty())
      request.action = words[i];
    else
      request.files.emplace_back(words[i]);
  }
  const bool needs_file = request.action == "load" || request.action == "impact";
  if ((!needs_file && request.action != "list") || (needs_file && request.files.empty()))
    return Error{Error::Kind::invalid,
                 "masters load FILE... | list | impact FILE のどれかです。/ One of load, list, "
                 "impact.",
                 std::string(request.action)};
  return request;
}

void print(const Loaded& loaded) {
  fmt::print("{}  版 {}  {}\n", loaded.layout, loaded.version, loaded.title);
  for (const auto& system : loaded.systems)
    fmt::print(
        "  {:>8} 件  {}  {}{}\n", system.codes, system.title, system.url,
        system.inactive == 0 ? std::string() : fmt::format("  (うち廃止 {} 件)", system.inactive));
}

// How often the record uses a code. The places where codes of masters stand.
Result<size_t> uses_of(record::Door& door, const Difference& difference) {
  constexpr std::pair<const char*, const char*> places[] = {{"Condition", "code"},
                                                            {"MedicationRequest", "code"},
                                                            {"MedicationDispense", "code"},
                                                            {"MedicationStatement", "code"},
                                                            {"MedicationAdministration", "code"},
                                                            {"Medication", "code"},
                                                            {"Observation", "code"},
                                                            {"Procedure", "code"},
                                                            {"ServiceRequest", "code"}};
  record::Session session = door.session({.id = "system:masters",
                                          .name = "マスター",
                                          .role = record::Role::system,
                                          .organisation = {},
                                          .person = {}},
                                         record::Purpose::operations);
  size_t uses = 0;
  for (const auto& [type_name, parameter] : places) {
    const auto type = door.definitions().resource_type(type_name);
    if (!type) continue;
    for (const std::string_view name : door.terminology()->names_of(difference.system)) {
      auto query = TRY(fhir::search::parse(
          door.definitions(), type,
          fmt::format("{}={}|{}&_summary=count", parameter, name, difference.code)));
      uses += TRY(session.search(query)).total.value_or(0);
    }
  }
  return uses;
}

std::string_view word_of(Difference::Kind kind) {
  switch (kind) {
    case Difference::Kind::gone:
      return "消える";
    case Difference::Kind::inactive:
      return "廃止";
    case Difference::Kind::renamed:
      return "名称変更";
    case Difference::Kind::added:
      return "追加";
  }
  return "";
}

Result<void> show_impact(const Request& request, const Settings& settings) {
  const auto library = TRY(fhir::terminology::Library::open(
      {settings.definitions.parent_path() / "r4-terminology.image"},
      {settings.data_folder / "terminology"}));
  const auto impact =
      TRY(intake::masters::impact(request.files.front(), request.settings, *library->snapshot()));
  print(impact.next);
  size_t counts[4] = {};
  for (const Difference& one : impact.differences)
    ++counts[static_cast<size_t>(one.kind)];
  fmt::print("消える {} 件、廃止になる {} 件、名称が変わる {} 件、増える {} 件\n", counts[0],
             counts[1], counts[2], impact.added);
  // A server that runs holds the database: then the record is not asked.
  const auto parts = build_parts(settings);
  if (!parts)
    fmt::print("診療記録での使用は、サーバーを止めてから調べられます({})\n", parts.error().message);
  size_t shown = 0, looked_up = 0;
  for (const Difference& one : impact.differences) {
    if (++shown > shown_max) {
      fmt::print("ほか {} 件\n", impact.differences.size() - shown_max);
      break;
    }
    std::string used;
    if (parts && one.kind != Difference::Kind::renamed && ++looked_up <= looked_up_max)
      used = fmt::format("  記録で {} 件使用", TRY(uses_of(*parts->door, one)));
    fmt::print("  {}  {}  {}{}{}\n", word_of(one.kind), one.code, one.before,
               one.after.empty() || one.after == one.before ? "" : " → " + one.after, used);
  }
  return {};
}

Result<void> run(const Arguments& arguments) {
  const Settings settings = TRY(settings_of(arguments));
  const Request request = TRY(read_request(arguments.rest, settings));
  if (request.action == "impact") return show_impact(request, settings);
  if (request.action == "load") {
    for (const std::filesystem::path& file : request.files)
      print(TRY(intake::masters::load(file, request.settings)));
    return {};
  }
  for (const Loaded& loaded : TRY(intake::masters::list(request.settings.folder)))
    print(loaded);
  return {};
}

}  // namespace

int masters(const Arguments& arguments) {
  const auto done = run(arguments);
  return done ? 0 : complain(done.error());
}

}  // namespace tasuki::app
