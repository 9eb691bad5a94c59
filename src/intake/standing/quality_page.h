// A feed's coverage and quality report as one page: in Japanese, without scripts or foreign parts,
// to be read on the screen, printed on A4 and signed.
#pragma once

#include <string>

#include "intake/feed.h"
#include "intake/standing/quality.h"

namespace tasuki::intake {

// HTML 5, UTF-8, whole. now: the day it was made.
std::string quality_page(const Quality& quality, const FeedSettings& feed, FeedMode mode,
                         const GateLimits& limits, Instant now);

}  // namespace tasuki::intake
