#include "fhir/validate/narrative.h"

#include <string>

#include <gtest/gtest.h>

namespace tasuki::fhir {
namespace {

struct Case {
  const char* name;
  const char* xhtml;
  bool is_allowed;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.xhtml;
}

class Narrative : public testing::TestWithParam<Case> {};

TEST_P(Narrative, is_judged) {
  EXPECT_EQ(narrative_fault(GetParam().xhtml).english.empty(), GetParam().is_allowed)
      << narrative_fault(GetParam().xhtml).english;
}

// clang-format off
const Case cases[] = {
    {"plain",                      "<div xmlns=\"http://www.w3.org/1999/xhtml\">山田 花子</div>", true},
    {"nested",                     "<div><p>a<br/>b</p><ul><li>c</li></ul></div>", true},
    {"comment",                    "<div><!-- <script> --></div>", true},
    {"entities",                   "<div>a &lt; b &amp;&#160;&nbsp;c</div>", true},
    {"image_and_link",             "<div><a href='#x'>x</a><img src=\"a.png\" alt=\"a\"/></div>", true},
    {"text_outside",               "a<div>b</div>", false},
    {"two_roots",                  "<div>a</div><div>b</div>", false},
    {"not_closed",                 "<div>a", false},
    {"crossed",                    "<div><b><i>a</b></i></div>", false},
    {"closed_too_often",           "<div>a</p></div>", false},
    {"script",                     "<div><script>a()</script></div>", false},
    {"form",                       "<div><form></form></div>", false},
    {"handler",                    "<div onclick=\"a()\">a</div>", false},
    {"handler_in_capitals",        "<div ONCLICK=\"a()\">a</div>", false},
    {"script_link",                "<div><a href=\"javascript:a()\">a</a></div>", false},
    {"script_link_in_disguise",    "<div><a href=\" JavaScript:a()\">a</a></div>", false},
    {"script_link_by_entity",      "<div><a href=\"&#106;avascript:a()\">a</a></div>", false},
    {"attribute_without_quotes",   "<div class=a>a</div>", false},
    {"attributes_run_together",    "<div class=\"a\"id=\"b\">a</div>", false},
    {"bare_ampersand",             "<div>a & b</div>", false},
    {"unfinished_tag",             "<div>a</div", false},
    {"instruction",                "<div><?php ?></div>", false},
};
// clang-format on

INSTANTIATE_TEST_SUITE_P(All, Narrative, testing::ValuesIn(cases),
                         [](const auto& one) { return std::string(one.param.name); });

TEST(NarrativeDepth, is_bounded) {
  std::string deep;
  for (int level = 0; level < 100000; ++level)
    deep += "<div>";
  EXPECT_FALSE(narrative_fault(deep).english.empty());
}

}  // namespace
}  // namespace tasuki::fhir
