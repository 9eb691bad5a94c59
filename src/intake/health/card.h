// What the person who keeps it running reads of one feed: four lines of plain Japanese. mapping.md
// "Health in plain Japanese".
//
//   🟠 みなと総合病院(minato-hosp.lab)から、いつもより届いていません。
//   10:20から0件です(ふだんの火曜のこの時間は1時間に約40件)。
//   送り側の機械とつながっていません。こちらの機械は正常です。
//   ① 送り側の機械とネットワークの線を確かめる ②
//   だめなら相手先に「MLLPの接続が切れた」と伝えてください。...
#pragma once

#include <array>
#include <optional>
#include <string>

#include "intake/feed.h"
#include "intake/health/watch.h"

namespace tasuki::intake::health {

struct Card {
  enum class Level : uint8_t { well, learning, warning, fault };
  Level level = Level::well;
  // What; since when and how much; the probable cause; what to do and whom to call. The last two
  // are empty when all is well.
  std::array<std::string, 4> lines;
};

// alarm: as Watch::look gave it; nothing: none stands.
Card card_of(const FeedSettings& feed, const FeedStatus& status, const Watch& watch,
             const std::optional<Alarm>& alarm, Instant now);

}  // namespace tasuki::intake::health
