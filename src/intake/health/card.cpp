#include "intake/health/card.h"

#include <cmath>

#include <fmt/format.h>

namespace tasuki::intake::health {
namespace {

constexpr std::string_view day_names[] = {"月曜", "火曜", "水曜",    "木曜",
                                          "金曜", "土曜", "休みの日"};

// "10:20", or with the day when it is not today's.
std::string clock_of(Instant at, Instant now) {
  const Instant local = at + japan_offset;
  const auto day = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::hh_mm_ss time(local - day);
  std::string text = fmt::format("{}:{:02}", time.hours().count(), time.minutes().count());
  if (day == std::chrono::floor<std::chrono::days>(now + japan_offset)) return text;
  const std::chrono::year_month_day date(day);
  return fmt::format("{}月{}日 {}", static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()), text);
}

std::string usual_of(const Watch& watch, Instant at) {
  const double an_hour = watch.rhythm().an_hour(at);
  const std::string_view day = day_names[place_of(at).kind];
  if (an_hour >= 1) return fmt::format("ふだんの{}のこの時間は1時間に約{:.0f}件", day, an_hour);
  return fmt::format("ふだんの{}のこの時間はほとんど届きません", day);
}

std::string length_of(std::chrono::minutes length) {
  if (length >= std::chrono::hours(2)) return fmt::format("約{}時間", length.count() / 60);
  return fmt::format("約{}分", length.count());
}

bool is_cut_off(const FeedStatus& status) {
  return status.connections && *status.connections == 0;
}

std::string cause_of(const FeedSettings& feed, const FeedStatus& status, Alarm::Kind kind) {
  if (kind == Alarm::Kind::late)
    return "届いてはいますが、送り側で長く待たされているようです。こちらの機械は正常です。";
  if (feed.connector == Connector::ssmix2)
    return "フォルダは読めています。送り側がファイルを書き出していないようです。";
  if (is_cut_off(status)) return "送り側の機械とつながっていません。こちらの機械は正常です。";
  if (kind == Alarm::Kind::few)
    return "つながっていますが、送り側の一部(病棟や検査室など)が止まっているようです。";
  return "つながっていますが、何も送られてきません。送り側の送信が止まっているようです。";
}

std::string advice_of(const FeedSettings& feed, const FeedStatus& status, Alarm::Kind kind) {
  const std::string_view words = kind == Alarm::Kind::late ? "送信が遅れている"
                                 : feed.connector == Connector::ssmix2
                                     ? "SS-MIX2の書き出しが止まった"
                                 : is_cut_off(status) ? "MLLPの接続が切れた"
                                                      : "HL7の送信が止まった";
  return fmt::format(
      "① 送り側の機械の電源とネットワークの線を確かめてください。② "
      "だめなら{}の担当に「{}」と伝えてください。"
      "届かなかった分は、つながれば自動で受け取ります。",
      feed.name.empty() ? "送り側" : feed.name, words);
}

std::string what_of(const FeedSettings& feed, Alarm::Kind kind) {
  const std::string from =
      fmt::format("{}({})から、", feed.name.empty() ? feed.id : feed.name, feed.id);
  if (kind == Alarm::Kind::silent) return from + "届くはずのものが届いていません。";
  if (kind == Alarm::Kind::few) return from + "いつもよりずっと少なくしか届いていません。";
  return from + "いつもより遅れて届いています。";
}

std::string figures_of(const Watch& watch, const Alarm& alarm, Instant now) {
  if (alarm.kind == Alarm::Kind::late)
    return fmt::format("起きてから届くまで{}かかっています(ふだんは{})。", length_of(alarm.delay),
                       length_of(alarm.usual_delay));
  return fmt::format("{}から{}件です({})。", clock_of(alarm.since, now), alarm.came,
                     usual_of(watch, now));
}

}  // namespace

Card card_of(const FeedSettings& feed, const FeedStatus& status, const Watch& watch,
             const std::optional<Alarm>& alarm, Instant now) {
  const std::string name = fmt::format("{}({})", feed.name.empty() ? feed.id : feed.name, feed.id);
  if (alarm) {
    const bool silent = alarm->kind == Alarm::Kind::silent;
    return {.level = silent ? Card::Level::fault : Card::Level::warning,
            .lines = {(silent ? "🔴 " : "🟠 ") + what_of(feed, alarm->kind),
                      figures_of(watch, *alarm, now), cause_of(feed, status, alarm->kind),
                      advice_of(feed, status, alarm->kind)}};
  }
  if (watch.last_arrival() == Instant())
    return {.level = Card::Level::learning,
            .lines = {fmt::format("⚪ {}から、まだ何も届いていません。", name),
                      "最初の1件を待っています。", "", ""}};
  const std::string last =
      fmt::format("最後に届いたのは{}です", clock_of(watch.last_arrival(), now));
  const auto interval = watch.interval(now);
  if (!interval && watch.rhythm().days_learned() < 14)
    return {.level = Card::Level::learning,
            .lines = {fmt::format("🟢 {}から届いています。", name),
                      fmt::format("{}。ふだんの量を覚えているところです({:.0f}日目)。", last,
                                  std::floor(watch.rhythm().days_learned()) + 1),
                      "", ""}};
  return {.level = Card::Level::well,
          .lines = {fmt::format("🟢 {}から、いつもどおり届いています。", name),
                    fmt::format("{}({})。", last, usual_of(watch, now)), "", ""}};
}

}  // namespace tasuki::intake::health
