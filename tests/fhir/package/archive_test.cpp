// Packages from strangers: whole ones are read, hostile ones are refused.
#include "fhir/package/archive.h"

#include <cstring>

#include <gmock/gmock.h>
#include <zlib.h>

namespace tasuki::fhir {
namespace {

std::string gzip(const std::string& bytes) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string tar_entry(const std::string& name, const std::string& bytes, char kind = '0') {
  std::string header(512, '\0');
  std::memcpy(header.data(), name.data(), std::min<size_t>(name.size(), 100));
  std::snprintf(header.data() + 124, 12, "%011zo", bytes.size());
  header[156] = kind;
  std::memcpy(header.data() + 257, "ustar", 6);
  std::memset(header.data() + 148, ' ', 8);
  unsigned sum = 0;
  for (const char byte : header)
    sum += static_cast<unsigned char>(byte);
  std::snprintf(header.data() + 148, 8, "%06o", sum);
  std::string padded = bytes;
  padded.resize((bytes.size() + 511) / 512 * 512);
  return header + padded;
}

std::string archive(const std::string& entries) {
  return gzip(entries + std::string(1024, '\0'));
}

TEST(Archive, gives_the_resources_of_the_package_folder) {
  const auto files = read_archive(archive(
      tar_entry("package/package.json", "{}") + tar_entry("package/Patient-1.json", "{\"a\":1}") +
      tar_entry("package/example/Patient-2.json", "{}") + tar_entry("package/readme.md", "words")));
  ASSERT_TRUE(files) << files.error().message;
  ASSERT_EQ(files->size(), 2u);
  EXPECT_EQ((*files)[1].name, "package/Patient-1.json");
  EXPECT_EQ((*files)[1].bytes, "{\"a\":1}");
}

struct Hostile {
  const char* name;
  std::string bytes;
  const char* words;
};

class HostileArchive : public testing::TestWithParam<Hostile> {};

TEST_P(HostileArchive, is_refused) {
  ArchiveLimits limits;
  limits.unpacked_bytes_max = 1 << 20;
  limits.file_bytes_max = 1 << 19;
  limits.files_max = 10;
  const auto files = read_archive(GetParam().bytes, limits);
  ASSERT_FALSE(files);
  EXPECT_THAT(files.error().message, testing::HasSubstr(GetParam().words));
}

std::string many_files() {
  std::string entries;
  for (int i = 0; i < 11; ++i)
    entries += tar_entry("package/x" + std::to_string(i) + ".json", "{}");
  return entries;
}

std::string many_bytes() {
  std::string entries;
  for (int i = 0; i < 3; ++i)
    entries += tar_entry("package/x.json", std::string(500'000, ' '));
  return entries;
}

INSTANTIATE_TEST_SUITE_P(
    all, HostileArchive,
    testing::Values(
        Hostile{"climbs", archive(tar_entry("package/../../etc/x.json", "{}")), "outside"},
        Hostile{"absolute", archive(tar_entry("/etc/x.json", "{}")), "outside"},
        Hostile{"link", archive(tar_entry("package/x.json", "", '2')), "link"},
        Hostile{"large_file", archive(tar_entry("package/x.json", std::string(600'000, ' '))),
                "more than"},
        Hostile{"bomb", archive(many_bytes()), "unpacks to more"},
        Hostile{"many_files", archive(many_files()), "files"},
        Hostile{"cut_off", archive(tar_entry("package/x.json", "{}")).substr(0, 60), "whole gzip"},
        Hostile{"no_gzip", "PK\x03\x04", "gzip"},
        Hostile{"wrong_sum", gzip(std::string(512, '1')), "damaged"}),
    [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace tasuki::fhir
