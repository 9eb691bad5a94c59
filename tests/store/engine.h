// The engines that must pass the store's suite: a further one joins by one line in engines().
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "store/store.h"

namespace tasuki::store::tests {

// A folder of this test's own, removed with it.
class Folder {
 public:
  enum class Where { disk, memory };  // memory: where the disk itself is what the test makes up
  explicit Folder(Where where = Where::disk);
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

struct Engine {
  std::string name;
  std::function<Result<std::unique_ptr<Store>>(const Folder&)>
      open;  // makes or reopens the folder's database
};
inline std::ostream& operator<<(std::ostream& out, const Engine& engine) {
  return out << engine.name;
}

std::vector<Engine> engines();
SqliteSettings sqlite_settings(const Folder& folder);

// A test on a new, empty store of each engine.
class EveryEngine : public testing::TestWithParam<Engine> {
 protected:
  EveryEngine() { reopen(); }

  void reopen() {
    store_.reset();
    auto opened = GetParam().open(*folder_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = *std::move(opened);
  }

  void start_anew();            // on an empty database
  Receipt put(const Put& put);  // in a unit of its own; must succeed
  std::vector<std::string> ids(const Search& search);

  std::unique_ptr<Folder> folder_ = std::make_unique<Folder>();
  std::unique_ptr<Store> store_;
};

// The value, or the Error's sentence as an exception that fails the test.
template <class T>
T must(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().location);
  return *std::move(result);
}
inline void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().message + " " + result.error().location);
}

Put put_of(uint16_t kind, std::string id, std::string body, std::vector<std::string> terms = {},
           std::vector<OrderedEntry> ordered = {});

Node term(std::string bytes);
Node prefix(std::string bytes);
Node contains(std::string bytes, std::string needle);
Node range(uint64_t group, std::string low_from, std::string low_to, std::string high_from = {},
           std::string high_to = {});
Node join(Node::Op op, std::vector<Node> children);

}  // namespace tasuki::store::tests
