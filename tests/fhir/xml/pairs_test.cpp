// ref/xml-json-pairs-r4: the same official example in XML and JSON. Each way, and XML through JSON
// back to the same XML.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "conformance.h"
#include "fhir/definitions.h"
#include "fhir/xml/xml.h"
#include "json/parse.h"
#include "json/print.h"
#include "xml/document.h"
#include "xml/print.h"

namespace tasuki::fhir {
namespace {

const std::filesystem::path folder =
    std::filesystem::path(TASUKI_REFERENCE_FOLDER) / "xml-json-pairs-r4";

std::string content_of(const std::filesystem::path& file) {
  std::stringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

std::string without_blanks(std::string_view text) {
  std::string kept;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '\r' && c != '\n') kept += c;
  return kept;
}

double number_of(const json::Value& value) {
  return std::strtod(std::string(value.text()).c_str(), nullptr);
}

// The set's own rule of sameness: see its README.
bool is_left_out(std::string_view name, bool top) {
  return name == "text" || name == "fhir_comments" || (top && name == "meta");
}

// The first place where they differ, or nothing.
std::string difference(const json::Value& left, const json::Value& right, const std::string& where,
                       bool top);

std::string difference_of_members(const json::Value& left, const json::Value& right,
                                  const std::string& where, bool top) {
  for (const json::Member& member : left.members()) {
    // "text" is also a string of other types; only a Narrative is left out.
    const bool narrative = member.name != "text" || member.value.is_object();
    if (is_left_out(member.name, top) && narrative) continue;
    const json::Value* other = right.find(member.name);
    if (other == nullptr) return where + "." + std::string(member.name) + " is missing";
    auto found = difference(member.value, *other, where + "." + std::string(member.name), false);
    if (!found.empty()) return found;
  }
  for (const json::Member& member : right.members())
    if (!is_left_out(member.name, top) && left.find(member.name) == nullptr)
      return where + "." + std::string(member.name) + " is too much";
  return {};
}

std::string difference(const json::Value& left, const json::Value& right, const std::string& where,
                       bool top) {
  if (left.kind() != right.kind()) return where + ": another kind";
  if (left.is_object()) return difference_of_members(left, right, where, top);
  if (left.is_array()) {
    if (left.size() != right.size()) return where + ": another length";
    for (size_t i = 0; i < left.size(); ++i) {
      auto found = difference(left.items()[i], right.items()[i],
                              where + "[" + std::to_string(i) + "]", false);
      if (!found.empty()) return found;
    }
    return {};
  }
  const bool same = left.is_number() ? number_of(left) == number_of(right)
                    : left.is_boolean()
                        ? left.boolean() == right.boolean()
                        : without_blanks(left.text()) == without_blanks(right.text());
  return same ? std::string() : where + ": " + json::print(left) + " / " + json::print(right);
}

// XML without what is no content: comments, instructions, blanks between FHIR's elements.
void essence(const xml::Node& node, std::string& out) {
  if (node.kind() == xml::Node::Kind::text) {
    const std::string text = without_blanks(node.own_text());
    out += text.empty() && node.parent().space() == fhir_space ? "" : std::string(node.own_text());
    return;
  }
  if (node.space() == xhtml_space) {
    xml::print(node, {}, out);
    return;
  }
  if (!node.is_element()) return;
  out.append("\n<").append(node.name());
  auto attributes = node.attributes();
  std::ranges::sort(attributes, {}, &xml::Attribute::name);
  for (const auto& attribute : attributes)
    if (attribute.space.empty())
      out.append(" ").append(attribute.name).append("=").append(attribute.value);
  out += '>';
  for (xml::Node child = node.first(); child; child = child.next())
    essence(child, out);
  out += "</>";
}

std::string essence_of(std::string_view text) {
  const auto document = xml::parse(text);
  if (!document) return document.error().message;
  std::string out;
  essence(document->root(), out);
  return out;
}

std::string first_line_that_differs(const std::string& left, const std::string& right) {
  std::stringstream lefts(left), rights(right);
  std::string one, other;
  while (std::getline(lefts, one)) {
    std::getline(rights, other);
    if (one != other) return one + " / " + other;
  }
  return "more lines";
}

// What is wrong with the pair, or nothing.
std::string judged(const std::string& xml_text, const std::string& json_text) {
  const auto expected = json::parse(json_text);
  const auto read = from_xml(r4(), xml_text);
  if (!read) return "XML is refused: " + read.error().message + " " + read.error().location;
  auto found = difference(read->root, expected->root, "", true);
  if (!found.empty()) return "XML to JSON: " + found;

  const auto written = to_xml(r4(), expected->root);
  if (!written) return "JSON is refused: " + written.error().message;
  const auto returned = from_xml(r4(), *written);
  if (!returned) return "our XML is refused: " + returned.error().message;
  found = difference(returned->root, expected->root, "", true);
  if (!found.empty()) return "JSON to XML: " + found;

  const auto indented = to_xml(r4(), expected->root, Layout::indented);
  const auto spaced = from_xml(r4(), indented.value());
  if (!spaced) return "our indented XML is refused: " + spaced.error().message;
  found = difference(spaced->root, expected->root, "", true);
  if (!found.empty()) return "JSON to indented XML: " + found;

  const auto again = to_xml(r4(), read->root);
  if (!again) return "the read JSON is refused: " + again.error().message;
  const std::string before = essence_of(xml_text), after = essence_of(*again);
  if (before != after) return "XML to XML: " + first_line_that_differs(before, after);
  return {};
}

TEST(XmlJsonPairs, both_ways) {
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIP xml-json-pairs-r4: not here";
  conformance::Tally tally("xml-json-pairs-r4");
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".xml") continue;
    auto json_file = entry.path();
    json_file.replace_extension(".json");
    const std::string fault = judged(content_of(entry.path()), content_of(json_file));
    if (fault.empty()) {
      tally.pass();
    } else {
      tally.fail(entry.path().stem(), fault);
    }
  }
  EXPECT_GE(tally.share(), 0.98) << tally.failures();
}

}  // namespace
}  // namespace tasuki::fhir
