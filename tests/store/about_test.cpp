// Node::Op::about: whom other records are about, within what the search admits.
#include <gmock/gmock.h>

#include "store/engine.h"

namespace tasuki::store::tests {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr uint16_t patients = 1, results = 2;

class About : public EveryEngine {
 protected:
  void record(uint16_t kind, const std::string& id, const std::string& subject,
              std::vector<std::string> terms) {
    auto written = put_of(kind, id, "{}", std::move(terms));
    written.subject = subject;
    put(written);
  }

  // Patients about whom a result with the term is.
  static Search with_result(const std::string& bytes) {
    Search search;
    search.kinds = {patients};
    search.where.op = Node::Op::about;
    search.where.bytes = "several";
    search.where.kinds = {results};
    search.where.children = {term(bytes)};
    return search;
  }
};
INSTANTIATE_TEST_SUITE_P(Engine, About, testing::ValuesIn(engines()),
                         testing::PrintToStringParamName());

TEST_P(About, joins_by_subject) {
  record(patients, "p1", "Patient/p1", {});
  record(patients, "p2", "Patient/p2", {});
  record(results, "r1", "Patient/p1", {"high"});
  record(results, "r2", "Patient/p2", {"low"});
  EXPECT_TRUE(must(store_->read()->knows_subjects()));
  EXPECT_THAT(ids(with_result("high")), ElementsAre("p1"));
  EXPECT_THAT(ids(with_result("other")), IsEmpty());
  auto deleted = put_of(results, "r1", "");
  deleted.deleted = true;
  deleted.subject = "Patient/p1";
  put(deleted);
  EXPECT_THAT(ids(with_result("high")), IsEmpty());
}

TEST_P(About, sees_only_what_the_search_admits) {
  record(patients, "p1", "Patient/p1", {});
  record(results, "r1", "Patient/p1", {"high"});
  auto hidden = put_of(results, "r2", "{}", {"hidden"});
  hidden.subject = "Patient/p1";
  hidden.owner = "elsewhere";
  put(hidden);
  const auto owner = must(store_->read()->number_of("elsewhere"));
  auto search = with_result("hidden");
  EXPECT_THAT(ids(search), ElementsAre("p1"));
  search.admits = [&](uint64_t of, uint64_t) { return of != owner; };
  EXPECT_THAT(ids(search), IsEmpty());
}

TEST_P(About, cannot_tell_of_records_about_several) {
  record(patients, "p1", "Patient/p1", {});
  record(patients, "p2", "Patient/p2", {});
  record(results, "r1", "several", {"high"});
  EXPECT_THAT(ids(with_result("high")), ElementsAre("p2", "p1"));
}

}  // namespace
}  // namespace tasuki::store::tests
