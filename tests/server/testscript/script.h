// FHIR TestScripts, read from XML or JSON into one shape, and the paths they ask with. FHIR R4
// testscript.html
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "json/value.h"

namespace tasuki::server::testscript {

// A file of either notation as a tree of members; in XML a primitive is its value, what repeats is
// an array. Not held to R4: the scripts are older.
Result<json::Document> read(const std::filesystem::path& file);

// The items under a name: none, one, or the array's.
std::vector<const json::Value*> each(const json::Value& value, std::string_view name);
std::string text(const json::Value& value, std::string_view name);

// What an XPath ("Patient/name/given", "/Bundle/entry[1]/...") or a JSONPath (".name[0].given[0]")
// of these scripts finds first, as text.
std::optional<std::string> find(const json::Value& resource, std::string_view path);

// Is all that `smaller` says also in `larger`? Arrays in any order. TestScript minimumId.
bool contains(const json::Value& larger, const json::Value& smaller);

std::string content_of(const std::filesystem::path& file);

}  // namespace tasuki::server::testscript
