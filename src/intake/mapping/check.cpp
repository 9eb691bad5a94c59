// The type check: may this value stand in that element, and has every required element a line?
#include <algorithm>

#include <fmt/format.h>

#include "intake/mapping/compiler.h"

namespace tasuki::intake {
namespace {

// What a right side makes, as far as its place in FHIR goes.
enum class Makes : uint8_t {
  text,
  truth,
  number,
  timestamp,
  time,
  coding,
  codeable,
  reference,
  name,
  address,
  contact,
  quantity,
  range,
  timing,
  result,
  note,
  binary,
};

Makes made_by_terms(const Expression& value) {
  const Joined& source = value.alternatives.front();
  if (source.size() > 1) return Makes::text;
  switch (source.front().kind) {
    case Term::Kind::truth:
      return Makes::truth;
    case Term::Kind::number:
      return Makes::number;
    case Term::Kind::coding:
      return Makes::coding;
    case Term::Kind::reference:
      return Makes::reference;
    default:
      return Makes::text;
  }
}

Makes made_by(const Expression& value) {
  Makes made = made_by_terms(value);
  for (const Step& step : value.steps) {
    switch (step.action) {
      case Action::table:
      case Action::append:
      case Action::split:
      case Action::slice:
      case Action::strip:
      case Action::unpad:
      case Action::pad:
      case Action::count:
      case Action::era:
      case Action::digits:
      case Action::later:
      case Action::times:
      case Action::upper:
      case Action::lower:
      case Action::usage_part:
        made = Makes::text;
        break;
      case Action::timestamp:
      case Action::date:
        made = Makes::timestamp;
        break;
      case Action::time:
        made = Makes::time;
        break;
      case Action::number:
        made = Makes::number;
        break;
      case Action::truth:
        made = Makes::truth;
        break;
      case Action::coded:
      case Action::code:
      case Action::text_only:
      case Action::map:
        made = Makes::codeable;
        break;
      case Action::person_name:
        made = Makes::name;
        break;
      case Action::address:
        made = Makes::address;
        break;
      case Action::telecom:
        made = Makes::contact;
        break;
      case Action::staff:
      case Action::place:
      case Action::organisation:
        made = Makes::reference;
        break;
      case Action::composite_quantity:
      case Action::days:
      case Action::quantity:
        made = Makes::quantity;
        break;
      case Action::range:
        made = Makes::range;
        break;
      case Action::usage:
        made = Makes::timing;
        break;
      case Action::result:
        made = Makes::result;
        break;
      case Action::annotation:
        made = Makes::note;
        break;
      case Action::base64:
      case Action::encoded:
        made = Makes::binary;
        break;
    }
  }
  return made;
}

std::string_view words_for(Makes made) {
  constexpr std::string_view words[] = {
      "a text",        "true or false", "a number",           "a date or time",
      "a time of day", "a code",        "a coded value",      "a reference",
      "a name",        "an address",    "a telephone number", "a quantity",
      "a range",       "a timing",      "a result",           "a note",
      "bytes"};
  return words[static_cast<size_t>(made)];
}

bool fits_primitive(Makes made, fhir::Primitive primitive) {
  using fhir::Primitive;
  switch (primitive) {
    case Primitive::none:
      return false;
    case Primitive::boolean:
      return made == Makes::truth;
    case Primitive::date:
    case Primitive::date_time:
    case Primitive::instant:
      return made == Makes::timestamp;
    case Primitive::time:
      return made == Makes::time;
    case Primitive::decimal:
    case Primitive::integer:
    case Primitive::positive_int:
    case Primitive::unsigned_int:
      return made == Makes::number;
    case Primitive::base64_binary:
      return made == Makes::binary;
    case Primitive::xhtml:
      return false;
    default:
      return made == Makes::text;
  }
}

bool is_quantity(const fhir::Definitions& definitions, fhir::TypeId type) {
  for (int up = 0; type != fhir::no_type && up < 4; ++up, type = definitions.parent(type)) {
    if (definitions.name(type) == "Quantity") return true;
  }
  return false;
}

bool fits(Makes made, const fhir::Element& element, const fhir::Definitions& definitions) {
  if (definitions.category(element.type) == fhir::Category::primitive)
    return fits_primitive(made, definitions.primitive(element.type));
  const std::string_view type = definitions.name(element.type);
  switch (made) {
    case Makes::coding:
    case Makes::codeable:
      return type == "CodeableConcept" || type == "Coding";
    case Makes::reference:
      return type == "Reference";
    case Makes::name:
      return type == "HumanName";
    case Makes::address:
      return type == "Address";
    case Makes::contact:
      return type == "ContactPoint";
    case Makes::quantity:
      return is_quantity(definitions, element.type);
    case Makes::range:
      return type == "Observation.referenceRange";
    case Makes::timing:
      return type == "Timing";
    case Makes::note:
      return type == "Annotation";
    default:
      return false;
  }
}

// Codes that can come out of this line, where its element allows only some.
Result<void> check_codes(const Expression& value, const fhir::Element& element,
                         const Library& library, const Cursor& cursor, const std::string& path) {
  if (!element.binding.required) return {};
  const auto check = [&](const std::string& system, const std::string& code) -> Result<void> {
    const auto known = library.definitions->has_code(element.binding, system, code);
    if (known.has_value() && !*known) {
      return cursor.error(
          fmt::format("「{0}」は {1} に使えるコードではありません({2})。/ '{0}' is not a code that "
                      "{1} may have ({2}).",
                      code, path, element.binding.value_set));
    }
    return {};
  };
  const bool plain_code = library.definitions->primitive(element.type) == fhir::Primitive::code;
  if (value.policy.otherwise == Otherwise::literal && plain_code) TRY(check("", value.policy.text));
  if (value.steps.empty()) {
    for (const Joined& source : value.alternatives) {
      const Term& term = source.front();
      if (term.kind == Term::Kind::literal && source.size() == 1 && plain_code)
        TRY(check("", term.text));
      if (term.kind == Term::Kind::coding) TRY(check(term.coding.system, term.coding.code));
    }
  } else if (value.steps.back().action == Action::table && plain_code) {
    for (const auto& [from, row] : value.steps.back().table->rows) {
      if (!row.to.empty()) TRY(check("", row.to));  // empty: the table says that nothing is sent
    }
  }
  return {};
}

Result<void> check_targets(const Expression& value, const fhir::Element& element,
                           const Symbols& symbols, const Library& library, const Cursor& cursor,
                           const std::string& path) {
  for (const Joined& source : value.alternatives) {
    if (source.front().kind != Term::Kind::reference || element.targets.empty()) continue;
    const fhir::TypeId type = symbols.names[source.front().name].type;
    if (type == fhir::no_type) continue;  // its own line was refused
    const auto allowed = [&](fhir::TypeId target) {
      return target == type || library.definitions->name(target) == "Resource";
    };
    if (std::ranges::none_of(element.targets, allowed)) {
      return cursor.error(
          fmt::format("{0} から {1} は参照できません。/ {0} may not refer to a {1}.", path,
                      library.definitions->name(type)));
    }
  }
  return {};
}

Result<void> check_policy(const Expression& value, Makes made, const Cursor& cursor) {
  const auto otherwise = value.policy.otherwise;
  const bool coded = made == Makes::codeable || made == Makes::result;
  if (otherwise == Otherwise::publish_local && !coded)
    return cursor.error(
        "`else publish-local` はコードと検査結果にだけ使えます。/ `else publish-local` is for "
        "coded values and results.");
  if (otherwise == Otherwise::keep_text && !coded)
    return cursor.error(
        "`else keep-text` はコードと検査結果にだけ使えます。/ `else keep-text` is for coded values "
        "and results.");
  if (otherwise == Otherwise::literal && made != Makes::text)
    return cursor.error(
        "`else \"文字列\"` は文字列とコードにだけ使えます。/ `else \"text\"` is for texts and "
        "codes.");
  return {};
}

}  // namespace

const fhir::Element* find_element(const fhir::Definitions& definitions, fhir::TypeId type,
                                  std::string_view name) {
  if (name.ends_with("[x]")) {
    const std::string_view stem = name.substr(0, name.size() - 3);
    for (const auto& element : definitions.elements(type)) {
      if (element.is_choice && element.stem == stem) return &element;
    }
    return nullptr;
  }
  return definitions.element(type, name);
}

Error unknown_element(const fhir::Definitions& definitions, const Context& context,
                      std::string_view name, const Cursor& cursor) {
  std::vector<std::string_view> known;
  for (const auto& element : definitions.elements(context.type))
    known.push_back(element.name);
  return cursor.error(
      fmt::format("{0} に要素「{1}」はありません。近いのは「{2}」です。/ {0} has no element '{1}'; "
                  "the nearest is '{2}'.",
                  context.path, name, fhir::nearest(name, known)));
}

Result<void> check_value(const Expression& value, const fhir::Element& element,
                         const Symbols& symbols, const Library& library, const Cursor& cursor,
                         const std::string& path) {
  const Makes made = made_by(value);
  TRY(check_policy(value, made, cursor));
  if (path.ends_with("[x]")) {
    if (made != Makes::result)
      return cursor.error(fmt::format(
          "{0} には `: result by TYPE unit UNIT` を書きます。他は valueString のように書きます。/ "
          "{0} takes `: result by TYPE unit UNIT`; otherwise write its full name.",
          path));
    return {};
  }
  if (!fits(made, element, *library.definitions)) {
    return cursor.error(
        fmt::format("{0} の型は {1} で、右側が作るものと合いません。/ {0} is a {1}, but the right "
                    "side makes {2}.",
                    path, library.definitions->name(element.type), words_for(made)));
  }
  TRY(check_codes(value, element, library, cursor, path));
  return check_targets(value, element, symbols, library, cursor, path);
}

Result<void> check_required(const fhir::Definitions& definitions, const Context& context,
                            const Cursor& cursor) {
  for (const auto& element : definitions.elements(context.type)) {
    if (element.min == 0 || context.filled->contains(std::string(element.stem))) continue;
    return cursor.error(fmt::format(
        "{0}.{1} は必須ですが、どの行も値を入れていません。/ {0}.{1} is required, but no line "
        "fills it.",
        context.path,
        element.is_choice ? std::string(element.stem) + "[x]" : std::string(element.name)));
  }
  return {};
}

}  // namespace tasuki::intake
