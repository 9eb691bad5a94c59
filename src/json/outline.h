// A large JSON object without the tree of its one long array: where the text of each item lies, to
// be parsed when its turn comes.
//
// Why: a Bundle of a hundred thousand entries is several times as large as a tree as it is as text.
// The whole text is read once, so that one that is no JSON is refused before any item is used; a
// member that stands twice within an item is found when that is parsed.
#pragma once

#include <string_view>
#include <vector>

#include "json/parse.h"

namespace tasuki::json {

struct Outline {
  Document document;                    // with the array empty
  std::vector<std::string_view> items;  // of the array, within the text
};

// array: the name of a member of the outermost object; where it is no array it is in the document
// as it is.
Result<Outline> outline(std::string_view text, std::string_view array, Limits limits = {});

}  // namespace tasuki::json
