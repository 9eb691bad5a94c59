#include "intake/standing/quality_page.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/markup.h"

namespace tasuki::intake {
namespace {

constexpr size_t table_rows_max = 40;  // of one table; the rest is counted
constexpr size_t reasons_max = 8;

constexpr std::string_view style = R"(
@page { size: A4; margin: 16mm }
body { font: 14px/1.7 "BIZ UDPGothic", "Noto Sans CJK JP", sans-serif; color: #1b2733; background: #fff;
  max-width: 900px; margin: 24px auto; padding: 0 16px }
h1 { font-size: 22px; margin: 0 } h2 { font-size: 16px; margin: 28px 0 6px; break-after: avoid }
.lead { color: #4b5b6b; margin: 2px 0 18px }
.verdict { border-left: 6px solid; padding: 8px 14px; margin: 14px 0 }
.yes { border-color: #1f7a4d; background: #eef7f1 } .no { border-color: #b3261e; background: #fcf1f0 }
.verdict b { font-size: 17px } .verdict ul { margin: 4px 0 0; padding-left: 20px }
table { border-collapse: collapse; width: 100%; margin: 4px 0 } tr { break-inside: avoid }
th, td { text-align: left; vertical-align: top; padding: 4px 8px; border-bottom: 1px solid #d5dde5 }
th { font-weight: 600; color: #4b5b6b; border-bottom-width: 2px }
.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
.figures { display: flex; flex-wrap: wrap; gap: 10px } .figures div { flex: 1 1 150px; border: 1px solid #d5dde5;
  border-radius: 6px; padding: 8px 12px } .figures b { display: block; font-size: 20px; font-variant-numeric: tabular-nums }
.page { border: 1px solid #d5dde5; border-radius: 6px; padding: 8px 14px; margin: 8px 0; break-inside: avoid }
.page p { margin: 0; font-variant-numeric: tabular-nums }
.missing { color: #b3261e } .note { color: #4b5b6b; font-size: 13px }
.sign { display: flex; gap: 24px; margin-top: 36px; break-inside: avoid } .sign div { flex: 1; border-top: 1px solid #1b2733; padding-top: 4px }
)";

std::string escaped_html(std::string_view text) {
  std::string out;
  append_markup(text, out);
  return out;
}

// Our sentences are "日本語 / English"; the page speaks Japanese.
std::string_view japanese_of(std::string_view sentence) {
  return sentence.substr(0, sentence.find("/ "));
}

std::string thousands(uint64_t number) {
  std::string digits = std::to_string(number);
  for (size_t at = digits.size(); at > 3;)
    digits.insert(at -= 3, ",");
  return digits;
}

std::string percent(uint64_t part, uint64_t whole) {
  if (whole == 0) return "–";
  // Rounded down: what is not quite all is never called all.
  const double share = static_cast<double>(part) * 1000 / static_cast<double>(whole);
  return fmt::format("{:.1f} %", std::floor(share) / 10);
}

std::string length(int64_t seconds) {
  if (seconds < 90) return fmt::format("{} 秒", seconds);
  if (seconds < 90 * 60) return fmt::format("{} 分", seconds / 60);
  if (seconds < 36 * 3600) return fmt::format("{} 時間", seconds / 3600);
  return fmt::format("{} 日", seconds / 86'400);
}

std::string day(Instant at) {
  return format_instant(at).substr(0, 10);
}

// The entries with most first.
template <class Map, class Count>
auto by_count(const Map& map, Count count) {
  std::vector<const typename Map::value_type*> all;
  for (const auto& entry : map)
    if (count(entry) > 0) all.push_back(&entry);
  std::ranges::stable_sort(all,
                           [&](const auto* a, const auto* b) { return count(*a) > count(*b); });
  return all;
}

class Page {
 public:
  Page(const Quality& quality, const FeedSettings& feed, FeedMode mode, const GateLimits& limits,
       Instant now)
      : quality_(quality), feed_(feed), mode_(mode), limits_(limits), now_(now) {}

  std::string print() {
    out_ = fmt::format(
        "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        "content=\"width=device-width\"><title>接続の報告 {}</title><style>{}</style></head><body>",
        escaped_html(feed_.name), style);
    head();
    verdict();
    figures();
    kinds();
    quality();
    implausible();
    persons();
    fields();
    codes();
    told("気づいたこと", "内容", quality_.findings);
    told("取り込めなかった理由", "理由", quality_.reasons);
    examples();
    out_ +=
        "<div class=\"sign\"><div>送り側の確認(日付・氏名)</div><div>受け側の確認(日付・氏名)</div>"
        "</div></body></html>\n";
    return std::move(out_);
  }

 private:
  void head() {
    out_ += fmt::format("<h1>接続の報告 — {}</h1><p class=\"lead\">{}({})・{} 作成",
                        escaped_html(feed_.name), escaped_html(feed_.id),
                        mode_ == FeedMode::shadow ? "影の運用中:まだ公開していません"
                        : mode_ == FeedMode::paused ? "停止中"
                                                    : "稼働中",
                        day(now_));
    if (quality_.measures.messages > 0)
      out_ += fmt::format(
          "・{} から {} までに届いた電文{}", day(quality_.since), day(quality_.until),
          quality_.whole
              ? ""
              : fmt::format("のうち、新しい {} 件", thousands(quality_.measures.messages)));
    out_ += "</p>";
  }

  void verdict() {
    const auto reasons = objections(quality_.measures, limits_);
    out_ += fmt::format(
        "<div class=\"verdict {}\"><b>{}</b>", reasons.empty() ? "yes" : "no",
        reasons.empty() ? "稼働の基準を満たしています。" : "まだ稼働の基準を満たしていません。");
    if (!reasons.empty()) {
      out_ += "<ul>";
      for (const auto& reason : reasons)
        out_ += fmt::format("<li>{}</li>", escaped_html(japanese_of(reason)));
      out_ += "</ul>";
    }
    out_ += "</div>";
  }

  void figure(std::string_view name, std::string_view value) {
    out_ += fmt::format("<div>{}<b>{}</b></div>", name, value);
  }
  void figures() {
    const GateMeasures& all = quality_.measures;
    out_ += "<div class=\"figures\">";
    figure("届いた電文", thousands(all.messages));
    figure("変換できた", percent(all.done, all.messages));
    figure("運ばれた項目", percent(all.carried, all.fields));
    figure("人の確認が要る", percent(all.with_task, all.messages));
    out_ += "</div>";
  }

  void kinds() {
    out_ +=
        "<h2>種別ごとの電文</h2><table><tr><th>種別<th class=\"n\">件数<th "
        "class=\"n\">変換できた<th "
        "class=\"n\">できなかった</tr>";
    for (const auto* entry :
         by_count(quality_.kinds, [](const auto& e) { return e.second.messages; })) {
      const auto& [kind, seen] = *entry;
      out_ += fmt::format("<tr><td>{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}</tr>",
                          escaped_html(kind), thousands(seen.messages), thousands(seen.done),
                          thousands(seen.messages - seen.done));
    }
    out_ += "</table>";
  }

  void quality() {
    const auto& delays = quality_.delays;
    const auto quantile = [&](double share) {
      return length(delays[static_cast<size_t>(share * static_cast<double>(delays.size() - 1))]);
    };
    out_ += "<h2>内容の質</h2><table>";
    const auto row = [this](std::string_view name, const std::string& value) {
      out_ += fmt::format("<tr><td>{}<td class=\"n\">{}</tr>", name, value);
    };
    if (!delays.empty())
      row("出来事から届くまで(中央 / 遅い1割 / 最大)",
          fmt::format("{} / {} / {}", quantile(0.5), quantile(0.9), quantile(1)));
    row("明日より先の日時を伝える電文", thousands(quality_.in_the_future));
    row("数値の結果のうち、単位のないもの",
        fmt::format("{} / {}", thousands(quality_.without_unit), thousands(quality_.numbers)));
    row("値の範囲を確かめた結果のうち、確かめたいもの",
        fmt::format("{} / {}", thousands(to_look_at()), thousands(quality_.judged)));
    const auto reused = quality_.findings.find("duplicate.control-id");
    row("電文番号の使い回し",
        thousands(reused == quality_.findings.end() ? 0 : reused->second.count));
    out_ += "</table>";
  }

  uint64_t to_look_at() const {
    uint64_t count = 0;
    for (const auto& [range, seen] : quality_.implausible)
      count += seen.count;
    return count;
  }

  void implausible() {
    if (quality_.implausible.empty()) return;
    out_ +=
        "<h2>確かめたい値</h2><p "
        "class=\"note\">ふつうの人にはほとんどない値です。単位や小数点の誤り"
        "が考えられます。値はそのまま取り込みます。</p><table><tr><th>項目<th>ふつうの範囲<th "
        "class=\"n\">件数<th>届いた値<th>考えられること</tr>";
    for (const auto* entry :
         by_count(quality_.implausible, [](const auto& e) { return e.second.count; })) {
      const auto& [range, seen] = *entry;
      out_ += fmt::format(
          "<tr><td>{} <span class=\"note\">{}</span><td>{:g}〜{:g} {}<td class=\"n\">{}<td>{:g}〜"
          "{:g}<td>{}</tr>",
          escaped_html(range->name), escaped_html(range->code), range->low, range->high,
          escaped_html(range->unit), thousands(seen.count), seen.lowest, seen.highest,
          escaped_html(range->reason));
    }
    out_ += "</table>";
  }

  void persons() {
    const PersonsSeen& seen = quality_.persons;
    const uint64_t all = seen.linked + seen.asked + seen.apart;
    if (all == 0) return;
    out_ += fmt::format(
        "<h2>人のつながり</h2><p class=\"note\">{} "
        "人の患者{}を、記録にいる人と照らし合わせました。{}"
        "</p><div class=\"figures\">",
        thousands(all), seen.whole ? "" : "(新しい順の一部)",
        mode_ == FeedMode::shadow ? "影の運用中なので、まだ誰もつないでいません。" : "");
    const bool would = mode_ == FeedMode::shadow;
    figure(would ? "同じ人としてつながる" : "同じ人としてつながった", thousands(seen.linked));
    figure(would ? "人が確かめることになる" : "人の確認を待つ", thousands(seen.asked));
    figure("ほかに記録のない人", thousands(seen.apart));
    out_ += "</div>";
    reasons("つながる理由", seen.why_linked);
    reasons("確かめる理由", seen.why_asked);
  }

  void reasons(std::string_view title, const std::map<std::string, uint64_t>& counts) {
    if (counts.empty()) return;
    out_ += fmt::format("<table><tr><th>{}<th class=\"n\">人数</tr>", title);
    size_t rows = 0;
    for (const auto* entry : by_count(counts, [](const auto& e) { return e.second; })) {
      if (rows++ >= reasons_max) break;
      out_ += fmt::format("<tr><td>{}<td class=\"n\">{}</tr>", escaped_html(entry->first),
                          thousands(entry->second));
    }
    out_ += "</table>";
  }

  void fields() {
    uint64_t left_out = 0;
    for (const auto& [name, seen] : quality_.fields)
      left_out += seen.left_out > 0 ? 1 : 0;
    out_ += fmt::format(
        "<h2>項目</h2><p class=\"note\">{} 種類の項目が届き、{} "
        "種類は記録に運ばれていません(電文そのものは残ります)"
        "。例は文字の形だけを残して伏せています。</"
        "p><table><tr><th>項目<th class=\"n\">届いた回数<th>例<th>扱い</tr>",
        thousands(quality_.fields.size()), thousands(left_out));
    const auto missing = by_count(quality_.fields, [](const auto& e) { return e.second.left_out; });
    size_t rows = 0;
    for (const auto* entry : missing)
      field_row(*entry, rows);
    for (const auto* entry : by_count(quality_.fields, [](const auto& e) {
           return e.second.left_out == 0 ? e.second.sent : 0;
         }))
      field_row(*entry, rows);
    out_ += "</table>";
    more(quality_.fields.size());
  }
  void field_row(const std::pair<const std::string, FieldSeen>& entry, size_t& rows) {
    if (rows++ >= table_rows_max) return;
    const auto& [name, seen] = entry;
    out_ += fmt::format("<tr><td>{}<td class=\"n\">{}<td>{}<td{}>{}</tr>", escaped_html(name),
                        thousands(seen.sent), escaped_html(seen.example),
                        seen.left_out > 0 ? " class=\"missing\"" : "",
                        seen.left_out > 0 ? "運ばれない" : "運ばれる・控えに残す");
  }

  void codes() {
    if (quality_.codes.empty()) return;
    out_ += "<h2>表にないコード</h2><table><tr><th>表<th>コード<th class=\"n\">回数</tr>";
    size_t rows = 0;
    for (const auto* entry :
         by_count(quality_.codes, [](const auto& e) { return e.second.count; })) {
      if (rows++ >= table_rows_max) break;
      out_ +=
          fmt::format("<tr><td>{}<td>{}<td class=\"n\">{}</tr>", escaped_html(entry->first.first),
                      escaped_html(entry->first.second), thousands(entry->second.count));
    }
    out_ += "</table>";
    more(quality_.codes.size());
  }

  void told(std::string_view title, std::string_view column,
            const std::map<std::string, FindingSeen>& all) {
    if (all.empty()) return;
    out_ += fmt::format("<h2>{}</h2><table><tr><th>{}<th class=\"n\">件数</tr>", title, column);
    size_t rows = 0;
    for (const auto* entry : by_count(all, [](const auto& e) { return e.second.count; })) {
      if (rows++ >= table_rows_max) break;
      out_ += fmt::format("<tr><td>{} <span class=\"note\">{}</span><td class=\"n\">{}</tr>",
                          escaped_html(japanese_of(entry->second.message)),
                          escaped_html(entry->first), thousands(entry->second.count));
    }
    out_ += "</table>";
    more(all.size());
  }

  void examples() {
    if (quality_.examples.empty()) return;
    out_ += "<h2>今日から動かすと、医師にはこう見えます</h2>";
    for (const ExamplePage& page : quality_.examples) {
      out_ += fmt::format("<div class=\"page\"><p class=\"note\">{}</p>", escaped_html(page.kind));
      for (const auto& line : page.lines)
        out_ += fmt::format("<p>{}</p>", escaped_html(line));
      out_ += "</div>";
    }
  }

  void more(size_t count) {
    if (count > table_rows_max)
      out_ += fmt::format("<p class=\"note\">ほか {} 種類</p>", thousands(count - table_rows_max));
  }

  const Quality& quality_;
  const FeedSettings& feed_;
  const FeedMode mode_;
  const GateLimits& limits_;
  const Instant now_;
  std::string out_;
};

}  // namespace

std::string quality_page(const Quality& quality, const FeedSettings& feed, FeedMode mode,
                         const GateLimits& limits, Instant now) {
  return Page(quality, feed, mode, limits, now).print();
}

}  // namespace tasuki::intake
