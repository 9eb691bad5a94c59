// Bundles as text: the stored bytes of each resource are spliced in, never parsed and printed again
// (law 3). FHIR R4 bundle.html, http.html#paging
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "record/session.h"

namespace tasuki::server::api {

enum class Mode : uint8_t { match, include, outcome };

class BundleText {
 public:
  BundleText(std::string_view type, std::string_view base);  // "searchset"

  void total(uint64_t count);
  void link(std::string_view relation, std::string_view url);

  void found(std::string_view type, const record::Resource& resource, Mode mode);
  void outcome(std::string_view outcome);  // an OperationOutcome about the search itself
  void history(std::string_view type, const record::Resource& version);
  // Of a batch or transaction: status "201 Created"; located: the version it made; body may be
  // empty.
  void response(std::string_view status, std::string_view type, const record::Resource* located,
                std::string_view body, std::string_view outcome);

  std::string end();

 private:
  void member(std::string_view name);
  void begin_entry();

  std::string text_;
  std::string_view base_;
  bool links_ = false, entries_ = false;
};

std::string etag(uint32_t version);  // W/"3"

}  // namespace tasuki::server::api
