#include "intake/search/search.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

#include <fmt/format.h>

#include "base/charset.h"
#include "base/log.h"
#include "formats/hl7v2/message.h"
#include "intake/search/terms.h"
#include "json/member.h"
#include "record/operator.h"

namespace tasuki::intake {
namespace {

using record::MessageTerm;
using Kind = MessageTerm::Kind;

constexpr size_t page_indexed = 200;
constexpr size_t found_max = 500;
constexpr auto follow_wait = std::chrono::seconds(1);

// What says most first: that list is walked.
std::vector<MessageTerm> terms_asked(const MessageQuestion& question) {
  std::vector<MessageTerm> terms;
  const std::pair<Kind, const std::string*> asked[] = {{Kind::control, &question.control},
                                                       {Kind::order, &question.order},
                                                       {Kind::person, &question.person},
                                                       {Kind::cause, &question.cause},
                                                       {Kind::code, &question.code}};
  for (const auto& [kind, value] : asked)
    if (!value->empty()) terms.push_back({kind, *value});
  return terms;
}

std::string_view word_of(record::MessageState state) {
  constexpr std::string_view words[] = {"done", "held", "refused", "shadow"};
  return words[static_cast<size_t>(state)];
}

std::string head_of(const record::StoredMessage& message) {
  std::string out = fmt::format(R"({{"number":{})", message.number);
  json::print_member("feed", message.feed, out);
  json::print_member("kind", message.kind, out);
  json::print_member("controlId", message.control_id, out);
  json::print_member("person", message.group, out);
  json::print_member("received", format_instant(message.received), out);
  json::print_member("state", word_of(message.state), out);
  if (!message.reason.empty()) json::print_member("reason", message.reason, out);
  json::print_member("mapping", message.mapping, out);
  return out;
}

// An index entry that has aged: the message waited for that cause and does no more.
bool still_says(const record::StoredMessage& message, const std::string& cause) {
  return cause.empty() || message.reason.starts_with(cause) ||
         message.report.contains(fmt::format(R"("code":"{}")", cause));
}

}  // namespace

MessageSearcher::MessageSearcher(record::Door& door, const std::vector<FeedSettings>& feeds)
    : door_(door), index_(door), feeds_(feeds) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

MessageSearcher::~MessageSearcher() = default;

record::Session MessageSearcher::session() const {
  return door_.session({.id = "system:search",
                        .name = "電文検索",
                        .role = record::Role::system,
                        .organisation = {},
                        .person = {}},
                       record::Purpose::operations);
}

bool MessageSearcher::may_see(const std::string& feed, const record::Principal& by) const {
  return by.role == record::Role::system ||
         std::ranges::any_of(feeds_, [&](const FeedSettings& settings) {
           return settings.id == feed && settings.organisation == by.organisation;
         });
}

// Numbers grow with time: the first message received then or later.
Result<uint64_t> MessageSearcher::first_since(Instant time) const {
  uint64_t low = 1, high = TRY(index_.indexed_to()) + 1;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    record::MessageSearch search;
    search.after = middle - 1;
    search.count_max = 1;
    const auto found = TRY(session().messages(search));
    if (!found.empty() && found.front().received < time) {
      low = found.front().number + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

Result<std::string> MessageSearcher::find(const MessageQuestion& question,
                                          const record::Principal& by) const {
  const auto terms = terms_asked(question);
  if (terms.empty())
    return Error{
        Error::Kind::invalid,
        "person order code cause control のどれかが要ります。/ One of person, order, code, "
        "cause, control is needed.",
        {}};
  auto asking = door_.session(by, record::Purpose::operations);
  TRY(record::leave_operators_trace(
      asking, fmt::format("messages searched: {}={}", static_cast<char>(terms.front().kind),
                          terms.front().value)));
  const uint64_t from = question.since ? TRY(first_since(*question.since)) : 0;
  uint64_t below = question.before;
  if (question.until) {
    const uint64_t end = TRY(first_since(*question.until + std::chrono::microseconds(1)));
    below = below == 0 ? end : std::min(below, end);
  }
  const size_t count = std::clamp<size_t>(question.count_max, 1, found_max);
  std::string out = R"({"messages":[)";
  size_t shown = 0;
  bool is_cut = false, is_end = false;
  auto reading = session();
  while (shown < count && !is_end && !is_cut) {
    const auto hits = TRY(index_.find(terms, from, below, count - shown));
    is_end = hits.numbers.size() < count - shown && !hits.is_cut;
    is_cut = hits.is_cut;
    if (hits.looked_to > 0) below = hits.looked_to;
    for (const uint64_t number : hits.numbers) {
      record::MessageSearch search;
      search.after = number - 1;
      search.count_max = 1;
      const auto found = TRY(reading.messages(search));
      if (found.empty() || found.front().number != number) continue;
      const record::StoredMessage& message = found.front();
      if (!may_see(message.feed, by) || !still_says(message, question.cause) ||
          (!question.feed.empty() && message.feed != question.feed))
        continue;
      out += (shown++ == 0 ? "" : ",") + head_of(message) + "}";
    }
  }
  return out + fmt::format(R"(],"next":{},"indexedTo":{}}})",
                           is_end ? "null" : std::to_string(below), TRY(index_.indexed_to()));
}

Result<std::string> MessageSearcher::show(uint64_t number, const record::Principal& by) const {
  auto asking = door_.session(by, record::Purpose::operations);
  const auto message = TRY(asking.message(number));
  if (!message)
    return Error{Error::Kind::not_found, "その電文はありません。/ There is no such message.",
                 std::to_string(number)};
  std::string out = head_of(*message);
  std::string text;
  if (const auto parsed = hl7v2::parse(message->bytes)) {
    for (int at = 1; at <= parsed->segment_count(); ++at)
      text.append(parsed->segment(at).whole().written()).append("\n");
  }
  json::print_member("text", text, out);
  json::print_member("answer", message->answer, out);
  out += R"(,"report":)" + (message->report.empty() ? "null" : message->report);
  return out + "}";
}

void MessageSearcher::rebuild() {
  const std::lock_guard lock(mutex_);
  forgets_ = true;
  changed_.notify_all();
}

Result<void> MessageSearcher::catch_up() {
  const std::lock_guard working(working_);
  bool forgets = false;
  {
    const std::lock_guard lock(mutex_);
    forgets = std::exchange(forgets_, false);
  }
  while (forgets)
    forgets = !TRY(index_.forget_some());
  while (TRY(index_some())) {
  }
  return {};
}

// True: there may be more.
Result<bool> MessageSearcher::index_some() {
  record::MessageSearch search;
  search.after = TRY(index_.indexed_to());
  search.count_max = page_indexed;
  search.with_bytes = true;
  const auto messages = TRY(session().messages(search));
  if (messages.empty()) return false;
  std::vector<record::MessageIndex::Entry> entries;
  for (const record::StoredMessage& message : messages)
    entries.push_back({.number = message.number, .terms = terms_of(message)});
  TRY(index_.add(entries, messages.back().number));
  return messages.size() == page_indexed;
}

void MessageSearcher::run(const std::stop_token& stop) {
  // What is received and asked goes first.
  ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 10);
  while (!stop.stop_requested()) {
    bool more = false;
    {
      const std::lock_guard working(working_);
      const auto indexed = index_some();
      if (!indexed) log::warning("messages could not be indexed", {});
      more = indexed && *indexed;
    }
    if (more) continue;
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, follow_wait, [this] { return forgets_; });
    const bool forgets = forgets_;
    lock.unlock();
    if (forgets && !catch_up()) log::warning("the index of messages could not be made anew", {});
  }
}

}  // namespace tasuki::intake
