#include "fhir/search/link.h"

#include <algorithm>

namespace tasuki::fhir::search {
namespace {

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.';
}

}  // namespace

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, is_id_character);
}

std::optional<Link> parse_link(const Definitions& definitions, std::string_view text) {
  if (text.empty() || text.starts_with('#')) return std::nullopt;
  Link link;
  if (const auto history = text.find("/_history/"); history != std::string_view::npos) {
    link.version = text.substr(history + 10);
    text = text.substr(0, history);
  }
  const auto slash = text.find('/');
  const auto id = slash == std::string_view::npos ? std::string_view() : text.substr(slash + 1);
  if (is_id(id) && definitions.resource_type(text.substr(0, slash))) {
    link.type = text.substr(0, slash);
    link.id = id;
  } else {
    link.url = text;
  }
  return link;
}

Link canonical_link(std::string_view text) {
  Link link;
  const auto bar = text.find('|');
  link.url = text.substr(0, bar);
  if (bar != std::string_view::npos) link.version = text.substr(bar + 1);
  return link;
}

std::string_view type_named(const Definitions& definitions, const Link& link) {
  if (!link.type.empty()) return link.type;
  const std::string_view url = link.url;
  const auto slash = url.rfind('/');
  if (slash == std::string_view::npos) return {};
  const auto before = url.substr(0, slash);
  const auto begin = before.rfind('/');
  const auto name = begin == std::string_view::npos ? before : before.substr(begin + 1);
  return definitions.resource_type(name) ? name : std::string_view();
}

const SearchParameter* parent_parameter(const Definitions& definitions, TypeId type) {
  for (const std::string_view code : {"partof", "part-of"}) {
    const auto* parameter = definitions.search_parameter(type, code);
    if (parameter == nullptr || parameter->type != ParameterType::reference) continue;
    const auto targets = parameter->targets;
    if (std::ranges::find(targets, type) != targets.end()) return parameter;
  }
  return nullptr;
}

}  // namespace tasuki::fhir::search
