#include "xml/document.h"

#include <gtest/gtest.h>

#include "xml/print.h"

namespace tasuki::xml {
namespace {

std::string printed(const Document& document) {
  std::string out;
  print(document.root(), {}, out);
  return out;
}

struct Kept {
  const char* name;
  const char* text;
  const char* printed;
};
const Kept kept[] = {
    {"namespaces_without_prefixes", R"(<f:a xmlns:f="urn:f"><f:b x="1"/></f:a>)",
     R"(<a xmlns="urn:f"><b x="1"/></a>)"},
    {"a_namespace_inside", R"(<a xmlns="urn:f"><h:div xmlns:h="urn:h"><h:p>x</h:p></h:div></a>)",
     R"(<a xmlns="urn:f"><div xmlns="urn:h"><p>x</p></div></a>)"},
    {"line_feeds_of_an_attribute", R"(<a v="1&#10;2&#9;3&#13;"/>)",
     R"(<a v="1&#10;2&#9;3&#13;"/>)"},
    {"escapes", R"(<a v="&lt;&quot;&amp;">&lt;&#38;]]&gt;</a>)",
     R"(<a v="&lt;&quot;&amp;">&lt;&amp;]]&gt;</a>)"},
    {"cdata_as_text", "<a><![CDATA[<b>&]]></a>", "<a>&lt;b&gt;&amp;</a>"},
    {"comments_and_instructions", "<a><!-- c --><?p q?>x</a>", "<a><!-- c --><?p q?>x</a>"},
    {"the_language", R"(<a xml:lang="ja">日本</a>)", R"(<a xml:lang="ja">日本</a>)"},
    {"a_byte_order_mark_and_a_declaration",
     "\xEF\xBB\xBF<?xml version=\"1.0\" encoding=\"utf-8\"?><a/>", "<a/>"},
};

TEST(Document, keeps) {
  for (const Kept& each : kept) {
    SCOPED_TRACE(each.name);
    const auto document = parse(each.text);
    ASSERT_TRUE(document.has_value()) << document.error().message;
    EXPECT_EQ(printed(*document), each.printed);
    const auto again = parse(each.printed);
    ASSERT_TRUE(again.has_value());
    EXPECT_EQ(printed(*again), each.printed);
  }
}

struct Refused {
  const char* name;
  std::string text;
  const char* why;
};
const Refused refused[] = {
    {"nothing", "", "empty"},
    {"no_xml", "{}", "not well-formed"},
    {"cut_off", "<a><b>", "not well-formed"},
    {"two_roots", "<a/><b/>", "not well-formed"},
    {"an_attribute_twice", R"(<a x="1" x="2"/>)", "not well-formed"},
    {"an_unknown_prefix", "<f:a/>", "not well-formed"},
    {"html_entities", "<a>&nbsp;</a>", "not well-formed"},
    {"a_dtd", "<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>", "DTD"},
    {"an_outer_entity", "<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>",
     "DTD"},
    {"a_billion_laughs", "<!DOCTYPE a [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\">]><a>&b;</a>",
     "DTD"},
    {"latin_1", "<a>\xE9</a>", "not UTF-8"},
    {"another_declared_charset", R"(<?xml version="1.0" encoding="Shift_JIS"?><a/>)", "Shift_JIS"},
    {"utf_16", std::string("\xFE\xFF\0<\0a\0/\0>", 10), "not UTF-8"},
    {"a_control_character", "<a>\x01</a>", "not well-formed"},
};

TEST(Document, refuses) {
  for (const Refused& each : refused) {
    SCOPED_TRACE(each.name);
    const auto document = parse(each.text);
    ASSERT_FALSE(document.has_value());
    EXPECT_EQ(document.error().kind, Error::Kind::invalid);
    EXPECT_NE(document.error().message.find(each.why), std::string::npos)
        << document.error().message;
    EXPECT_TRUE(document.error().location.starts_with("line ")) << document.error().location;
  }
}

std::string repeated(std::string_view text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i)
    all += text;
  return all;
}

TEST(Document, is_bounded) {
  EXPECT_TRUE(parse(repeated("<a>", 128) + repeated("</a>", 128)).has_value());
  EXPECT_FALSE(parse(repeated("<a>", 129) + repeated("</a>", 129)).has_value());
  EXPECT_FALSE(parse(repeated("<a>", 1'000'000)).has_value());
  EXPECT_FALSE(parse("<a>" + repeated("<b/>", 2'000) + "</a>", {.nodes_max = 1'000}).has_value());
  const auto large = parse("<a>0123456789</a>", {.bytes_max = 10});
  ASSERT_FALSE(large.has_value());
  EXPECT_EQ(large.error().kind, Error::Kind::too_costly);
  // A scanned page of 12 MB is one attribute.
  EXPECT_TRUE(parse("<a v=\"" + std::string(12'000'000, 'x') + "\"/>").has_value());
}

}  // namespace
}  // namespace tasuki::xml
