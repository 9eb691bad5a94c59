// Changes to a resource instead of the whole of it, in the three notations of FHIR. FHIR R4
// http.html#patch
//
// A patch is applied in its order; when one operation fails the target may hold the earlier ones,
// so the caller works on a copy. Whether the result is a valid resource is the validator's to say.
#pragma once

#include <string_view>

#include "base/result.h"
#include "fhir/model/definitions.h"
#include "json/value.h"

namespace tasuki::xml {
class Document;
class Node;
}  // namespace tasuki::xml

namespace tasuki::fhir {

// What one patch may cost: a copy of the whole into itself doubles it, sixty of those fill any
// machine.
struct PatchLimits {
  size_t operations_max = 1'000;
  size_t nodes_max = 2'000'000;  // copied, moved or looked at
  unsigned depth_max = 64;       // of the result, as of any JSON we read
};

// RFC 6902: an array of add, remove, replace, move, copy, test. Works on any JSON.
Result<void> apply_json_patch(json::Document& target, const json::Value& patch,
                              PatchLimits limits = {});

// FHIR R4 fhirpatch.html: Parameters of operations add, insert, delete, replace, move.
Result<void> apply_fhirpath_patch(const Definitions& definitions, json::Document& target,
                                  const json::Value& parameters, PatchLimits limits = {});

// RFC 5261 on the resource's XML: <diff> with <add>, <replace>, <remove>. The prefixes f (FHIR) and
// h (XHTML) are known without a declaration.
Result<json::Document> apply_xml_patch(const Definitions& definitions, const json::Value& resource,
                                       std::string_view patch, PatchLimits limits = {});
Result<void> apply_xml_patch(xml::Document& target, const xml::Node& patch,
                             PatchLimits limits = {});

}  // namespace tasuki::fhir
