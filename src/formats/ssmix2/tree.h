// Walks a standardized storage and gives its files in the order they were made.
//
// The tree is read folder by folder (a hospital's has tens of millions of files, so one care-date
// folder at a time is the most that is held), or whole where the caller wants one true order over
// everything: a first load needs patient, then visits, then orders, then results, and newer over
// older.
//
// Standard: ss-mix2.md 2, 3 (state machine), 6 (ingest order).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "formats/finding.h"
#include "formats/ssmix2/path.h"

namespace tasuki::ssmix2 {

struct Entry {
  FileName name;
  std::string path;  // below the root, with "/"
  uint64_t size = 0;
  int64_t changed_at =
      0;  // the file's time, nanoseconds since 1970: a rename keeps it, a rewrite does not
};

// Made earlier first; of files made at the same time: patient before visit before order before
// result, then by path. Superseded and deleted files stand where they were made, so that versions
// come in the order they were.
bool comes_before(const Entry& one, const Entry& other);

struct Tree {
  std::vector<Entry> entries;  // in order
  std::vector<formats::Finding>
      findings;  // names refused, paths that disagree, two current files of one key
};

constexpr size_t entries_max = 50'000'000;
constexpr int depth_max = 8;

// All of a root. Symbolic links are not followed. Refused when the root cannot be read.
Result<Tree> walk(const std::filesystem::path& root);

// The same, one patient's folder at a time, in path order: bounded memory for large trees.
Result<size_t> walk_patients(const std::filesystem::path& root,
                             const std::function<void(Tree)>& take);

}  // namespace tasuki::ssmix2
