#include "fhir/path/type.h"

#include <algorithm>
#include <array>

namespace tasuki::fhir::path {
namespace {

constexpr std::array<std::string_view, 10> names = {
    "", "Boolean", "Integer", "Long", "Decimal", "String", "Date", "DateTime", "Time", "Quantity"};

// A literal or a computed value is of System alone; Element.id is of both.
bool is_of_fhir(const Item& item) {
  return item.system == System::none || item.element != nullptr;
}

}  // namespace

std::string_view name_of(System system) {
  return names[static_cast<size_t>(system)];
}

std::optional<TypeName> type_named(const Definitions& definitions, std::string_view space,
                                   std::string_view name) {
  TypeName result;
  const auto system = std::ranges::find(names, name);
  if (space != "FHIR" && system != names.end())
    result.system = static_cast<System>(system - names.begin());
  if (space != "System") result.fhir = definitions.type(name).value_or(no_type);
  if (space.empty() && result.fhir == no_type && result.system == System::none) return std::nullopt;
  if (space == "FHIR" && result.fhir == no_type) return std::nullopt;
  return result;
}

bool is_type(const Definitions& definitions, const Item& item, const TypeName& type) {
  if (type.system != System::none && item.system == type.system) return true;
  return type.fhir != no_type && is_of_fhir(item) && is_a(definitions, item.type, type.fhir);
}

bool can_be(const Definitions& definitions, const Item& item, const TypeName& type) {
  if (type.system != System::none && kind(definitions, item) == type.system &&
      (type.fhir == no_type || item.system != System::none))
    return true;
  if (type.fhir == no_type || !is_of_fhir(item)) return false;
  if (definitions.category(type.fhir) == Category::primitive) return item.type == type.fhir;
  return is_a(definitions, item.type, type.fhir);
}

Types Types::of(const Definitions& definitions) {
  const auto named = [&](std::string_view name) {
    return definitions.type(name).value_or(no_type);
  };
  return {named("boolean"), named("integer"),  named("decimal"), named("string"),
          named("date"),    named("dateTime"), named("time"),    named("Quantity")};
}

TypeId Types::of(System system) const {
  switch (system) {
    case System::none:
      return no_type;
    case System::boolean:
      return boolean;
    case System::integer:
    case System::long_:
      return integer;
    case System::decimal:
      return decimal;
    case System::string:
      return string;
    case System::date:
      return date;
    case System::date_time:
      return date_time;
    case System::time:
      return time;
    case System::quantity:
      return quantity;
  }
  return no_type;
}

}  // namespace tasuki::fhir::path
