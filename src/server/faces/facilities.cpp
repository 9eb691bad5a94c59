#include "server/faces/facilities.h"

#include "fhir/search/query.h"
#include "json/parse.h"

namespace tasuki::server::faces {
namespace {

using namespace std::chrono_literals;
constexpr auto kept = 60s;
constexpr size_t known_max = 20'000;

}  // namespace

std::string Facilities::name(const std::string& number) const {
  if (number.empty()) return {};
  const auto now = Clock::now();
  const auto held = known_.with([&](auto& known) -> std::optional<std::string> {
    const auto found = known.find(number);
    if (found == known.end() || found->second.until < now) return std::nullopt;
    return found->second.name;
  });
  if (held) return *held;
  std::string name = looked_up(number);
  known_.with([&](auto& known) {
    if (known.size() >= known_max) known.clear();
    known[number] = {name, now + kept};
  });
  return name;
}

// Under the system's own name: a facility's name is no secret, and no reader's consent decides
// about it.
std::string Facilities::looked_up(const std::string& number) const {
  const auto type = door_.definitions().resource_type("Organization");
  if (!type) return number;
  const auto query =
      fhir::search::parse(door_.definitions(), *type, "identifier=" + number + "&_count=1");
  if (!query) return number;
  record::Principal system;
  system.id = "system:names";
  system.organisation = number;
  record::Session session = door_.session(system, record::Purpose::operations);
  const auto found = session.search(*query);
  if (!found || found->matches.empty()) return number;
  const auto organisation = json::parse(found->matches.front().body);
  if (!organisation) return number;
  const std::string_view name = organisation->root.text_of("name");
  return name.empty() ? number : std::string(name);
}

}  // namespace tasuki::server::faces
