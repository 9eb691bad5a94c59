#include "server/faces/pages.h"

#include <gtest/gtest.h>

#include <fstream>

#include "base/uuid.h"

namespace tasuki::server::faces {
namespace {

class PagesTest : public testing::Test {
 protected:
  void SetUp() override {
    folder = std::filesystem::temp_directory_path() / ("tasuki-pages-" + random_uuid());
    write("index.html", "chooser");
    write("care/index.html", "care");
    write("assets/care-1a2b.js", "script");
    write("assets/care-1a2b.js.br", "brotli");
    write("assets/care-1a2b.js.gz", "gzip");
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories((folder / name).parent_path());
    std::ofstream(folder / name) << text;
  }
  net::HttpResponse get(const std::string& target, std::string coding = {}) const {
    net::HttpRequest request{.method = "GET",
                             .target = target,
                             .headers = {{"Accept-Encoding", std::move(coding)}},
                             .body = {},
                             .peer = {}};
    const auto pages = Pages::load(folder);
    EXPECT_TRUE(pages.has_value());
    return pages->handle(request);
  }
  static std::string body(const net::HttpResponse& response) {
    return response.shared_body ? *response.shared_body : response.body;
  }
  static std::string header(const net::HttpResponse& response, std::string_view name) {
    for (const auto& [key, value] : response.headers)
      if (key == name) return value;
    return {};
  }
  std::filesystem::path folder;
};

struct Case {
  const char* target;
  unsigned status;
  const char* body;
};
TEST_F(PagesTest, a_face_is_one_page_whatever_its_path) {
  for (const Case& each : {Case{"/", 200, "chooser"},
                           {"/care", 200, "care"},
                           {"/care/", 200, "care"},
                           {"/care/p/1?x=y", 200, "care"},
                           {"/me/now", 404, nullptr},
                           {"/careful", 404, nullptr},
                           {"/../secret", 404, nullptr},
                           {"/assets/none.js", 404, nullptr},
                           {"/assets/care-1a2b.js", 200, "script"}}) {
    const auto response = get(each.target);
    EXPECT_EQ(response.status, each.status) << each.target;
    if (each.body != nullptr) {
      EXPECT_EQ(body(response), each.body) << each.target;
    }
  }
}

TEST_F(PagesTest, hashed_assets_stay_for_ever_and_pages_never) {
  EXPECT_EQ(header(get("/assets/care-1a2b.js"), "Cache-Control"),
            "public, max-age=31536000, immutable");
  EXPECT_EQ(header(get("/care"), "Cache-Control"), "no-store");
}

TEST_F(PagesTest, the_page_may_run_only_its_own_code) {
  EXPECT_NE(header(get("/care"), "Content-Security-Policy").find("default-src 'self'"),
            std::string::npos);
}

TEST_F(PagesTest, compressed_files_go_to_who_can_read_them) {
  EXPECT_EQ(body(get("/assets/care-1a2b.js", "gzip, br")), "brotli");
  EXPECT_EQ(body(get("/assets/care-1a2b.js", "gzip")), "gzip");
  EXPECT_EQ(body(get("/assets/care-1a2b.js", "br;q=0")), "script");
  EXPECT_EQ(header(get("/assets/care-1a2b.js", "br"), "Content-Encoding"), "br");
}

TEST_F(PagesTest, a_folder_that_is_not_there_is_an_error_that_names_it) {
  const auto pages = Pages::load(folder / "none");
  ASSERT_FALSE(pages.has_value());
  EXPECT_NE(pages.error().message.find("none"), std::string::npos);
}

}  // namespace
}  // namespace tasuki::server::faces
