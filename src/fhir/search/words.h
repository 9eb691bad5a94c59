// Full-text expressions of _text and _content. FHIR R4 search.html#content gives the shape by
// example: "(bone OR liver) AND metastases".
#pragma once

#include <string_view>

#include "fhir/search/query.h"
#include "json/value.h"

namespace tasuki::fhir::search {

// Blanks mean AND; AND, OR, NOT in capitals; "a phrase" in quotes; parentheses. Words are compared
// folded and found anywhere, since Japanese is written without blanks between words.
Result<Words> parse_words(std::string_view text);

bool matches_words(const Words& words, std::string_view folded_text);

// What a reader sees: the narrative without its tags; or every text of the resource. Folded.
std::string narrative_text(const json::Value& resource);
std::string content_text(const json::Value& resource);

}  // namespace tasuki::fhir::search
