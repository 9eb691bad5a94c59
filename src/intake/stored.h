// A message as it is kept, and what it is under these mappings: judged as it was judged when it
// came, because what only its delivery knew stands in its report.
#pragma once

#include <string>
#include <string_view>

#include "intake/convert.h"
#include "intake/feed.h"
#include "record/message.h"

namespace tasuki::intake {

// What only the delivery knew of a message, as its report keeps it.
struct Delivered {
  std::string patient, doubt, list;
  bool withdrawn = false;
};

// A member of the report, to be appended to it.
std::string delivered_as(std::string_view patient, bool withdrawn, std::string_view doubt,
                         std::string_view list);
Delivered delivered_of(std::string_view report);

// Not validated: the record does that, or nobody writes it.
Converted convert_stored(const record::StoredMessage& message, const Delivered& before,
                         const FeedSettings& feed, const Mappings& mappings);

}  // namespace tasuki::intake
