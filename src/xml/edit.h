// Finding places in a tree by XPath and changing it there: what XML Patch needs (RFC 5261).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "xml/document.h"

namespace tasuki::xml {

struct Prefix {
  std::string name, space;
};

// The nodes an XPath 1.0 selects, in document order. Bounded: an expression that needs more than
// `steps_max` steps of evaluation is refused. A result that is no set of nodes is refused.
Result<std::vector<Node>> select(const Document& document, std::string_view path,
                                 std::span<const Prefix> prefixes, size_t steps_max = 1'000'000);

enum class Spot : uint8_t { first_child, last_child, before, after };

// Copies of all children of `source` (of any document), in their order.
void insert_children(const Node& source, const Node& place, Spot spot);
void remove(const Node& node);  // an attribute too; `node` is gone then
void set_attribute(const Node& element, const std::string& name, const std::string& value);
void set_value(const Node& attribute, const std::string& value);
void declare(const Node& element, const std::string& prefix, const std::string& space);

// The namespaces in scope at the node that have a prefix.
std::vector<Prefix> prefixes_at(const Node& node);

}  // namespace tasuki::xml
