// RFC 5261 XML Patch on the XML of a resource. FHIR R4 http.html#patch
//
// sel must select exactly one node (RFC 5261 4.1); the white space around it may be removed with it
// (ws), which means nothing in FHIR, so ws is read and ignored.
#include <algorithm>

#include <fmt/core.h>

#include "base/utf8.h"
#include "fhir/patch/patch.h"
#include "fhir/xml/xml.h"
#include "xml/document.h"
#include "xml/edit.h"
#include "xml/print.h"

namespace tasuki::fhir {
namespace {

constexpr size_t steps_max = 200'000;  // of one XPath

std::string attribute_of(const xml::Node& node, std::string_view name) {
  for (xml::Attribute& attribute : node.attributes())
    if (attribute.space.empty() && attribute.name == name) return std::move(attribute.value);
  return {};
}

Error wrong(const xml::Node& operation, std::string what) {
  return {Error::Kind::invalid,
          fmt::format("In the XML Patch, <{}>: {}.", utf8::head(operation.name(), 32), what),
          fmt::format("line {}", operation.line())};
}

class XmlPatcher {
 public:
  explicit XmlPatcher(xml::Document& target) : target_(target) {}

  Result<void> apply(const xml::Node& operation) {
    const xml::Node place = TRY(selected(operation));
    if (operation.name() == "add") return add(operation, place);
    if (operation.name() == "replace") return replace(operation, place);
    if (operation.name() == "remove") return remove(operation, place);
    return wrong(operation, "the operations are <add>, <replace> and <remove>");
  }

 private:
  Result<xml::Node> selected(const xml::Node& operation) {
    const std::string path = attribute_of(operation, "sel");
    if (path.empty()) return wrong(operation, "the attribute \"sel\" says where, as an XPath");
    auto prefixes = xml::prefixes_at(operation);
    const auto know = [&](std::string_view name, std::string_view space) {
      for (const xml::Prefix& prefix : prefixes)
        if (prefix.name == name) return;
      prefixes.push_back({std::string(name), std::string(space)});
    };
    know("f", fhir_space);
    know("h", xhtml_space);
    auto found = xml::select(target_, path, prefixes, steps_max);
    if (!found)
      return Error{found.error().kind, found.error().message,
                   fmt::format("line {}", operation.line())};
    if (found->size() != 1)
      return wrong(operation, fmt::format("\"{}\" selects {} nodes, but one is needed",
                                          utf8::head(path, 128), found->size()));
    return found->front();
  }

  // RFC 5261 4.3
  Result<void> add(const xml::Node& operation, const xml::Node& place) {
    const std::string type = attribute_of(operation, "type"), pos = attribute_of(operation, "pos");
    if (type.starts_with("@")) {
      if (!place.is_element()) return wrong(operation, "an attribute can only go to an element");
      xml::set_attribute(place, type.substr(1), operation.text());
      return {};
    }
    if (type.starts_with("namespace::")) {
      xml::declare(place, type.substr(11), operation.text());
      return {};
    }
    if (!type.empty()) return wrong(operation, "type is \"@name\" or \"namespace::prefix\"");
    const bool beside = pos == "before" || pos == "after";
    TRY(check_depth(operation, place));
    if (!beside && !place.is_element()) return wrong(operation, "only an element has children");
    if (beside && place == target_.root())
      return wrong(operation, "a document has one root: nothing can stand beside it");
    if (!pos.empty() && pos != "prepend" && !beside)
      return wrong(operation, "pos is \"prepend\", \"before\" or \"after\"");
    xml::insert_children(operation, place,
                         pos == "prepend"  ? xml::Spot::first_child
                         : pos == "before" ? xml::Spot::before
                         : pos == "after"  ? xml::Spot::after
                                           : xml::Spot::last_child);
    return {};
  }

  // RFC 5261 4.4: like by like.
  Result<void> replace(const xml::Node& operation, const xml::Node& place) {
    if (place.kind() == xml::Node::Kind::attribute) {
      xml::set_value(place, operation.text());
      return {};
    }
    size_t elements = 0;
    for (xml::Node child = operation.first(); child; child = child.next())
      elements += child.is_element() ? 1U : 0U;
    if (place.is_element() && elements != 1)
      return wrong(operation, "an element is replaced by exactly one element");
    if (place == target_.root())
      return wrong(operation, "the root cannot be replaced; send the whole resource with PUT");
    TRY(check_depth(operation, place));
    xml::insert_children(operation, place, xml::Spot::before);
    xml::remove(place);
    return {};
  }

  Result<void> remove(const xml::Node& operation, const xml::Node& place) {
    if (place == target_.root() || place.kind() == xml::Node::Kind::other)
      return wrong(operation, "the root cannot be removed");
    xml::remove(place);
    return {};
  }

  // Additions could nest without end, each by as much as a patch may.
  static Result<void> check_depth(const xml::Node& operation, const xml::Node& place) {
    unsigned depth = depth_below(operation);
    for (xml::Node above = place; above; above = above.parent())
      ++depth;
    if (depth <= xml::Limits().depth_max) return {};
    return wrong(operation, "the result would be nested too deeply");
  }
  static unsigned depth_below(const xml::Node& node) {
    unsigned deepest = 0;
    for (xml::Node child = node.first(); child; child = child.next())
      deepest = std::max(deepest, 1 + depth_below(child));
    return deepest;
  }

  xml::Document& target_;
};

}  // namespace

Result<void> apply_xml_patch(xml::Document& target, const xml::Node& patch, PatchLimits limits) {
  size_t operations = 0;
  XmlPatcher patcher(target);
  for (xml::Node operation = patch.first(); operation; operation = operation.next()) {
    if (!operation.is_element()) continue;
    if (++operations > limits.operations_max)
      return Error{Error::Kind::too_costly,
                   fmt::format("The patch has more than {} operations.", limits.operations_max),
                   {}};
    TRY(patcher.apply(operation));
  }
  if (operations == 0) return wrong(patch, "it has no operations: <add>, <replace> or <remove>");
  return {};
}

Result<json::Document> apply_xml_patch(const Definitions& definitions, const json::Value& resource,
                                       std::string_view patch, PatchLimits limits) {
  const xml::Document diff = TRY(xml::parse(patch));
  if (diff.root().name() != "diff" && diff.root().name() != "patch")
    return wrong(diff.root(), "the root of a patch is <diff>");
  const std::string text = TRY(to_xml(definitions, resource));
  xml::Document target = TRY(xml::parse(text));
  TRY(apply_xml_patch(target, diff.root(), limits));
  // Printed and read again, so that what the patch left is held to the same limits as any input.
  std::string patched;
  xml::print(target.root(), {}, patched);
  return from_xml(definitions, patched);
}

}  // namespace tasuki::fhir
