#include "store/engine.h"

#include <unistd.h>

#include <random>

namespace tasuki::store::tests {

Folder::Folder(Where where) {
  const std::filesystem::path shared_memory = "/dev/shm";
  const bool in_memory = where == Where::memory && access(shared_memory.c_str(), W_OK) == 0;
  const auto parent = in_memory ? shared_memory : std::filesystem::temp_directory_path();
  auto pattern = (parent / "tasuki-store-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

SqliteSettings sqlite_settings(const Folder& folder) {
  SqliteSettings settings;
  settings.file = folder.file("test.db");
  settings.key = std::string(32, 'k');
  return settings;
}

std::vector<Engine> engines() {
  return {
      {"sqlite", [](const Folder& folder) { return open_sqlite(sqlite_settings(folder)); }},
  };
}

void EveryEngine::start_anew() {
  store_.reset();
  folder_ = std::make_unique<Folder>();
  reopen();
}

Receipt EveryEngine::put(const Put& put) {
  Receipt receipt;
  must(store_->write([&](Writer& writer) -> Result<void> {
    receipt = TRY(writer.put(put));
    return {};
  }));
  return receipt;
}

std::vector<std::string> EveryEngine::ids(const Search& search) {
  std::vector<std::string> found;
  for (const auto& hit : must(store_->read()->search(search)).hits)
    found.push_back(hit.key.id);
  return found;
}

Put put_of(uint16_t kind, std::string id, std::string body, std::vector<std::string> terms,
           std::vector<OrderedEntry> ordered) {
  Put put;
  put.key = {kind, std::move(id)};
  put.body = pack(body);
  put.index = {std::move(terms), std::move(ordered)};
  put.owner = "hospital";
  return put;
}

Node term(std::string bytes) {
  Node node;
  node.op = Node::Op::term;
  node.bytes = std::move(bytes);
  return node;
}

Node prefix(std::string bytes) {
  auto node = term(std::move(bytes));
  node.op = Node::Op::prefix;
  return node;
}

Node contains(std::string bytes, std::string needle) {
  auto node = term(std::move(bytes));
  node.op = Node::Op::contains;
  node.needle = std::move(needle);
  return node;
}

Node range(uint64_t group, std::string low_from, std::string low_to, std::string high_from,
           std::string high_to) {
  Node node;
  node.op = Node::Op::range;
  node.group = group;
  node.low_from = std::move(low_from);
  node.low_to = std::move(low_to);
  node.high_from = std::move(high_from);
  node.high_to = std::move(high_to);
  return node;
}

Node join(Node::Op op, std::vector<Node> children) {
  Node node;
  node.op = op;
  node.children = std::move(children);
  return node;
}

}  // namespace tasuki::store::tests
