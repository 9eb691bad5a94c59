#include "intake/trial/coverage.h"

#include <algorithm>

#include <fmt/format.h>

#include "fhir/validate/validate.h"

namespace tasuki::intake::trial {
namespace {

constexpr size_t fields_shown_max = 40;

// The most frequent first.
std::vector<std::pair<std::string, size_t>> by_count(const std::map<std::string, size_t>& counts) {
  std::vector<std::pair<std::string, size_t>> list(counts.begin(), counts.end());
  std::ranges::stable_sort(list, [](const auto& a, const auto& b) { return a.second > b.second; });
  return list;
}

std::string percent(size_t part, size_t whole) {
  return whole == 0 ? "—"
                    : fmt::format("{:.1f} %",
                                  100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

void row(std::string_view name, const CoverageTally::Kind& kind, std::string& out) {
  const size_t all = kind.carried + kind.aside + kind.listed;
  out += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n", name,
                     kind.messages, kind.done, kind.held, kind.refused, kind.fields,
                     percent(kind.carried, kind.fields), percent(kind.aside, kind.fields),
                     percent(kind.listed, kind.fields), percent(all, kind.fields),
                     fmt::format("{} / {}", kind.resources - kind.invalid, kind.resources));
}

}  // namespace

void CoverageTally::add(std::string_view sample, const Converted& made) {
  Kind& kind = kinds_[made.kind.empty() ? "(種別なし / none)" : made.kind];
  ++kind.messages;
  ++(made.state == Converted::State::done   ? kind.done
     : made.state == Converted::State::held ? kind.held
                                            : kind.refused);
  if (!made.reason_code.empty()) ++kind.reasons[made.reason_code];
  kind.fields += made.coverage.fields;
  kind.carried += made.coverage.carried;
  for (const Coverage::Field& field : made.coverage.not_carried) {
    (field.aside ? kind.aside : kind.listed) += field.count;
    if (!field.aside) kind.not_carried[field.location] += field.count;
  }
  judge(sample, made, kind);
}

void CoverageTally::judge(std::string_view sample, const Converted& made, Kind& kind) {
  if (made.state != Converted::State::done) return;
  fhir::Options options;
  options.unknown_profile = fhir::Finding::Severity::warning;
  for (const Made& one : made.resources) {
    ++kind.resources;
    if (rulebook_ == nullptr) continue;
    bool wrong = false;
    for (const fhir::Finding& finding : fhir::validate(*rulebook_, one.resource, options)) {
      if (finding.severity != fhir::Finding::Severity::error) continue;
      wrong = true;
      kind.wrong.emplace(finding.location + ": " + finding.message, sample);
    }
    kind.invalid += wrong ? 1 : 0;
  }
}

CoverageTally::Kind CoverageTally::total() const {
  Kind all;
  for (const auto& [name, kind] : kinds_) {
    for (const auto member :
         {&Kind::messages, &Kind::done, &Kind::held, &Kind::refused, &Kind::fields, &Kind::carried,
          &Kind::aside, &Kind::listed, &Kind::resources, &Kind::invalid})
      all.*member += kind.*member;
  }
  return all;
}

std::string CoverageTally::markdown() const {
  std::string out =
      "| 種別 kind | 電文 messages | 変換 done | 保留 held | 拒否 refused | 項目 fields | 変換 "
      "mapped | "
      "電文に保存 aside | 一覧 listed | 計 sum | 正しい資源 valid resources |\n"
      "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
  for (const auto& [name, kind] : kinds_)
    row(name, kind, out);
  row("**計 all**", total(), out);
  for (const auto& [name, kind] : kinds_) {
    if (kind.not_carried.empty() && kind.reasons.empty() && kind.wrong.empty()) continue;
    out += "\n### " + name + "\n\n";
    for (const auto& [reason, count] : by_count(kind.reasons))
      out += fmt::format("- 保留・拒否 held or refused: `{}` × {}\n", reason, count);
    for (const auto& [what, sample] : kind.wrong)
      out += fmt::format("- 正しくない resource not valid: {} ({})\n", what, sample);
    std::string fields;
    const auto listed = by_count(kind.not_carried);
    for (size_t i = 0; i < std::min(listed.size(), fields_shown_max); ++i)
      fields += fmt::format("{}{} × {}", i == 0 ? "" : ", ", listed[i].first, listed[i].second);
    if (listed.size() > fields_shown_max)
      fields += fmt::format(", … ({})", listed.size() - fields_shown_max);
    if (!fields.empty()) out += "- 変換していない項目 not carried: " + fields + "\n";
  }
  return out;
}

}  // namespace tasuki::intake::trial
