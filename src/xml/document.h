// XML as a tree, and why a text is none: namespaces resolved, comments kept, everything bounded.
//
// libxml2 stays inside xml/*.cpp. It is asked for nothing from outside: no network, no files, no
// DTD and so no entities but the five of XML itself (FHIR R4 xml.html: "Document Type Definition
// References are not allowed"). Only UTF-8 is read; what comes in another charset is decoded
// before.
//
// Standard: XML 1.0 (Fifth Edition), Namespaces in XML 1.0.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

struct _xmlDoc;
struct _xmlNode;

namespace tasuki::xml {

struct Limits {
  size_t bytes_max = size_t{64} * 1024 * 1024;
  unsigned depth_max = 128;
  size_t nodes_max = 1'000'000;  // elements, attributes and texts: about 150 bytes each
};

struct Attribute {
  std::string_view name, space;  // local name; namespace, empty for most
  std::string value;
};

// A place in a Document, which must outlive it. Empty where there is none.
class Node {
 public:
  enum class Kind : uint8_t { element, text, comment, instruction, attribute, other };

  Node() = default;
  explicit Node(_xmlNode* node) : node_(node) {}
  explicit operator bool() const { return node_ != nullptr; }
  bool operator==(const Node&) const = default;

  Kind kind() const;
  bool is_element() const { return kind() == Kind::element; }
  std::string_view name() const;      // local name of an element or attribute; target of a <?...?>
  std::string_view space() const;     // its namespace
  std::string_view own_text() const;  // of a text, comment or instruction
  std::string text() const;           // of everything inside
  std::vector<Attribute> attributes() const;

  Node first() const;  // child
  Node next() const, previous() const, parent() const;
  long line() const;

  _xmlNode* raw() const { return node_; }

 private:
  _xmlNode* node_ = nullptr;
};

class Document {
 public:
  explicit Document(_xmlDoc* document) : document_(document) {}
  Node root() const;
  _xmlDoc* raw() const { return document_.get(); }

 private:
  struct Free {
    void operator()(_xmlDoc* document) const;
  };
  std::unique_ptr<_xmlDoc, Free> document_;
};

// Refused, with line and column: what is not well-formed, not UTF-8, has a DTD, or is too large.
Result<Document> parse(std::string_view text, Limits limits = {});

}  // namespace tasuki::xml
