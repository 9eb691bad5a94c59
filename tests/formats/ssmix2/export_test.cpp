// Writing a storage: where each kind's message goes, the states of its files, the index, two trees
// compared.
#include "formats/ssmix2/export.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gtest/gtest.h>
#include <unistd.h>

#include "formats/ssmix2/kinds.h"

namespace tasuki::ssmix2 {
namespace {

namespace fs = std::filesystem;

std::string message_of(std::string_view kind, const std::string& rest,
                       const std::string& made = "20240415101500") {
  const Kind& known = *kind_of(kind);
  return "MSH|^~\\&|EMR|H|R|R|" + made + "||" + std::string(known.message) + "|1|P|2.5\r" + rest;
}
const std::string person = "PID|||0123456789^^^^PI||X^Y\r";

struct Filed {
  std::string name, kind, rest, path;  // path: its beginning
};
class FiledMessage : public testing::TestWithParam<Filed> {};
TEST_P(FiledMessage, goes_where_its_kind_belongs) {
  const auto message = hl7v2::parse(message_of(GetParam().kind, GetParam().rest));
  ASSERT_TRUE(message);
  const auto name = name_of(*message);
  ASSERT_TRUE(name) << name.error().message;
  EXPECT_EQ(path_of(*name), GetParam().path);
}
const std::string below = "012/345/0123456789/";
const Filed filed[] = {
    {"patient", "ADT-00", "EVN||20240415\r" + person,
     below + "-/ADT-00/0123456789_-_ADT-00_999999999999999_20240415101500000_-_1"},
    {"admission_by_its_day", "ADT-22",
     "EVN||20240416\r" + person + "PV1||I||||||||01" + std::string(34, '|') + "20240410\r",
     below + "20240410/ADT-22/0123456789_20240410_ADT-22_999999999999999_20240415101500000_01_1"},
    {"prescription_by_the_day_it_was_ordered", "OMP-01",
     person + "ORC|NW|777|||||||20240414090000||||||||01\rRXE||1\r",
     below + "20240414/OMP-01/0123456789_20240414_OMP-01_000000000000777_20240415101500000_01_1"},
    {"injection_by_its_components", "OMP-01",
     person + "ORC|NW|777|||||||20240414090000\rRXE||00\rRXC|B|1\r",
     below + "20240414/OMP-02/0123456789_20240414_OMP-02_000000000000777_20240415101500000_-_1"},
    {"results_by_the_day_of_the_specimen", "OML-11",
     person + "SPM|1|S|||||||||||||||202404010900\rOBR|1|12345\r",
     below + "20240401/OML-11/0123456789_20240401_OML-11_000000000012345_20240415101500000_-_1"},
    {"endoscopy_by_its_service", "OMG-01",
     person + "ORC|NW|9|||||||20240414\rOBR|1|9|" + std::string(20, '|') + "|EN\r",
     below + "20240414/OMG-02/0123456789_20240414_OMG-02_000000000000009_20240415101500000_-_1"},
};
INSTANTIATE_TEST_SUITE_P(storage, FiledMessage, testing::ValuesIn(filed),
                         [](const auto& row) { return row.param.name; });

TEST(FiledMessage, of_every_kind_finds_a_folder) {
  std::set<std::string> codes;
  for (const Kind& kind : kinds()) {
    const std::string rest =
        "EVN||20240415||||20240415\r" + person + "PV1||I" + std::string(42, '|') +
        "20240415|20240415\r" +
        "PV2||||||||20240415|20240415\rORC|NW|1|||||||20240415\rRXA|0|1|20240415\r"
        "SPM|1||||||||||||||||20240415\rOBR|1|1|||||20240415\r";
    const auto message = hl7v2::parse(message_of(kind.code, rest));
    ASSERT_TRUE(message);
    const auto name = name_of(*message, kind.code);
    ASSERT_TRUE(name) << kind.code << ": " << name.error().message;
    EXPECT_EQ(name->key.kind, kind.code);
    EXPECT_EQ(name->key.care_date, kind.care_date == "-" ? "-" : "20240415") << kind.code;
    codes.insert(name->key.kind);
  }
  EXPECT_EQ(codes.size(), 26u);
}

TEST(FiledMessage, without_a_kind_or_patient_is_refused_with_its_place) {
  EXPECT_EQ(name_of(*hl7v2::parse("MSH|^~\\&|A|B|C|D|20240415||SIU^S12|1|P|2.5\r" + person))
                .error()
                .location,
            "MSH-9");
  EXPECT_EQ(name_of(*hl7v2::parse(message_of("ADT-00", "PID|1\r"))).error().location, "PID-3");
  // Its folders would lead out of the storage.
  const auto outside = hl7v2::parse(message_of("ADT-00", "EVN||20240415\rPID|||..^^^^PI||X^Y\r"));
  EXPECT_EQ(name_of(*outside).error().location, "PID-3");
}

class Storage : public testing::Test {
 protected:
  Storage() : root_(fs::temp_directory_path() / ("tasuki-ssmix-" + std::to_string(::getpid()))) {
    fs::remove_all(root_);
    fs::create_directories(root_);
  }
  ~Storage() override { fs::remove_all(root_); }

  std::string put(Flag flag, std::string_view made_at, std::string_view order = "000000000000777") {
    FileName name{
        {"0123456789", "20240414", "OMP-01", std::string(order)}, std::string(made_at), "01", flag};
    const auto path = write(root_, name, "MSH|" + std::string(made_at));
    return path ? path->substr(path->rfind('/') + 1) : path.error().message;
  }
  std::vector<std::string> flags() const {
    std::vector<std::string> all;
    const auto walked = walk(root_);
    for (const Entry& entry : walked->entries)
      all.push_back(entry.name.made_at.substr(8, 2) + ":" +
                    std::to_string(static_cast<int>(entry.name.flag)));
    return all;
  }
  fs::path root_;
};

TEST_F(Storage, a_newer_file_supersedes_and_a_deletion_takes_all) {
  put(Flag::current, "20240414090000000");
  EXPECT_EQ(flags(), std::vector<std::string>{"09:1"});
  put(Flag::current, "20240414100000000");
  EXPECT_EQ(flags(), (std::vector<std::string>{"09:2", "10:1"}));
  put(Flag::current, "20240414090000000");  // the first once more
  EXPECT_EQ(flags(), (std::vector<std::string>{"09:2", "10:1"}));
  put(Flag::deleted, "20240414110000000");
  EXPECT_EQ(flags(), (std::vector<std::string>{"09:0", "10:0", "11:0"}));
}

TEST_F(Storage, two_trees_differ_by_what_a_reader_must_do) {
  put(Flag::current, "20240414090000000");
  put(Flag::current, "20240414090000000", "000000000000778");
  put(Flag::current, "20240414090000000", "000000000000779");
  const Tree before = *walk(root_);
  EXPECT_TRUE(difference(before, before).empty());
  put(Flag::current, "20240414100000000");
  put(Flag::deleted, "20240414100000000", "000000000000778");
  put(Flag::current, "20240414100000000", "000000000000780");
  fs::remove(root_ / path_of({{"0123456789", "20240414", "OMP-01", "000000000000779"},
                              "20240414090000000",
                              "01",
                              Flag::current}));
  std::map<std::string, TreeChange::Kind> found;
  for (const TreeChange& change : difference(before, *walk(root_)))
    found[change.key.order.substr(12)] = change.kind;
  EXPECT_EQ(found, (std::map<std::string, TreeChange::Kind>{{"777", TreeChange::Kind::replaced},
                                                            {"778", TreeChange::Kind::deleted},
                                                            {"779", TreeChange::Kind::gone},
                                                            {"780", TreeChange::Kind::added}}));
}

TEST_F(Storage, the_index_has_a_row_a_file) {
  put(Flag::current, "20240414090000000");
  const Tree tree = *walk(root_);
  EXPECT_EQ(index_line(tree.entries.front(), "V1", "1319999999"),
            "V1,1319999999,0123456789,20240414,OMP-01,000000000000777,INS,01,20240414090000000,"
            "012/345/0123456789/20240414/OMP-01,"
            "0123456789_20240414_OMP-01_000000000000777_20240414090000000_01_1\n");
}

}  // namespace
}  // namespace tasuki::ssmix2
