#include "intake/snapshot.h"

#include <algorithm>

#include <fmt/format.h>

#include "formats/ssmix2/kinds.h"
#include "intake/withdraw.h"
#include "json/parse.h"

namespace tasuki::intake {
namespace {

// What a list held: its time, then "Condition/<id>", a line each.
struct Held {
  std::string as_of;
  std::vector<std::string> names;
};

Held held_of(std::string_view text) {
  Held held;
  const auto line = [&] {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string one(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    return one;
  };
  held.as_of = line();
  while (!text.empty())
    held.names.push_back(line());
  return held;
}

Held held_by(const fhir::Definitions& definitions, const Converted& converted) {
  Held held{converted.as_of, {}};
  for (const Made& made : converted.resources) {
    if (!made.ensure)
      held.names.push_back(std::string(definitions.name(made.type)) + "/" + made.id);
  }
  return held;
}

std::string print(const Held& held) {
  std::string text = held.as_of;
  for (const auto& name : held.names)
    text += "\n" + name;
  return text;
}

bool is_older(std::string_view one, std::string_view other) {
  const size_t both = std::min(one.size(), other.size());
  return one.substr(0, both) < other.substr(0, both);
}

// As it stands, entered in error. Nothing where it stands no more.
Result<void> withdraw_standing(record::Session& session, const fhir::Definitions& definitions,
                               std::string_view name, Converted& converted) {
  const size_t slash = name.find('/');
  const auto type = definitions.resource_type(name.substr(0, slash));
  if (!type || slash == std::string_view::npos) return {};
  const std::string id(name.substr(slash + 1));
  const auto standing = session.read(*type, id);
  if (!standing) {
    const auto kind = standing.error().kind;
    if (kind == Error::Kind::not_found || kind == Error::Kind::gone) return {};
    return standing.error();
  }
  const auto document = TRY(json::parse(standing->body));
  Made made{.type = *type, .id = id, .resource = json::clone(document.root, *converted.arena)};
  withdraw(definitions, *converted.arena, made);
  converted.resources.push_back(std::move(made));
  return {};
}

}  // namespace

bool is_whole_list(std::string_view kind) {
  const auto* known = ssmix2::kind_of(kind);
  // ADT-00 is a record, not a list: its resources' keys are the patient's own.
  return known != nullptr && known->is_snapshot && kind != "ADT-00";
}

Result<void> take_back(record::Session& session, const fhir::Definitions& definitions,
                       const std::string& name, Converted& converted,
                       std::vector<std::pair<std::string, std::string>>& checkpoints) {
  const std::string key = "list|" + name;
  const auto kept = TRY(session.checkpoint(key));
  const Held before = held_of(kept.value_or(""));
  Held now = held_by(definitions, converted);
  if (is_older(now.as_of, before.as_of)) return {};  // came late: what it lacks may have been added
  if (converted.withdrawn) now.names.clear();
  const auto missing = [&](const std::string& one) {
    return std::ranges::find(now.names, one) == now.names.end();
  };
  for (const auto& one : before.names) {
    if (missing(one)) TRY(withdraw_standing(session, definitions, one, converted));
  }
  checkpoints.emplace_back(key, print(now));
  return {};
}

}  // namespace tasuki::intake
