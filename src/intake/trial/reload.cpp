#include "intake/trial/reload.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/files.h"
#include "base/log.h"

namespace tasuki::intake::trial {
namespace {

namespace fs = std::filesystem;

std::string state_of_files(const fs::path& folder) {
  std::vector<std::string> lines;
  std::error_code failure;
  for (const fs::path& place : {folder, folder / "tables", folder / "samples"}) {
    for (const auto& entry : fs::directory_iterator(place, failure)) {
      lines.push_back(mark_of(entry.path()));
    }
  }
  std::ranges::sort(lines);
  return fmt::format("{}", fmt::join(lines, "\n"));
}

const Program* named(const Mappings& mappings, std::string_view name) {
  for (const auto& program : mappings.programs())
    if (program->name == name) return program.get();
  return nullptr;
}

void compare_versions(const Mappings& before, const Mappings& after, Reload& out) {
  for (const auto& program : after.programs()) {
    const Program* const old = named(before, program->name);
    if (old == nullptr) {
      out.mappings.push_back(program->name + " " + program->version);
    } else if (old->fingerprint != program->fingerprint && old->version == program->version) {
      out.problems.push_back(
          {program->file,
           fmt::format(
               "変換規則 {0} の内容が変わりましたが版は {1} のままです。1行目の版を上げてください。"
               "/ The mapping {0} changed, but its version is still {1}: raise it on its "
               "first line.",
               program->name, program->version)});
    } else if (old->fingerprint != program->fingerprint) {
      out.mappings.push_back(
          fmt::format("{} {} -> {}", program->name, old->version, program->version));
    }
  }
}

}  // namespace

Reload Reloader::reload() {
  const std::lock_guard lock(one_at_a_time_);
  const auto before = current_.get();
  seen_ = state_of_files(before->folder());
  Reload out;
  auto loaded = Mappings::load(before->folder(), before->shared_definitions());
  if (!loaded) {
    for (Error& error : Mappings::problems(before->folder(), before->shared_definitions()))
      out.problems.push_back({std::move(error.location), std::move(error.message)});
  } else {
    compare_versions(*before, **loaded, out);
    for (const auto& program : (*loaded)->programs()) {
      auto wrong = run_examples(**loaded, *program);
      out.problems.insert(out.problems.end(), wrong.begin(), wrong.end());
    }
    out.changed = out.problems.empty();
  }
  if (out.changed) {
    current_.put(*std::move(loaded));
    log::info("mappings in force", {{"changed", out.mappings.size()}});
  } else {
    log::warning("changed mappings refused", {{"problems", out.problems.size()}});
  }
  last_.with([&](Reload& last) { last = out; });
  return out;
}

Reload Reloader::reload_if_written() {
  {
    const std::lock_guard lock(one_at_a_time_);
    const std::string now = state_of_files(current_.get()->folder());
    if (seen_.empty()) seen_ = now;
    if (now == seen_) return {};
  }
  return reload();
}

}  // namespace tasuki::intake::trial
