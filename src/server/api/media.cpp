#include "server/api/media.h"

#include <algorithm>
#include <charconv>

#include "server/api/parameters.h"

namespace tasuki::server::api {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

struct KnownMedia {
  std::string_view name;
  Media media;
};
// The official types, their older spellings, and the short ones of _format.
constexpr KnownMedia known_media[] = {
    {"application/fhir+json", Media::fhir_json},
    {"application/json+fhir", Media::fhir_json},
    {"application/json", Media::json},
    {"text/json", Media::json},
    {"json", Media::json},
    {"application/fhir+xml", Media::xml},
    {"application/xml+fhir", Media::xml},
    {"application/xml", Media::xml},
    {"text/xml", Media::xml},
    {"xml", Media::xml},
    {"application/json-patch+json", Media::json_patch},
    {"application/xml-patch+xml", Media::xml_patch},
    {"application/x-www-form-urlencoded", Media::form},
    {"application/graphql", Media::graphql},
};

bool is_json(Media media) {
  return media == Media::json || media == Media::fhir_json;
}

// The value of ";name=value", without quotes; empty where there is none.
std::string parameter_of(std::string_view header, std::string_view name) {
  for (size_t at = header.find(';'); at != std::string_view::npos; at = header.find(';', at + 1)) {
    std::string_view pair = header.substr(at + 1);
    pair = trimmed(pair.substr(0, pair.find(';')));
    const size_t equals = pair.find('=');
    if (equals == std::string_view::npos || lowered(trimmed(pair.substr(0, equals))) != name)
      continue;
    std::string value = lowered(trimmed(pair.substr(equals + 1)));
    std::erase(value, '"');
    return value;
  }
  return {};
}

// RFC 9110 12.4.2: "q=0.5"; what cannot be read counts as wanted.
double weight_of(std::string_view range) {
  const std::string text = parameter_of(range, "q");
  double weight = 1;
  std::from_chars(text.data(), text.data() + text.size(), weight);
  return weight;
}

// http.html#version-parameter: 4.0 is what we speak.
bool speaks_r4(std::string_view header) {
  const std::string version = parameter_of(header, "fhirversion");
  return version.empty() || version == "4.0" || version == "4.0.1";
}

Problem not_acceptable(std::string_view where) {
  return {Refusal::not_acceptable,
          "application/fhir+json and application/fhir+xml (json, xml) of FHIR 4.0 are served.",
          std::string(where)};
}

std::expected<bool, Problem> take_format(std::string value, Wanted& wanted) {
  // A '+' that was not percent-encoded has become a space.
  std::replace(value.begin(), value.end(), ' ', '+');
  const Media media = media_named(media_of(value));
  if ((!is_json(media) && media != Media::xml) || !speaks_r4(value))
    return std::unexpected(not_acceptable("_format"));
  wanted.format = media == Media::xml ? Format::xml : Format::json;
  wanted.stated = true;
  return true;
}

// The most wanted range that can be answered; of equal ones the first.
std::expected<void, Problem> take_accept(std::string_view accept, Media body, Wanted& wanted) {
  double best = 0;
  std::string foreign;
  while (!accept.empty()) {
    const size_t comma = accept.find(',');
    const std::string_view range = trimmed(accept.substr(0, comma));
    accept = comma == std::string_view::npos ? std::string_view() : accept.substr(comma + 1);
    const std::string name = media_of(range);
    const Media media = media_named(name);
    const bool any = name == "*/*" || name == "application/*";
    const double weight = weight_of(range);
    if (!any && !is_json(media) && media != Media::xml) {
      if (foreign.empty() && weight > 0) foreign = name;
      continue;
    }
    if (weight <= best || !speaks_r4(range)) continue;
    best = weight;
    wanted.stated = !any;
    wanted.format = media == Media::xml || (any && body == Media::xml) ? Format::xml : Format::json;
  }
  if (best > 0) return {};
  if (foreign.empty()) return std::unexpected(not_acceptable("Accept"));
  wanted.foreign = foreign;
  return {};
}

}  // namespace

std::string lowered(std::string_view text) {
  std::string lower(text);
  for (char& c : lower)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  return lower;
}

std::string media_of(std::string_view header) {
  return lowered(trimmed(header.substr(0, header.find(';'))));
}

Media media_named(std::string_view name) {
  if (name.empty()) return Media::none;
  const auto found = std::ranges::find(known_media, name, &KnownMedia::name);
  return found == std::end(known_media) ? Media::other : found->media;
}

std::expected<Media, Problem> stated_media(std::string_view content_type) {
  const Media media = media_named(media_of(content_type));
  const std::string charset = parameter_of(content_type, "charset");
  if (media == Media::other || charset.empty() || charset == "utf-8" || charset == "utf8")
    return media;
  return std::unexpected(Problem(Refusal::media_type,
                                 "The body must be UTF-8, as FHIR resources always are.",
                                 "Content-Type"));
}

std::expected<Wanted, Problem> wanted_of(const net::HttpRequest& request) {
  Wanted wanted;
  const Media body = media_named(media_of(request.header("Content-Type")));
  bool formatted = false;
  const auto take = [&](std::string_view query) -> std::expected<void, Problem> {
    for (const Parameter& parameter : parameters_of(query)) {
      if (parameter.name == "_pretty") wanted.pretty = parameter.value == "true";
      if (parameter.name != "_format" || formatted) continue;
      const auto taken = take_format(parameter.value, wanted);
      if (!taken) return std::unexpected(taken.error());
      formatted = true;
    }
    return {};
  };
  if (auto taken = take(request.query()); !taken) return std::unexpected(taken.error());
  if (body == Media::form)
    if (auto taken = take(request.body); !taken) return std::unexpected(taken.error());
  if (formatted) return wanted;
  const std::string_view accept = trimmed(request.header("Accept"));
  if (accept.empty()) {
    wanted.format = body == Media::xml ? Format::xml : Format::json;
    return wanted;
  }
  if (auto taken = take_accept(accept, body, wanted); !taken) return std::unexpected(taken.error());
  return wanted;
}

}  // namespace tasuki::server::api
