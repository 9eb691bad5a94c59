// What an expression asks of the world, and where it stops.
#include "fhir/path/expression.h"

#include <fmt/core.h>

#include "../search/reference_set.h"

namespace tasuki::fhir::path {
namespace {

using testing::definitions;
using testing::document;

constexpr std::string_view observation = R"({"resourceType":"Observation","id":"o",
  "code":{"coding":[{"system":"s","code":"a"},{"system":"s","code":"b"}]},
  "subject":{"reference":"Patient/1"},"modifierExtension":[{"url":"m"}],
  "valueQuantity":{"value":1.5,"system":"http://unitsofmeasure.org","code":"mg"},
  "text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><script/></div>"}})";

// The answer as text, or the error's message.
std::string asked(std::string_view text, const Environment& given = {},
                  const Options& options = {.any_variable = true}) {
  const auto resource = document(observation);
  const auto expression = Expression::compile(definitions(), text, options);
  if (!expression) return expression.error().message;
  json::Arena arena;
  Environment environment = given;
  const auto item = root(definitions(), resource.root);
  environment.resource = item;
  const auto items = expression->evaluate(item, environment, arena);
  if (!items) return items.error().message;
  std::string out;
  for (const auto& each : *items)
    out += (out.empty() ? "" : ",") + text_of(definitions(), each);
  return out;
}

TEST(PathEnvironment, gives_variables) {
  const auto value = json::parse("[3,4]");
  const Variable variable{"n", {untyped(value->root.items()[0]), untyped(value->root.items()[1])}};
  Environment environment;
  environment.variables = std::span(&variable, 1);
  EXPECT_EQ(asked("%n.count() + %n.first()", environment), "5");
  EXPECT_EQ(asked("%m"), "There is no variable %m here.");
  EXPECT_EQ(asked("%m", {}, {}), "There is no variable %m here.");
  const std::string_view names[] = {"limit"};
  EXPECT_EQ(asked("%limt", {}, {.variables = names}),
            "There is no variable %limt here; the nearest is %limit.");
}

TEST(PathEnvironment, defines_variables_for_what_follows) {
  EXPECT_EQ(asked("defineVariable('c', code.coding.count()).select(%c + 1)"), "3");
  EXPECT_EQ(asked("defineVariable('c', 1).select(%c) | defineVariable('c', 2).select(%c)"), "1,2");
  EXPECT_EQ(asked("defineVariable('c', 1).defineVariable('c', 2)"),
            "The variable %c is there already.");
  EXPECT_EQ(asked("(defineVariable('c', 1) | id).select(%c)"), "There is no variable %c here.");
}

TEST(PathEnvironment, has_one_moment) {
  Environment environment;
  environment.now = parse_instant("2026-11-25T23:30:00.5+09:00");
  EXPECT_EQ(asked("now()", environment), "2026-11-25T23:30:00.500+09:00");
  EXPECT_EQ(asked("today()", environment), "2026-11-25");
  environment.offset = std::chrono::hours(-5);
  EXPECT_EQ(asked("timeOfDay()", environment), "09:30:00.500");
  EXPECT_EQ(asked("(1|2|3).select(now()).distinct().count()"), "1");
}

TEST(PathEnvironment, resolves_references) {
  const auto other = json::parse(R"({"resourceType":"Patient","id":"1","gender":"female"})");
  Environment environment;
  environment.resolve = [&](std::string_view reference) -> std::optional<Item> {
    if (reference != "Patient/1") return std::nullopt;
    return root(definitions(), other->root);
  };
  EXPECT_EQ(asked("subject.resolve().gender", environment), "female");
  EXPECT_EQ(asked("subject.resolve() is Patient"), "true");
  EXPECT_EQ(asked("subject.resolve().gender"), "");
}

TEST(PathEnvironment, asks_for_terminology_and_profiles) {
  EXPECT_EQ(asked("code.memberOf('v')"), "memberOf() needs a terminology, and there is none here.");
  Environment environment;
  environment.member_of = [](const Item& coded, std::string_view value_set) {
    return Result<std::optional<bool>>(value_set == "v" && coded.value.find("coding") != nullptr);
  };
  environment.subsumes = [](std::string_view, std::string_view general, std::string_view special) {
    return Result<bool>(general == "a" && special == "c");
  };
  environment.conforms_to = [](const Item&, std::string_view profile) {
    return Result<bool>(profile == "p");
  };
  environment.slice = [](const Items& input, std::string_view, std::string_view name) {
    return name == "first" ? Result<Items>(Items{input.front()})
                           : Result<Items>(Error{Error::Kind::invalid, "no such slice", {}});
  };
  EXPECT_EQ(asked("code.memberOf('v')", environment), "true");
  EXPECT_EQ(asked("code.coding.first().code.subsumes('c')", environment), "true");
  EXPECT_EQ(asked("code.coding.first().code.subsumedBy('c')", environment), "false");
  EXPECT_EQ(asked("conformsTo('p') and conformsTo('q').not()", environment), "true");
  EXPECT_EQ(asked("code.coding.slice('p', 'first').code", environment), "a");
  EXPECT_EQ(asked("code.coding.slice('p', 'x')", environment), "no such slice");
}

TEST(PathEnvironment, traces) {
  std::string seen;
  Environment environment;
  environment.trace = [&](std::string_view name, const Items& items) {
    seen += fmt::format("{}:{};", name, items.size());
  };
  EXPECT_EQ(asked("code.coding.trace('c').trace('d', code).count()", environment), "2");
  EXPECT_EQ(seen, "c:2;d:2;");
}

TEST(PathEnvironment, checks_what_fhir_asks) {
  EXPECT_EQ(asked("checkModifiers('x')"), "The modifier extension 'm' is not understood here.");
  EXPECT_EQ(asked("checkModifiers('m').id"), "o");
  EXPECT_EQ(asked("text.`div`.htmlChecks()"), "false");
}

// ---- static semantics

TEST(PathStrict, names_the_element_that_is_not_there) {
  const Options strict{.is_strict = true, .context = *definitions().type("Observation")};
  const auto message = [&](std::string_view text) { return asked(text, {}, strict); };
  EXPECT_EQ(message("value.ofType(Quantity).cod"),
            "There is no element 'cod' in Quantity; the nearest is 'code'.");
  EXPECT_EQ(message("code.coding.where(cod = 'a')"),
            "There is no element 'cod' in Coding; the nearest is 'code'.");
  EXPECT_EQ(message("code.startsWith('a')"),
            "startsWith() is asked of CodeableConcept, which is no text.");
  EXPECT_EQ(message("Patient.name"), "This is asked of Observation, not of Patient.");
  EXPECT_EQ(message("DomainResource.status.empty()"), "true");
  EXPECT_EQ(message("children().first()"), "first counts in an order, and these items have none.");
  EXPECT_EQ(message("subject.resolve().anything.exists()"), "false");
  EXPECT_EQ(message("contained.anything.exists()"), "false");
  EXPECT_EQ(message("children().element.where(path = 'x').exists()"), "false");
}

// ---- bounds

TEST(PathBounds, stop_what_would_not_end) {
  EXPECT_NE(asked("repeatAll($this)").find("more than 1000000 items"), std::string::npos);
  EXPECT_NE(asked("(1).repeat($this + 1)").find("more than 1000000 items"), std::string::npos);
  EXPECT_NE(asked("('a'|'b'|'c'|'d'|'e'|'f'|'g'|'h'|'i'|'j'|'k'|'l'|'m'|'n'|'o'|'p'|'q'|'r'|'s'|'t'"
                  "|'u'|'v'|'w'|'x').aggregate($total & $total, 'ab')")
                .find("bytes of text"),
            std::string::npos);
  EXPECT_NE(asked("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')").find("steps"),
            std::string::npos);
  EXPECT_EQ(asked("(1).repeat(iif($this < 5000, $this + 1)).isDistinct()"), "true");
  Environment small;
  small.items_max = 100;
  EXPECT_EQ(asked("(1).repeat(iif($this < 5000, $this + 1)).count()", small),
            "The expression looks at more than 100 items.");
  EXPECT_EQ(asked("10.power(1000)"), "");
  EXPECT_EQ(asked("2147483647 + 1"), "");
}

TEST(PathInvariant, asks_as_of_many_as_r4_does) {
  EXPECT_EQ(asked("descendants().as(uri).count()"), "4");
  EXPECT_EQ(asked("descendants().as(uri).count()", {}, {.as_takes_many = false}),
            "as() was asked of several values; ofType() takes several.");
}

TEST(PathInvariant, holds_only_when_true) {
  const auto resource = document(observation);
  json::Arena arena;
  Environment environment;
  const auto item = root(definitions(), resource.root);
  environment.resource = item;
  const auto holds = [&](std::string_view text) {
    return Expression::compile(definitions(), text)->holds(item, environment, arena);
  };
  EXPECT_TRUE(*holds("code.exists()"));
  EXPECT_FALSE(*holds("status = 'final'"));  // empty
  EXPECT_FALSE(*holds("code.empty()"));
  EXPECT_FALSE(holds("code.coding.code"));  // two values
}

}  // namespace
}  // namespace tasuki::fhir::path
