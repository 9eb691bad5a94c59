#include "fhir/search/packaged.h"

#include <algorithm>

#include <fmt/core.h>

#include "fhir/search/defined.h"
#include "json/parse.h"

namespace tasuki::fhir::search {
namespace {

PackagedParameter refused(PackagedParameter one, std::string english, std::string japanese) {
  one.why_not = std::move(english);
  one.why_not_ja = std::move(japanese);
  return one;
}

PackagedParameter read(const Definitions& definitions, const Packages& packages,
                       const PackageImage& package, const PackageEntry& entry) {
  PackagedParameter one{.package = &package, .url = std::string(entry.url)};
  const auto meant = packages.versions(entry.type, entry.url);
  if (!meant.empty() && meant.front().package != &package) {
    const std::string other = meant.front().package->facts().id.text();
    return refused(std::move(one), fmt::format("{} defines it, too, and is taken.", other),
                   fmt::format("{} の定義を使います。", other));
  }
  const auto document = json::parse(entry.body);
  if (!document) {
    return refused(std::move(one), document.error().message,
                   "読めません。" + document.error().message);
  }
  if (!is_active(definitions, document->root)) {
    return refused(std::move(one), "It is retired, or FHIR R4 has it already.",
                   "廃止されたか、FHIR R4 に同じものがあります。");
  }
  auto parameter = read_parameter(definitions, document->root, Beside::image);
  if (!parameter) {
    return refused(std::move(one), parameter.error().message,
                   "この検索パラメーターでは検索できません。" + parameter.error().message);
  }
  one.parameter = *std::move(parameter);
  return one;
}

}  // namespace

bool collide(const AddedParameter& one, const AddedParameter& other) {
  return one.code == other.code && std::ranges::any_of(one.bases, [&](TypeId base) {
           return std::ranges::find(other.bases, base) != other.bases.end();
         });
}

std::vector<PackagedParameter> packaged_parameters(const Definitions& definitions,
                                                   const Packages& packages) {
  std::vector<PackagedParameter> all;
  for (const Packages::Image& package : packages.all()) {
    for (const PackageEntry& entry : package->entries()) {
      if (entry.type == "SearchParameter" && !entry.body.empty())
        all.push_back(read(definitions, packages, *package, entry));
    }
  }
  std::ranges::stable_sort(all, {}, &PackagedParameter::url);
  for (size_t i = 0; i < all.size(); ++i) {
    const auto before = std::span(all).first(i);
    const auto taken = std::ranges::find_if(before, [&](const PackagedParameter& one) {
      return one.parameter && all[i].parameter && collide(*one.parameter, *all[i].parameter);
    });
    if (taken == before.end()) continue;
    all[i].parameter.reset();
    all[i] = refused(std::move(all[i]), fmt::format("{} has its code.", taken->url),
                     fmt::format("同じコードを {} が使っています。", taken->url));
  }
  return all;
}

}  // namespace tasuki::fhir::search
