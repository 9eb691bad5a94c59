// Tasuki 襷: the program. Each verb builds the parts it needs, in order, and hands them on; nothing
// is global.
#include <cstdio>
#include <string_view>

#include <fmt/format.h>

#include "place.h"
#include "verbs.h"

namespace tasuki::app {
namespace {

constexpr std::string_view usage = R"(使い方 / usage:
  tasuki serve   [--settings FILE]                   受け取り、答え、見せる / receive, answer, show
  tasuki convert [FILE] [--organisation N] [--kind K] [--charset NAME]
                                                     ファイルまたはパイプを FHIR に / a file or a pipe to FHIR
  tasuki map check [FOLDER] | try FILE | diff OLD NEW SAMPLES [--organisation N] [--kind K] [--json]
                                                     変換規則を検査・試行・比較する / mappings checked, tried, compared
  tasuki validate [--profile URL] [--package NAME#VERSION] [--json] FILE...
                                                     プロファイルに合っているか / does it meet its profiles
  tasuki package add FILE.tgz [--depends NAME#VERSION] | list | remove NAME#VERSION | compare NAME A B
                                                     実装ガイドの導入 / published guides, installed
  tasuki replay  [--settings FILE] [--feed ID] [--reason TEXT]
                                                     止まっているものをやり直す / what waits in the inbox, once more
  tasuki replay  --diff --feed ID [--mappings NAME] [--kind K] [--person ID] [--state S] [--since T] ...
                 | --list | --show ID | --publish ID | --undo ID
                                                     違いを見てから公開し、取り消せる / shown, published, taken back
  tasuki feed    list | show ID | live ID | codes | replay ID | search ... (tasuki feed だけで全部 / alone: all)
                                                     動いている連携を見る・止める・やり直す / feeds of a running server
  tasuki path    'EXPR' [FILE] [--strict] [--trace]
                                                     FHIRPath の式を資源に問う / a FHIRPath asked of a resource
  tasuki feed propose FOLDER | confirm FOLDER --id ID --organisation N --name NAME --settings FILE
                                                     標本から受信連携の案を作る / a feed proposed from samples
  tasuki ssmix2 index ROOT | diff BEFORE AFTER | export FOLDER [--feed ID]
                                                     SS-MIX2 の索引・差分・書き出し / a storage's index, difference, export
  tasuki masters load FILE... | list | impact FILE [--version V]
                                                     標準マスターを入れる・見る・影響を調べる / masters: load, list, impact
  tasuki version
)";

struct Verb {
  std::string_view name;
  int (*run)(const Arguments&);
};
constexpr Verb verbs[] = {{"serve", serve},     {"convert", convert}, {"validate", validate},
                          {"package", package}, {"replay", replay},   {"path", path},
                          {"masters", masters}, {"map", map},         {"ssmix2", ssmix2},
                          {"feed", feed}};

Arguments read_arguments(int count, char** texts) {
  Arguments arguments;
  for (int i = 2; i < count; ++i) {
    if (std::string_view(texts[i]) == "--settings" && i + 1 < count) {
      arguments.settings = texts[++i];
    } else {
      arguments.rest.emplace_back(texts[i]);
    }
  }
  return arguments;
}

int run(int count, char** texts) {
  const std::string_view name = count > 1 ? texts[1] : "";
  if (name == "version") {
    fmt::print("tasuki {}\n", TASUKI_VERSION);
    return 0;
  }
  for (const Verb& verb : verbs) {
    if (verb.name == name) return verb.run(read_arguments(count, texts));
  }
  fmt::print(stderr, "{}", usage);
  return 2;
}

}  // namespace

int complain(const Error& error) {
  fmt::print(stderr, "{}{}{}\n", error.location, error.location.empty() ? "" : ": ", error.message);
  return 1;
}

Result<Settings> settings_of(const Arguments& arguments) {
  Settings settings = TRY(read_settings(arguments.settings));
  const auto share = share_folder();
  if (settings.definitions.empty()) settings.definitions = share / "r4.image";
  if (settings.mappings.empty()) settings.mappings = share / "mappings";
  if (settings.web.empty()) settings.web = share / "web";
  return settings;
}

}  // namespace tasuki::app

int main(int count, char** texts) {
  try {
    return tasuki::app::run(count, texts);
  } catch (const std::exception& problem) {
    fmt::print(stderr, "内部の誤り / internal error: {}\n", problem.what());
    return 70;
  }
}
