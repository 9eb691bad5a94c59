#include "server/api/bundle.h"

#include "base/time.h"
#include "json/print.h"

namespace tasuki::server::api {

std::string etag(uint32_t version) {
  return fmt::format("W/\"{}\"", version);
}

BundleText::BundleText(std::string_view type, std::string_view base) : base_(base) {
  text_ = R"({"resourceType":"Bundle","type":")";
  text_ += type;
  text_ += '"';
}

void BundleText::member(std::string_view name) {
  text_ += ",\"";
  text_ += name;
  text_ += "\":";
}

void BundleText::total(uint64_t count) {
  member("total");
  text_ += std::to_string(count);
}

void BundleText::link(std::string_view relation, std::string_view url) {
  if (links_) {
    text_ += ',';
  } else {
    member("link");
    text_ += '[';
  }
  links_ = true;
  text_ += R"({"relation":")";
  text_ += relation;
  text_ += R"(","url":)";
  json::print_string(url, text_);
  text_ += '}';
}

void BundleText::begin_entry() {
  if (entries_) {
    text_ += ",{";
    return;
  }
  if (links_) text_ += ']';
  member("entry");
  text_ += "[{";
  entries_ = true;
}

void BundleText::found(std::string_view type, const record::Resource& resource, Mode mode) {
  constexpr std::string_view names[] = {"match", "include", "outcome"};
  begin_entry();
  fmt::format_to(std::back_inserter(text_), R"("fullUrl":"{}/{}/{})", base_, type, resource.id);
  if (!resource.fragment.empty()) text_ += "#" + resource.fragment;
  text_ += R"(","resource":)";
  text_ += resource.body;
  fmt::format_to(std::back_inserter(text_), R"(,"search":{{"mode":"{}"}}}})",
                 names[static_cast<size_t>(mode)]);
}

void BundleText::outcome(std::string_view outcome) {
  begin_entry();
  text_ += R"("resource":)";
  text_ += outcome;
  text_ += R"(,"search":{"mode":"outcome"}})";
}

// The request that made the version. http.html#history: a deletion has no resource.
void BundleText::history(std::string_view type, const record::Resource& version) {
  begin_entry();
  fmt::format_to(std::back_inserter(text_), R"("fullUrl":"{}/{}/{}")", base_, type, version.id);
  if (!version.deleted) {
    member("resource");
    text_ += version.body;
  }
  const bool first = version.version == 1 && !version.deleted;
  const std::string_view method = version.deleted ? "DELETE" : first ? "POST" : "PUT";
  const std::string_view status = version.deleted ? "204" : first ? "201" : "200";
  const std::string url = first ? std::string(type) : fmt::format("{}/{}", type, version.id);
  fmt::format_to(
      std::back_inserter(text_),
      R"(,"request":{{"method":"{}","url":"{}"}},"response":{{"status":"{}","etag":"W/\"{}\"","lastModified":"{}"}}}})",
      method, url, status, version.version, format_instant(version.updated));
}

void BundleText::response(std::string_view status, std::string_view type,
                          const record::Resource* located, std::string_view body,
                          std::string_view outcome) {
  begin_entry();
  if (located != nullptr && !located->deleted) {
    fmt::format_to(std::back_inserter(text_), R"("fullUrl":"{}/{}/{}",)", base_, type, located->id);
  }
  if (!body.empty()) {
    text_ += R"("resource":)";
    text_ += body;
    text_ += ',';
  }
  fmt::format_to(std::back_inserter(text_), R"("response":{{"status":"{}")", status);
  if (located != nullptr) {
    if (!located->deleted)
      fmt::format_to(std::back_inserter(text_), R"(,"location":"{}/{}/{}/_history/{}")", base_,
                     type, located->id, located->version);
    fmt::format_to(std::back_inserter(text_), R"(,"etag":"W/\"{}\"","lastModified":"{}")",
                   located->version, format_instant(located->updated));
  }
  if (!outcome.empty()) {
    member("outcome");
    text_ += outcome;
  }
  text_ += "}}";
}

std::string BundleText::end() {
  if (entries_ || links_) text_ += ']';
  text_ += '}';
  return std::move(text_);
}

}  // namespace tasuki::server::api
