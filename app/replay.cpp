// `tasuki replay`: what waits in the inbox, once more, after a mapping was mended. On a database
// that no server holds.
#include <fmt/format.h>

#include "intake/inbox/inbox.h"
#include "parts.h"
#include "replay_diff.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

Result<intake::ReplayRequest> read_request(const std::vector<std::string_view>& words) {
  intake::ReplayRequest request;
  for (size_t i = 0; i < words.size(); ++i) {
    const bool has_value = i + 1 < words.size();
    if (words[i] == "--feed" && has_value) {
      request.feed = words[++i];
    } else if (words[i] == "--reason" && has_value) {
      request.reason = words[++i];
    } else {
      return Error{Error::Kind::invalid,
                   "知らない指定です。/ Unknown option; known: --feed, --reason.",
                   std::string(words[i])};
    }
  }
  return request;
}

Result<void> run(const Arguments& arguments) {
  if (is_replay_with_difference(arguments)) return replay_with_difference(arguments);
  const intake::ReplayRequest request = TRY(read_request(arguments.rest));
  const Settings settings = TRY(settings_of(arguments));
  const Parts parts = TRY(build_parts(settings));
  intake::Inbox inbox(*parts.door, *parts.mappings, feeds_of(settings));
  const intake::ReplayOutcome outcome = TRY(inbox.replay(request));
  fmt::print("やり直し {} 件: 受け取れた {} 件、まだ待っている {} 件、失敗 {} 件\n", outcome.tried,
             outcome.done, outcome.still_held, outcome.failed);
  for (const intake::Waiting& waiting : TRY(inbox.waiting())) {
    fmt::print("  {} {:>6} 件  {}\n", waiting.feed, waiting.count, waiting.reason);
  }
  return {};
}

}  // namespace

int replay(const Arguments& arguments) {
  const auto done = run(arguments);
  return done ? 0 : complain(done.error());
}

}  // namespace tasuki::app
