#include "fhir/graphql/collect.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/utf8.h"
#include "fhir/graphql/field.h"

namespace tasuki::fhir::graphql {
namespace {

// 5.3.2: what stands under one key is asked alike.
Result<void> merge(const Selection& selection, std::vector<Asked>& asked) {
  const auto same = std::ranges::find_if(
      asked, [&](const Asked& each) { return each.selection->key() == selection.key(); });
  if (same == asked.end()) {
    asked.push_back({&selection, chosen(selection.selections)});
    return {};
  }
  if (same->selection->name != selection.name ||
      same->selection->arguments.size() != selection.arguments.size())
    return Error{Error::Kind::invalid,
                 fmt::format("\"{}\" is asked twice and differently; use an alias.",
                             utf8::head(selection.key(), 64)),
                 text_of(selection.place)};
  for (const Selection& each : selection.selections)
    same->inside.push_back(&each);
  return {};
}

}  // namespace

Chosen chosen(const std::vector<Selection>& list) {
  Chosen pointers;
  for (const Selection& selection : list)
    pointers.push_back(&selection);
  return pointers;
}

Result<std::vector<Asked>> Collector::collect(const Chosen& list, TypeId type) {
  std::vector<Asked> asked;
  TRY(add(list, type, asked));
  return asked;
}

Result<void> Collector::add(const Chosen& list, TypeId type, std::vector<Asked>& asked) {
  for (const Selection* selection : list) {
    TRY(budget_.take(1));
    if (!TRY(inputs_.wants(*selection))) continue;
    if (selection->kind == Selection::Kind::field) {
      TRY(merge(*selection, asked));
      continue;
    }
    const bool is_named = selection->kind == Selection::Kind::spread;
    const Fragment* fragment = is_named ? document_.fragment(selection->name) : nullptr;
    const std::string& on = is_named ? fragment->on : selection->on;
    if (!applies(definitions_, on, type)) continue;
    TRY(add(chosen(is_named ? fragment->selections : selection->selections), type, asked));
  }
  return {};
}

}  // namespace tasuki::fhir::graphql
