#include "record/recent.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace tasuki::record {

RecentBodies::Place RecentBodies::place_of(const store::Key& key, std::string_view hash) {
  Place place;
  place.key = std::hash<std::string_view>()(key.id) * 31 + key.kind;
  if (!hash.empty()) std::memcpy(place.hash, hash.data(), std::min(hash.size(), sizeof place.hash));
  return place;
}

bool RecentBodies::stands(const store::Key& key, std::string_view hash) const {
  const Place wanted = place_of(key, hash);
  return places_.with([&](const auto& all) {
    const Place& found = all[wanted.key % places];
    return found.key == wanted.key && std::ranges::equal(found.hash, wanted.hash);
  });
}

bool RecentBodies::stands(const store::Key& key) const {
  const Place wanted = place_of(key, {});
  return places_.with([&](const auto& all) { return all[wanted.key % places].key == wanted.key; });
}

void RecentBodies::remember(const store::Key& key, std::string_view hash) {
  const Place place = place_of(key, hash);
  places_.with([&](auto& all) { all[place.key % places] = place; });
}

void RecentBodies::forget(const store::Key& key) {
  const Place place = place_of(key, {});
  places_.with([&](auto& all) {
    if (all[place.key % places].key == place.key) all[place.key % places] = {};
  });
}

}  // namespace tasuki::record
