// `tasuki package`: published guides, installed into the data folder, listed, removed, compared.
#include <cstdio>

#include <fmt/format.h>

#include "fhir/package/differences.h"
#include "fhir/package/install.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

using Words = std::vector<std::string_view>;

constexpr std::string_view help =
    "tasuki package add FILE.tgz [--depends NAME#VERSION] | list | remove NAME#VERSION | compare "
    "NAME A B";

Error wrong_use() {
  return {Error::Kind::invalid, fmt::format("使い方 / usage: {}", help), {}};
}

struct Bench {
  Settings settings;
  std::shared_ptr<const fhir::Definitions> definitions;
  fhir::PackageFolder place;
};

Result<Bench> bench_of(const Arguments& arguments) {
  Bench bench;
  bench.settings = TRY(settings_of(arguments));
  bench.definitions = TRY(fhir::Definitions::open(bench.settings.definitions, bench.settings.zone));
  bench.place = {bench.settings.definitions.parent_path() / "r4.package",
                 bench.settings.data_folder / "packages"};
  return bench;
}

void print_parameters(const fhir::Definitions& definitions,
                      const std::vector<fhir::search::PackagedParameter>& parameters) {
  for (const auto& one : parameters) {
    if (!one.parameter) {
      fmt::print("  使わない検索パラメーター / search parameter refused: {}: {} / {}\n", one.url,
                 one.why_not_ja, one.why_not);
      continue;
    }
    for (const fhir::TypeId base : one.parameter->bases)
      fmt::print("  使える検索パラメーター / search parameter taken: {}?{}\n",
                 definitions.name(base), one.parameter->code);
  }
}

Result<int> add(const Bench& bench, const Words& words) {
  std::vector<fhir::PackageId> depends;
  std::vector<std::string_view> files;
  for (size_t i = 1; i < words.size(); ++i) {
    if (words[i] == "--depends" && i + 1 < words.size()) {
      depends.push_back(TRY(fhir::parse_package_id(words[++i])));
    } else if (words[i].starts_with("--")) {
      return wrong_use();
    } else {
      files.push_back(words[i]);
    }
  }
  if (files.empty()) return wrong_use();
  for (const std::string_view file : files) {
    const auto added = TRY(fhir::add_package(*bench.definitions, bench.place, file, depends));
    fmt::print("{} を導入しました / installed: 構造 {}, コード体系 {}, 値セット {}, その他 {}\n",
               added.facts.id.text(), added.structures, added.code_systems, added.value_sets,
               added.others);
    for (const fhir::PackageId& id : added.built_on)
      fmt::print("  基にするもの / built on: {}\n", id.text());
    for (const fhir::Omission& one : added.omissions)
      fmt::print("  含めなかったもの / left out: {}: {}\n", one.url, one.why);
    print_parameters(*bench.definitions, added.parameters);
  }
  return 0;
}

Result<int> list(const Bench& bench) {
  const auto packages = TRY(fhir::Packages::open(bench.place.core, bench.place.folder));
  for (const auto& one : packages->all()) {
    fmt::print("{}  {}", one->facts().id.text(), one->facts().title);
    for (const fhir::PackageImage* other : packages->dependencies(*one))
      fmt::print("  ← {}", other->facts().id.text());
    fmt::print("\n");
  }
  return 0;
}

Result<int> compare(const Bench& bench, const Words& words) {
  const auto packages = TRY(fhir::Packages::open(bench.place.core, bench.place.folder));
  const fhir::PackageImage* versions[2] = {};
  for (size_t i = 0; i < 2; ++i) {
    const fhir::PackageId id{std::string(words[1]), std::string(words[2 + i])};
    versions[i] = packages->package(id);
    if (versions[i] == nullptr) {
      return Error{Error::Kind::not_found,
                   fmt::format("{} は導入されていません。/ It is not installed.", id.text()),
                   {}};
    }
  }
  const auto all = fhir::differences(*versions[0], *versions[1]);
  size_t breaking = 0;
  std::string_view last;
  for (const fhir::Difference& one : all) {
    if (one.canonical != last) fmt::print("{}\n", one.canonical);
    last = one.canonical;
    breaking += one.breaks ? 1 : 0;
    fmt::print("  {} {}{}{} / {}\n", one.breaks ? "✗" : "・", one.element,
               one.element.empty() ? "" : ": ", one.japanese, one.english);
  }
  fmt::print("{} から {} へ: 合わなくなりうる変更 {} / changes that may break: {}\n", words[2],
             words[3], breaking, breaking);
  return 0;
}

Result<int> run_package(const Arguments& arguments) {
  const Words& words = arguments.rest;
  if (words.empty()) return wrong_use();
  const Bench bench = TRY(bench_of(arguments));
  if (words[0] == "add") return add(bench, words);
  if (words[0] == "list" && words.size() == 1) return list(bench);
  if (words[0] == "compare" && words.size() == 4) return compare(bench, words);
  if (words[0] == "remove" && words.size() == 2) {
    const fhir::PackageId id = TRY(fhir::parse_package_id(words[1]));
    TRY(fhir::remove_package(bench.place, id));
    fmt::print("{} を取り除きました / removed\n", id.text());
    return 0;
  }
  return wrong_use();
}

}  // namespace

int package(const Arguments& arguments) {
  const auto code = run_package(arguments);
  return code ? *code : complain(code.error());
}

}  // namespace tasuki::app
