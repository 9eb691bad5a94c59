// What a claims file says twice must agree: whose file it is, and how many points it asks for.
// receipt-uke.md 2, 5.
#include <charconv>

#include <fmt/format.h>

#include "intake/mapping/runner.h"

namespace tasuki::intake {

using Severity = formats::Finding::Severity;

namespace {

long points_in(std::string_view text) {
  long number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// 負担区分: which payers bear a line. These have the medical insurance (医保) among them.
bool is_borne_by_insurance(std::string_view burden) {
  return burden.size() == 1 && std::string_view("123EG4MNOPQVWXY9").contains(burden.front());
}

}  // namespace

// check institution IR-2, IR-3, IR-4: prefecture, fee table and number of who made the file.
// Patient numbers mean nothing at another facility, so its file waits for a person.
void Runner::check_institution(const Operation& operation, const Scope& scope) {
  std::string institution;
  Spot spot;
  for (const Path& path : operation.paths)
    if (source_.find(path, scope, spot)) institution += source_.text(spot);
  if (institution.empty() || institution == settings_.facility) return;
  stop(
      Converted::State::held, "claims.other-institution",
      fmt::format("この請求ファイルは別の医療機関のものです({0}、この接続は {1})。/ The file is of "
                  "institution {0}, this feed of {1}.",
                  institution, settings_.facility),
      operation.line);
}

// check claim-points HO-5, SI-2, SI-5, SI-6, ...: the total, then burden, points and times of each
// kind of line. The points stand on a unit's last line only, so every line counts as it is.
void Runner::check_claim_points(const Operation& operation, const Scope& scope) {
  Spot total;
  if (!source_.find(operation.paths.front(), scope, total)) return;
  const auto text_at = [&](uint32_t segment, const Path& path) {
    const Spot spot{.segment = segment, .field = path.field};
    return source_.has(spot) ? source_.text(spot) : std::string();
  };
  long sum = 0;
  for (size_t i = 1; i + 2 < operation.paths.size(); i += 3) {
    const Path& burden = operation.paths[i];
    for (uint32_t at = scope.begin; at < scope.end; ++at)
      if (source_.is(at, burden.segment) && is_borne_by_insurance(text_at(at, burden)))
        sum += points_in(text_at(at, operation.paths[i + 1])) *
               points_in(text_at(at, operation.paths[i + 2]));
  }
  const long said = points_in(source_.text(total));
  if (sum == said) return;
  note(Severity::warning, "claim.points-mismatch",
       fmt::format("明細の点数の合計は {} 点ですが、合計点数は {} 点です。/ The lines come to {} "
                   "points, the total says {}.",
                   sum, said, sum, said),
       &total, operation.line, false);
}

}  // namespace tasuki::intake
