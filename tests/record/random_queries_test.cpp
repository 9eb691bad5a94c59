// Random questions over invented and official documents, answered by the door and by a scan that
// shares nothing with it (oracle/). 0 may differ: ids, totals, pages, and never a resource that the
// reader could not read one by one. TASUKI_LONG=1 asks 100,000; TASUKI_SEED repeats a run.
#include <gmock/gmock.h>

#include <cstdlib>
#include <fstream>
#include <set>

#include "conformance.h"
#include "record/house.h"
#include "record/oracle/documents.h"
#include "record/oracle/questions.h"

namespace tasuki::record {
namespace {

using oracle::World;

size_t setting(const char* name, size_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::stoul(text);
}

class RandomQueries : public ::testing::Test {
 protected:
  RandomQueries() : seed_(setting("TASUKI_SEED", std::random_device{}())), random_(seed_) {}

  void write(const Principal& author, const std::string& text) {
    const auto written = house_.as(author).write(house_.update(text));
    ASSERT_TRUE(written) << written.error().message << " " << written.error().location << text;
    keep(text);
  }
  void keep(const std::string& text) {
    auto document = std::make_unique<json::Document>(*json::parse(text));
    const auto& root = document->root;
    all_[{std::string(root.text_of("resourceType")), std::string(root.text_of("id"))}] = &root;
    documents_.push_back(std::move(document));
  }

  void invent() {
    oracle::Documents documents(random_);
    const auto author = [&] { return system_of(random_.once_in(2) ? hospital : clinic); };
    for (size_t i = 0; i < 8; ++i)
      write(author(), documents.organization(i));
    for (size_t i = 0; i < 30; ++i)
      write(author(), documents.patient(i));
    for (size_t i = 0; i < 40; ++i)
      write(author(), documents.encounter(i));
    for (size_t i = 0; i < 140; ++i)
      write(author(), documents.observation(i));
    for (size_t i = 0; i < 60; ++i)
      write(author(), documents.condition(i));
    for (size_t i = 0; i < 40; ++i)
      write(author(), documents.request(i));
  }

  // What the reader is shown, read one by one.
  World seen_by(const Principal& reader) {
    World world;
    for (const auto& [key, document] : all_)
      if (house_.as(reader).read(type_of(key.first), key.second)) world.emplace(key, document);
    return world;
  }

  const uint64_t seed_;
  oracle::Random random_;
  House house_;
  World all_;
  std::vector<std::unique_ptr<json::Document>> documents_;
};

std::string shown(const std::set<std::string>& ids) {
  std::string text;
  for (const auto& id : ids)
    text += id + " ";
  return text;
}

// All pages; empty error: none.
struct Answer {
  std::set<std::string> ids;
  std::optional<uint64_t> total;
  std::string error;
};

Answer answer(Session session, fhir::TypeId type, const std::string& text, size_t count) {
  Answer answer;
  std::string cursor;
  do {
    const auto parsed = fhir::search::parse(
        *r4(), type,
        text + fmt::format("&_count={}", count) +
            (cursor.empty() ? "" : "&_cursor=" + fhir::search::percent_encoded(cursor)));
    if (!parsed) return {{}, {}, parsed.error().message};
    const auto result = session.search(*parsed);
    if (!result) return {{}, {}, result.error().message};
    if (!answer.total) answer.total = result->total;
    for (const auto& match : result->matches)
      if (!answer.ids.insert(match.id).second) answer.error = "twice: " + match.id;
    cursor = result->next;
  } while (!cursor.empty());
  return answer;
}

TEST_F(RandomQueries, are_answered_as_a_scan_answers_them) {
  RecordProperty("seed", std::to_string(seed_));
  std::cout << "seed " << seed_ << std::endl;
  invent();
  const size_t wanted =
      setting("TASUKI_QUERIES", std::getenv("TASUKI_LONG") != nullptr ? 100'000 : 3000);
  conformance::Tally tally("random-queries");
  const Principal readers[] = {system_of(hospital), doctor(hospital), doctor(clinic)};
  std::vector<World> worlds;
  for (const auto& reader : readers)
    worlds.push_back(seen_by(reader));
  ASSERT_LT(worlds[1].size(), all_.size());
  static const char* const types[] = {"Patient",   "Observation",  "Observation",      "Encounter",
                                      "Condition", "Organization", "MedicationRequest"};
  size_t hits = 0;
  for (size_t asked = 0; asked < wanted; ++asked) {
    const auto who = random_.below(std::size(readers));
    const std::string type = random_.of(types);
    oracle::Questions questions(random_, worlds[who]);
    const oracle::Scan scan{worlds[who]};
    std::vector<oracle::Questions::Question> all;
    std::string text;
    for (size_t n = 1 + random_.below(3); n > 0; --n) {
      all.push_back(questions.about(type));
      text += (text.empty() ? "" : "&") + all.back().text;
    }
    std::set<std::string> expected;
    for (const auto& [key, document] : worlds[who]) {
      const bool meant = key.first == type && std::ranges::all_of(all, [&](const auto& question) {
                           return scan.holds(type, key.second, *document, question.tree);
                         });
      if (meant) expected.insert(key.second);
    }
    const size_t count = random_.once_in(8) ? 7 : 1000;
    const auto given =
        answer(house_.as(readers[who]), type_of(type), text + "&_total=accurate", count);
    hits += expected.size();
    if (given.error.empty() && given.ids == expected && given.total == expected.size()) {
      tally.pass();
      continue;
    }
    tally.fail(
        fmt::format("{}/{}", seed_, asked),
        fmt::format("{}?{} as {}: {}expected {} got {} total {}", type, text, readers[who].id,
                    given.error, shown(expected), shown(given.ids), given.total.value_or(0)));
    if (tally.failed() > 20) break;
  }
  EXPECT_EQ(tally.failed(), 0U) << tally.failures();
  EXPECT_GT(hits, wanted);  // the questions find something
}

}  // namespace
}  // namespace tasuki::record
