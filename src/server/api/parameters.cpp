#include "server/api/parameters.h"

namespace tasuki::server::api {

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += hex[byte >> 4];
    encoded += hex[byte & 15];
  }
  return encoded;
}

std::vector<Parameter> parameters_of(std::string_view query) {
  std::vector<Parameter> parameters;
  while (!query.empty()) {
    const size_t end = query.find('&');
    const std::string_view raw = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    if (raw.empty()) continue;
    const size_t equals = raw.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : raw.substr(equals + 1);
    parameters.push_back(
        {raw, percent_decoded(raw.substr(0, equals)).value_or(std::string(raw.substr(0, equals))),
         percent_decoded(value).value_or(std::string(value))});
  }
  return parameters;
}

std::string without(std::string_view query, std::initializer_list<std::string_view> names) {
  std::string kept;
  for (const Parameter& parameter : parameters_of(query)) {
    if (std::find(names.begin(), names.end(), parameter.name) != names.end()) continue;
    if (!kept.empty()) kept += '&';
    kept += parameter.raw;
  }
  return kept;
}

}  // namespace tasuki::server::api
