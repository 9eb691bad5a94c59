#include "intake/unknown_code.h"

#include <algorithm>

#include "json/parse.h"

namespace tasuki::intake {

bool UnknownCode::is_in(std::string_view report) const {
  if (!report.contains("code.not-in-table")) return false;  // most reports, unread
  const auto parsed = json::parse(report);
  const json::Value* const findings = parsed ? parsed->root.find("findings") : nullptr;
  if (findings == nullptr) return false;
  return std::ranges::any_of(findings->items(), [this](const json::Value& finding) {
    return finding.text_of("table") == table && finding.text_of("value") == code;
  });
}

}  // namespace tasuki::intake
