#include "server/api/operation/import_place.h"

#include <algorithm>
#include <charconv>

#include <fmt/core.h>

namespace tasuki::server::api {
namespace {

constexpr size_t errors_kept_max = 10'000;

void add(record::ImportCounts& sum, const record::ImportCounts& more) {
  sum.created += more.created;
  sum.updated += more.updated;
  sum.unchanged += more.unchanged;
  sum.failed += more.failed;
  sum.bytes += more.bytes;
}

record::ImportCounts difference(const record::ImportCounts& all, const record::ImportCounts& part) {
  return {.created = all.created - part.created,
          .updated = all.updated - part.updated,
          .unchanged = all.unchanged - part.unchanged,
          .failed = all.failed - part.failed,
          .bytes = all.bytes - part.bytes};
}

Result<uint64_t> take_count(std::string_view& text) {
  uint64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end == text.data() + text.size())
    return Error{Error::Kind::internal, "An import's place cannot be read.", {}};
  text.remove_prefix(static_cast<size_t>(end - text.data()) + 1);
  return number;
}

}  // namespace

// "input bytes line created updated unchanged failed bytes\n", then the errors.
std::string ImportProgress::print() const {
  return fmt::format("{} {} {} {} {} {} {} {}\n{}", place_.input, place_.bytes, place_.line,
                     counts_.created, counts_.updated, counts_.unchanged, counts_.failed,
                     counts_.bytes, errors_);
}

Result<ImportProgress> ImportProgress::parse(std::string_view text) {
  ImportProgress progress;
  if (text.empty()) return progress;
  progress.place_.input = TRY(take_count(text));
  progress.place_.bytes = TRY(take_count(text));
  progress.place_.line = TRY(take_count(text));
  progress.counts_.created = TRY(take_count(text));
  progress.counts_.updated = TRY(take_count(text));
  progress.counts_.unchanged = TRY(take_count(text));
  progress.counts_.failed = TRY(take_count(text));
  progress.counts_.bytes = TRY(take_count(text));
  progress.keep_errors(std::string(text));
  return progress;
}

void ImportProgress::begin(std::optional<ImportPlace> after) {
  const auto self = std::this_thread::get_id();
  if (const auto before = open_.find(self); before != open_.end()) {
    end(std::move(before->second));
    open_.erase(before);
  }
  if (!after) return;
  Piece piece;
  piece.number = next_++;
  piece.after = *after;
  open_.emplace(self, std::move(piece));
}

void ImportProgress::finish() {
  for (auto& [thread, piece] : std::exchange(open_, {}))
    end(std::move(piece));
}

void ImportProgress::end(Piece piece) {
  ended_.emplace(piece.number, std::move(piece));
  for (auto each = ended_.find(first_); each != ended_.end(); each = ended_.find(++first_)) {
    place_ = each->second.after;
    add(counts_, each->second.counts);
    keep_errors(each->second.errors);
    ended_.erase(each);
  }
}

void ImportProgress::counted(const record::ImportCounts& so_far) {
  Piece& piece = open_[std::this_thread::get_id()];
  auto more = difference(so_far, seen_);
  more.failed = 0;  // counted as they are told
  add(piece.counts, more);
  seen_ = so_far;
}

void ImportProgress::failed(std::string outcome) {
  Piece& piece = open_[std::this_thread::get_id()];
  ++piece.counts.failed;
  piece.errors += std::move(outcome) + "\n";
}

void ImportProgress::keep_errors(const std::string& lines) {
  for (size_t at = 0; at < lines.size() && errors_count_ < errors_kept_max; ++errors_count_) {
    const size_t end = lines.find('\n', at);
    errors_ += lines.substr(at, end - at) + "\n";
    if (end == std::string::npos) return;
    at = end + 1;
  }
}

}  // namespace tasuki::server::api
