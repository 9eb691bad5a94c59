#include "formats/ssmix2/tree.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace tasuki::ssmix2 {
namespace {

namespace fs = std::filesystem;
using formats::Finding;

constexpr size_t findings_max = 10'000;

// Patient, visit, problems and allergies, orders, results: what refers to another comes after it.
int rank_of(std::string_view kind) {
  static constexpr std::string_view order[] = {"ADT-00", "ADT",    "PPR",   "OMP-01",
                                               "OMP-02", "OML-01", "OMG-0", "OMD"};
  for (size_t i = 0; i < std::size(order); ++i)
    if (kind.starts_with(order[i])) return static_cast<int>(i);
  return static_cast<int>(std::size(order));
}

// Times are written with 14 to 17 digits; the shorter means zero milliseconds.
int compare_moments(std::string_view one, std::string_view other) {
  for (size_t i = 0; i < 17; ++i) {
    const char a = i < one.size() ? one[i] : '0', b = i < other.size() ? other[i] : '0';
    if (a != b) return a < b ? -1 : 1;
  }
  return 0;
}

int64_t nanoseconds(fs::file_time_type time) {
  const auto system = std::chrono::file_clock::to_sys(time);
  return std::chrono::duration_cast<std::chrono::nanoseconds>(system.time_since_epoch()).count();
}

class Walker {
 public:
  explicit Walker(fs::path root) : root_(std::move(root)) {}

  // Everything below a folder. What vanishes while we look (writers rename) is not there.
  void take_below(const fs::path& folder) {
    std::error_code error;
    fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied,
                                        error),
        end;
    while (!error && at != end) {
      if (at.depth() > depth_max) at.disable_recursion_pending();
      std::error_code gone;
      const auto status = at->symlink_status(gone);
      if (!gone && fs::is_regular_file(status) && tree_.entries.size() < entries_max) take(*at);
      at.increment(error);
    }
    if (error)
      note(
          "ssmix2.unreadable",
          fmt::format("読めないフォルダがあります: {} / A folder cannot be read.", error.message()),
          relative(folder));
  }

  Tree sorted() {
    std::ranges::sort(tree_.entries, comes_before);
    find_rivals();
    return std::move(tree_);
  }

 private:
  std::string relative(const fs::path& path) const {
    return path.lexically_relative(root_).generic_string();
  }

  void take(const fs::directory_entry& file) {
    const std::string leaf = file.path().filename().string();
    if (leaf.starts_with(".")) return;
    auto name = parse_file_name(leaf);
    const std::string path = relative(file.path());
    if (!name)
      return note("ssmix2.file-name",
                  fmt::format("{}（{}）", name.error().message, name.error().location), path);
    for (auto& one : check_path(path, *name))
      note(one.code, one.message, path, one.severity);
    std::error_code gone;
    const auto size = file.file_size(gone);
    const auto time = file.last_write_time(gone);
    if (!gone) tree_.entries.push_back({*std::move(name), path, size, nanoseconds(time)});
  }

  // Two files with flag 1 for one key: the newer wins (ss-mix2.md 3), but someone should know.
  void find_rivals() {
    std::map<Key, const Entry*> current;
    for (const auto& entry : tree_.entries) {
      if (entry.name.flag != Flag::current) continue;
      const auto [found, is_new] = current.try_emplace(entry.name.key, &entry);
      if (is_new) continue;
      note("ssmix2.two-current",
           "同じキーの有効なファイルが2つあります。新しい方を使います。/ Two current files have "
           "one key; the newer is used.",
           found->second->path);
      found->second = &entry;
    }
  }

  void note(std::string code, std::string message, std::string path,
            Finding::Severity severity = Finding::Severity::warning) {
    if (tree_.findings.size() < findings_max)
      tree_.findings.push_back(
          {severity, std::move(code), std::move(message), std::move(path), 0, 0});
  }

  fs::path root_;
  Tree tree_;
};

std::vector<fs::path> folders_in(const fs::path& folder) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    std::error_code gone;
    if (fs::is_directory(at->symlink_status(gone)) && !gone) found.push_back(at->path());
  }
  std::ranges::sort(found);
  return found;
}

Result<bool> check_root(const fs::path& root) {
  std::error_code error;
  if (fs::is_directory(root, error)) return true;
  return Error{Error::Kind::not_found,
               "SS-MIX2のフォルダが見つかりません。/ The SS-MIX2 folder is not there.",
               root.generic_string()};
}

}  // namespace

bool comes_before(const Entry& one, const Entry& other) {
  const int moments = compare_moments(one.name.made_at, other.name.made_at);
  if (moments != 0) return moments < 0;
  const int ranks = rank_of(one.name.key.kind) - rank_of(other.name.key.kind);
  if (ranks != 0) return ranks < 0;
  return one.path < other.path;
}

Result<Tree> walk(const fs::path& root) {
  TRY(check_root(root));
  Walker walker(root);
  walker.take_below(root);
  return walker.sorted();
}

Result<size_t> walk_patients(const fs::path& root, const std::function<void(Tree)>& take) {
  TRY(check_root(root));
  size_t patients = 0;
  for (const auto& first : folders_in(root))
    for (const auto& second : folders_in(first))
      for (const auto& patient : folders_in(second)) {
        Walker walker(root);
        walker.take_below(patient);
        take(walker.sorted());
        ++patients;
      }
  return patients;
}

}  // namespace tasuki::ssmix2
