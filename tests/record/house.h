// A door on a database of its own, in a temporary folder, with a facility or two.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "base/uuid.h"
#include "fhir/search/query.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/accounts.h"
#include "record/door.h"

namespace tasuki::record {

inline const std::shared_ptr<const fhir::Definitions>& r4() {
  static const std::shared_ptr<const fhir::Definitions> definitions = [] {
    auto opened =
        fhir::Definitions::open(std::filesystem::path(TASUKI_BUILD_FOLDER) / "tasuki-r4.image");
    CHECK(opened.has_value());
    return std::shared_ptr<const fhir::Definitions>(std::move(*opened));
  }();
  return definitions;
}

inline fhir::TypeId type_of(std::string_view name) {
  return r4()->resource_type(name).value();
}

constexpr const char* hospital = "1310000001";
constexpr const char* clinic = "1310000002";

inline Principal doctor(const std::string& organisation) {
  return {organisation + "/doctor", "医師", Role::doctor, organisation, {}};
}
inline Principal clerk(const std::string& organisation) {
  return {organisation + "/clerk", "事務", Role::clerk, organisation, {}};
}
inline Principal feed(const std::string& organisation) {
  return {"feed:" + organisation, "feed", Role::feed, organisation, {}};
}
inline Principal system_of(const std::string& organisation) {
  return {"system", "system", Role::system, organisation, {}};
}
inline Principal patient(const std::string& person) {
  return {"patient/" + person, "患者", Role::patient, {}, person};
}

class House {
 public:
  explicit House(fhir::Gate gate = {})
      : folder_(std::filesystem::temp_directory_path() / ("tasuki-record-" + random_uuid())),
        gate_(std::move(gate)) {
    open();
  }
  ~House() {
    door_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  void open() {
    door_.reset();
    auto door = Door::open(
        {.folder = folder_, .key_from_environment = {}, .credentials_folder = {}, .gate = gate_},
        r4());
    CHECK(door.has_value());
    door_ = std::move(*door);
  }
  void close() { door_.reset(); }

  Door& door() { return *door_; }
  const std::filesystem::path& folder() const { return folder_; }
  Session as(Principal principal) {
    return door_->session(std::move(principal), Purpose::treatment);
  }

  // Each document is kept for the changes that point into it.
  Change create(std::string_view text) {
    Change change = change_of(text);
    change.action = Change::Action::create;
    change.id.clear();
    return change;
  }
  Change update(std::string_view text) {
    Change change = change_of(text);
    change.action = Change::Action::update;
    return change;
  }
  static Change remove(std::string_view type, std::string_view id) {
    Change change;
    change.action = Change::Action::remove;
    change.type = type_of(type);
    change.id = id;
    return change;
  }

  // Written and expected to succeed.
  Resource put(const Principal& principal, std::string_view text) {
    auto written = as(principal).write(update(text));
    EXPECT_TRUE(written) << written.error().message << " " << written.error().location << "\n"
                         << text;
    return written ? *written : Resource{};
  }

 private:
  Change change_of(std::string_view text) {
    auto document = json::parse(text);
    CHECK(document.has_value());
    documents_.push_back(std::make_unique<json::Document>(std::move(*document)));
    Change change;
    change.resource = &documents_.back()->root;
    change.type = type_of(change.resource->text_of("resourceType"));
    change.id = change.resource->text_of("id");
    return change;
  }

  std::filesystem::path folder_;
  const fhir::Gate gate_;
  std::unique_ptr<Door> door_;
  std::vector<std::unique_ptr<json::Document>> documents_;
};

inline fhir::search::Query query(std::string_view type, std::string_view text) {
  auto parsed =
      fhir::search::parse(*r4(), type.empty() ? std::nullopt : std::optional(type_of(type)), text);
  EXPECT_TRUE(parsed) << parsed.error().message << " in " << text;
  return parsed ? *parsed : fhir::search::Query{};
}

// Ids of the matches, sorted.
inline std::vector<std::string> found(Session session, std::string_view type,
                                      std::string_view text) {
  auto result = session.search(query(type, text));
  EXPECT_TRUE(result) << result.error().message << " in " << text;
  std::vector<std::string> ids;
  if (result) {
    for (const auto& match : result->matches)
      ids.push_back(match.id);
  }
  std::ranges::sort(ids);
  return ids;
}

using Ids = std::vector<std::string>;

}  // namespace tasuki::record
