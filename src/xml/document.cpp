#include "xml/document.h"

#include <cstring>

#include <fmt/core.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include "base/text.h"
#include "base/utf8.h"
#include "xml/view.h"

namespace tasuki::xml {
namespace {

Error refused(std::string message, std::string location = {}) {
  return {Error::Kind::invalid, std::move(message), std::move(location)};
}

// One reading: libxml2's own tree builder, with a count before each of its steps.
class Reading {
 public:
  explicit Reading(const Limits& limits) : limits_(limits) {
    static const bool ready = (xmlInitParser(), true);
    static_cast<void>(ready);
  }

  Result<Document> read(std::string_view text) {
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxt*)> context(xmlNewParserCtxt(),
                                                                           xmlFreeParserCtxt);
    if (!context) return Error{Error::Kind::unavailable, "There is no memory for the XML.", {}};
    context->_private = this;
    context->sax->startElementNs = start;
    context->sax->endElementNs = end;
    context->sax->characters = characters;
    context->sax->cdataBlock = characters;
    context->sax->comment = comment;
    context->sax->internalSubset = subset;
    context->sax->externalSubset = nullptr;
    // HUGE only lifts libxml2's own limits on one text, which a scanned document needs: ours hold.
    constexpr int options = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                            XML_PARSE_HUGE | XML_PARSE_COMPACT | XML_PARSE_NOCDATA;
    Document document(xmlCtxtReadMemory(context.get(), text.data(), static_cast<int>(text.size()),
                                        nullptr, "UTF-8", options));
    if (!complaint_.empty()) return refused(complaint_, place(*context));
    if (document.raw() == nullptr || context->wellFormed == 0 || context->nsWellFormed == 0 ||
        !document.root())
      return refused(sentence(context->lastError), place(*context));
    return document;
  }

 private:
  static Reading& of(void* context) {
    return *static_cast<Reading*>(static_cast<xmlParserCtxt*>(context)->_private);
  }
  void stop(void* context, std::string complaint) {
    if (!complaint_.empty()) return;
    const auto* parser = static_cast<xmlParserCtxt*>(context);
    if (parser->input != nullptr) stopped_ = {parser->input->line, parser->input->col};
    complaint_ = std::move(complaint);
    xmlStopParser(static_cast<xmlParserCtxt*>(context));
  }
  bool count(void* context, size_t nodes) {
    nodes_ += nodes;
    if (nodes_ <= limits_.nodes_max) return complaint_.empty();
    stop(context, fmt::format("More than {} elements, attributes and texts.", limits_.nodes_max));
    return false;
  }

  static void start(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* space,
                    int space_count, const xmlChar** spaces, int count, int defaulted,
                    const xmlChar** attributes) {
    Reading& self = of(context);
    if (!self.count(context, 1 + 2 * static_cast<size_t>(count))) return;
    if (++self.depth_ > self.limits_.depth_max) {
      self.stop(context, fmt::format("Nesting deeper than {} levels.", self.limits_.depth_max));
      return;
    }
    xmlSAX2StartElementNs(context, name, prefix, space, space_count, spaces, count, defaulted,
                          attributes);
  }
  static void end(void* context, const xmlChar* name, const xmlChar* prefix, const xmlChar* space) {
    Reading& self = of(context);
    if (!self.complaint_.empty()) return;
    --self.depth_;
    xmlSAX2EndElementNs(context, name, prefix, space);
  }
  // CDATA is another way to write text.
  static void characters(void* context, const xmlChar* text, int size) {
    if (of(context).count(context, 1)) xmlSAX2Characters(context, text, size);
  }
  static void comment(void* context, const xmlChar* text) {
    if (of(context).count(context, 1)) xmlSAX2Comment(context, text);
  }
  static void subset(void* context, const xmlChar*, const xmlChar*, const xmlChar*) {
    of(context).stop(context, "A DTD (<!DOCTYPE ...>) is not read; leave it out.");
  }

  std::string sentence(const xmlError& error) const {
    if (error.message == nullptr) return "This is not XML.";
    std::string text(error.message);
    while (!text.empty() && (text.back() == '\n' || text.back() == ' '))
      text.pop_back();
    // libxml2 repeats the input; never more of it than a name.
    constexpr size_t sentence_bytes_max = 160;
    if (text.size() > sentence_bytes_max || !is_utf8(text)) return "This is not well-formed XML.";
    return "This is not well-formed XML: " + text + ".";
  }
  std::string place(const xmlParserCtxt& context) const {
    if (stopped_.line > 0) return fmt::format("line {}, column {}", stopped_.line, stopped_.column);
    return fmt::format("line {}, column {}", std::max(context.lastError.line, 1),
                       std::max(context.lastError.int2, 1));
  }

  struct Place {
    int line = 0, column = 0;
  };
  const Limits& limits_;
  size_t nodes_ = 0;
  unsigned depth_ = 0;
  std::string complaint_;
  Place stopped_;
};

// "<?xml version="1.0" encoding="Shift_JIS"?>": the name between the quotes, if any.
std::string_view declared_encoding(std::string_view text) {
  if (!text.starts_with("<?xml")) return {};
  const std::string_view declaration = text.substr(0, text.find("?>"));
  const size_t at = declaration.find("encoding");
  if (at == std::string_view::npos) return {};
  const size_t open = declaration.find_first_of("\"'", at);
  if (open == std::string_view::npos) return {};
  const size_t close = declaration.find(declaration[open], open + 1);
  return declaration.substr(open + 1, close == std::string_view::npos ? close : close - open - 1);
}

bool is_unicode_8(std::string_view encoding) {
  std::string name(encoding);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return name.empty() || name == "utf-8" || name == "utf8" || name == "us-ascii" || name == "ascii";
}

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

Node::Kind Node::kind() const {
  switch (node_->type) {
    case XML_ELEMENT_NODE:
      return Kind::element;
    case XML_TEXT_NODE:
    case XML_CDATA_SECTION_NODE:
      return Kind::text;
    case XML_COMMENT_NODE:
      return Kind::comment;
    case XML_PI_NODE:
      return Kind::instruction;
    case XML_ATTRIBUTE_NODE:
      return Kind::attribute;
    default:
      return Kind::other;
  }
}

std::string_view Node::name() const {
  return view(node_->name);
}

std::string_view Node::space() const {
  return node_->ns == nullptr ? std::string_view() : view(node_->ns->href);
}

std::string_view Node::own_text() const {
  const Kind which = kind();
  const bool has = which == Kind::text || which == Kind::comment || which == Kind::instruction;
  return has ? view(node_->content) : std::string_view();
}

std::string Node::text() const {
  xmlChar* const content = xmlNodeGetContent(node_);
  std::string text(view(content));
  xmlFree(content);
  return text;
}

std::vector<Attribute> Node::attributes() const {
  std::vector<Attribute> attributes;
  if (!is_element()) return attributes;
  for (const xmlAttr* each = node_->properties; each != nullptr; each = each->next) {
    std::string value;
    for (const xmlNode* part = each->children; part != nullptr; part = part->next)
      value += view(part->content);
    attributes.push_back({view(each->name),
                          each->ns == nullptr ? std::string_view() : view(each->ns->href),
                          std::move(value)});
  }
  return attributes;
}

Node Node::first() const {
  return Node(is_element() ? node_->children : nullptr);
}
Node Node::next() const {
  return Node(node_->next);
}
Node Node::previous() const {
  return Node(node_->prev);
}
Node Node::parent() const {
  return Node(node_->parent);
}
long Node::line() const {
  return xmlGetLineNo(node_);
}

Node Document::root() const {
  return Node(xmlDocGetRootElement(document_.get()));
}

void Document::Free::operator()(_xmlDoc* document) const {
  xmlFreeDoc(document);
}

Result<Document> parse(std::string_view text, Limits limits) {
  if (text.size() > limits.bytes_max)
    return Error{
        Error::Kind::too_costly, fmt::format("More than {} bytes of XML.", limits.bytes_max), {}};
  if (!is_utf8(text))
    return refused("The XML is not UTF-8 (FHIR resources always are).", "line 1, column 1");
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  const std::string_view encoding = declared_encoding(text);
  if (!is_unicode_8(encoding))
    return refused(fmt::format("The XML declares the encoding \"{}\"; it must be UTF-8.",
                               utf8::head(encoding, 32)),
                   "line 1, column 1");
  if (text.empty()) return refused("There is no XML: the text is empty.", "line 1, column 1");
  return Reading(limits).read(text);
}

}  // namespace tasuki::xml
