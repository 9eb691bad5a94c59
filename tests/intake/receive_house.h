// One feed's receiver on a real record in a temporary folder.
#pragma once

#include <algorithm>
#include <filesystem>

#include "base/uuid.h"
#include "fhir/search/query.h"
#include "intake/fixture.h"
#include "intake/receiver.h"
#include "intake/standing/standings.h"
#include "record/door.h"

namespace tasuki::intake::test {

class House {
 public:
  House() : folder_(std::filesystem::temp_directory_path() / ("tasuki-intake-" + random_uuid())) {
    auto door = record::Door::open(
        {.folder = folder_, .key_from_environment = {}, .credentials_folder = {}},
        test::definitions());
    if (!door) throw std::runtime_error(door.error().message);
    door_ = *std::move(door);
    settings_.id = "test.feed";
    settings_.organisation = "1319999999";
    settings_.name = "連携病院";
    receiver_ = std::make_unique<Receiver>(settings_, *door_, test::mappings());
  }
  ~House() {
    receiver_.reset();
    door_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  Receipt receive(std::string_view bytes, std::string kind = {}, std::string patient = {}) {
    Delivery delivery;
    delivery.bytes = bytes;
    delivery.kind = std::move(kind);
    delivery.patient = std::move(patient);
    return receiver_->receive(
        delivery, [](const Converted& converted) { return "answer to " + converted.control_id; });
  }

  // The change written last: its type, id and version.
  std::string newest() {
    auto history =
        receiver_->session().history({.type = {}, .id = {}, .count = 1, .since = {}, .before = {}});
    if (!history || history->versions.empty()) return {};
    const auto& version = history->versions.front();
    return std::string(test::definitions()->name(version.type)) + "/" + version.id + "/" +
           std::to_string(version.version);
  }

  // The newest version of a type; empty: there is none.
  std::string text_of(std::string_view type) {
    const auto found = door_->definitions().resource_type(type).value();
    auto history = receiver_->session().history(
        {.type = found, .id = {}, .count = 1, .since = {}, .before = {}});
    return history && !history->versions.empty() ? history->versions.front().body : std::string();
  }

  // How many that stand of a type say this.
  size_t count_of(std::string_view type, std::string_view text) {
    const auto found = door_->definitions().resource_type(type).value();
    const auto query = fhir::search::parse(door_->definitions(), found, "");
    const auto page = receiver_->session().search(*query);
    return static_cast<size_t>(std::ranges::count_if(
        page->matches, [&](const auto& match) { return match.body.contains(text); }));
  }

  record::StoredMessage message(uint64_t number) {
    auto found = receiver_->session().message(number);
    return found && *found ? **found : record::StoredMessage();
  }

  // Other mappings from here on.
  void use(std::shared_ptr<const Mappings> mappings) {
    receiver_ = std::make_unique<Receiver>(settings_, *door_, std::move(mappings));
  }

  // The feed heeds these standings from here on.
  void attach(Standings& standings) {
    std::vector<FeedSettings> feeds{settings_};
    const auto attached = standings.attach(feeds);
    if (!attached) throw std::runtime_error(attached.error().message);
    settings_ = feeds.front();
    use(test::mappings());
  }

  record::Principal clerk() const {
    return {.id = "minato/jimu",
            .name = "事務 花",
            .role = record::Role::clerk,
            .organisation = settings_.organisation,
            .person = {}};
  }

  record::Door& door() { return *door_; }
  Receiver& receiver() { return *receiver_; }
  const FeedSettings& settings() const { return settings_; }

 private:
  std::filesystem::path folder_;
  std::unique_ptr<record::Door> door_;
  FeedSettings settings_;
  std::unique_ptr<Receiver> receiver_;
};

inline const std::string admission =
    "MSH|^~\\&|EMR|1319999999|R|R|20240415101500||ADT^A01^ADT_A01|77|P|2.5||||||UNICODE UTF-8\r"
    "EVN||202404151015\rPID|||0123456789^^^^PI||試験^花子^^^^^L^I||19800203|F\rPV1||I|32^302^1^^^N|"
    "|||607^医師^一郎|||01" +
    std::string(34, '|') + "202404101600\r";

inline std::string changed(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

// An item under the laboratory's own code, 17.
inline const std::string local_result =
    "MSH|^~\\&|LIS|1319999999|R|R|20240415101500||ORU^R01^ORU_R01|901|P|2.5||||||UNICODE UTF-8\r"
    "PID|||0123456789^^^^PI||試験^花子^^^^^L^I||19800203|F\rORC|RE|A1\r"
    "OBR|1|A1||E01^生化学^99RNK|||202404010900\rOBX|1|NM|17^AST^99LAB||24|U/L|||||F\r";

inline const std::string update = changed(admission, "ADT^A01", "ADT^A08");

}  // namespace tasuki::intake::test
