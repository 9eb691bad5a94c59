#include "xml/edit.h"

#include <fmt/core.h>
#include <libxml/tree.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

#include "base/utf8.h"

namespace tasuki::xml {
namespace {

const xmlChar* chars(const std::string& text) {
  return reinterpret_cast<const xmlChar*>(text.c_str());
}

constexpr size_t path_bytes_max = 4096;

Error refused(std::string_view path, std::string_view why) {
  return {
      Error::Kind::invalid, fmt::format("The XPath \"{}\" {}.", utf8::head(path, 128), why), {}};
}

Result<std::vector<Node>> nodes_of(const xmlXPathObject& found, std::string_view path) {
  if (found.type != XPATH_NODESET) return refused(path, "selects no nodes, but a value");
  std::vector<Node> nodes;
  for (int i = 0; found.nodesetval != nullptr && i < found.nodesetval->nodeNr; ++i) {
    xmlNode* const node = found.nodesetval->nodeTab[i];
    // Namespace nodes belong to the result, not to the tree.
    if (node->type == XML_NAMESPACE_DECL)
      return refused(path, "selects a namespace declaration, which has no meaning in FHIR");
    nodes.emplace_back(node);
  }
  return nodes;
}

}  // namespace

Result<std::vector<Node>> select(const Document& document, std::string_view path,
                                 std::span<const Prefix> prefixes, size_t steps_max) {
  if (path.size() > path_bytes_max) return refused(path, "is too long");
  const std::unique_ptr<xmlXPathContext, void (*)(xmlXPathContext*)> context(
      xmlXPathNewContext(document.raw()), xmlXPathFreeContext);
  if (!context) return Error{Error::Kind::unavailable, "There is no memory for the XPath.", {}};
  context->node = reinterpret_cast<xmlNode*>(document.raw());
  context->opLimit = steps_max;
  context->error = [](void*, xmlError*) {};  // its words are in lastError
  for (const Prefix& prefix : prefixes)
    xmlXPathRegisterNs(context.get(), chars(prefix.name), chars(prefix.space));
  const std::string text(path);
  const std::unique_ptr<xmlXPathObject, void (*)(xmlXPathObject*)> found(
      xmlXPathEvalExpression(chars(text), context.get()), xmlXPathFreeObject);
  if (!found) {
    if (context->lastError.code == int{XML_XPATH_EXPRESSION_OK} + int{XPATH_OP_LIMIT_EXCEEDED})
      return Error{Error::Kind::too_costly, "The XPath needs too many steps.", {}};
    return refused(path, "cannot be evaluated");
  }
  return nodes_of(*found, path);
}

void insert_children(const Node& source, const Node& place, Spot spot) {
  xmlNode* const at = place.raw();
  xmlNode* last = nullptr;  // of what was inserted
  for (Node each = source.first(); each; each = each.next()) {
    xmlNode* const copy = xmlDocCopyNode(each.raw(), at->doc, 1);
    if (copy == nullptr) continue;
    if (last != nullptr) {
      last = xmlAddNextSibling(last, copy);
    } else if (spot == Spot::last_child || (spot == Spot::first_child && at->children == nullptr)) {
      last = xmlAddChild(at, copy);
    } else if (spot == Spot::first_child) {
      last = xmlAddPrevSibling(at->children, copy);
    } else {
      last = spot == Spot::before ? xmlAddPrevSibling(at, copy) : xmlAddNextSibling(at, copy);
    }
    xmlReconciliateNs(at->doc, last);
  }
}

void remove(const Node& node) {
  if (node.kind() == Node::Kind::attribute) {
    xmlRemoveProp(reinterpret_cast<xmlAttr*>(node.raw()));
    return;
  }
  xmlUnlinkNode(node.raw());
  xmlFreeNode(node.raw());
}

void set_attribute(const Node& element, const std::string& name, const std::string& value) {
  xmlSetProp(element.raw(), chars(name), chars(value));
}

void set_value(const Node& attribute, const std::string& value) {
  auto* const self = reinterpret_cast<xmlAttr*>(attribute.raw());
  xmlSetNsProp(self->parent, self->ns, self->name, chars(value));
}

void declare(const Node& element, const std::string& prefix, const std::string& space) {
  xmlNewNs(element.raw(), chars(space), chars(prefix));
}

std::vector<Prefix> prefixes_at(const Node& node) {
  std::vector<Prefix> prefixes;
  xmlNs** const list = xmlGetNsList(node.raw()->doc, node.raw());
  for (xmlNs** each = list; each != nullptr && *each != nullptr; ++each) {
    const xmlNs& space = **each;
    if (space.prefix == nullptr || space.href == nullptr) continue;
    prefixes.push_back(
        {reinterpret_cast<const char*>(space.prefix), reinterpret_cast<const char*>(space.href)});
  }
  xmlFree(list);
  return prefixes;
}

}  // namespace tasuki::xml
