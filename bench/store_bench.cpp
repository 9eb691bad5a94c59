// The store alone, without sockets and FHIR: durable puts by number of clients, point reads, search
// pages.
//
//   store-bench [folder] [records]     writes a database into the folder (default: a temporary one)
//   and removes it
//
// Each put has a body of about 1.2 KB, 8 terms and 2 ordered entries, in a unit of work of its own.
// CPU of the writer is its thread's own, read inside the unit of work.
#include <fmt/core.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <thread>
#include <vector>

#include "store/store.h"

namespace tasuki::store {
namespace {

constexpr uint16_t observation = 2;
constexpr int patients = 500;

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds(int who) {
  rusage usage{};
  getrusage(who, &usage);
  return seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
}

double now_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

template <class T>
T must(Result<T> result) {
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    std::exit(1);
  }
  return *std::move(result);
}
void must(const Result<void>& result) {
  if (!result) {
    fmt::print(stderr, "{}\n", result.error().message);
    std::exit(1);
  }
}

// A laboratory result as the mappings make it; about 1.2 KB.
std::string body_of(const std::string& id, std::mt19937& random) {
  const auto pick = [&](int count) {
    return static_cast<int>(random() % static_cast<unsigned>(count));
  };
  return fmt::format(
      R"({{"resourceType":"Observation","id":"{}","identifier":[{{"system":"urn:oid:1.2.392.100495.20.3.99.{}","value":"{}-{}"}}],)"
      R"("status":"final","category":[{{"coding":[{{"system":"http://jpfhir.jp/fhir/core/CodeSystem/JP_SimpleObservationCategory_CS","code":"laboratory","display":"Laboratory"}}]}}],)"
      R"("code":{{"coding":[{{"system":"urn:oid:1.2.392.200119.4.504","code":"{:05d}0000023271{:02d}","display":"検査項目{}"}},{{"system":"urn:oid:1.2.392.200250.2.2.{}","code":"L{:04d}","display":"院内項目{}"}}],"text":"検査項目{}"}},)"
      R"("subject":{{"reference":"Patient/{:08x}-{:04x}-5{:03x}-8{:03x}-{:012x}"}},"encounter":{{"reference":"Encounter/{:08x}{:08x}"}},)"
      R"("effectiveDateTime":"202{}-{:02d}-{:02d}T{:02d}:{:02d}:00+09:00","issued":"202{}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.000+09:00",)"
      R"("performer":[{{"reference":"Organization/131{:07d}"}}],"valueQuantity":{{"value":{}.{},"unit":"mg/dL","system":"http://unitsofmeasure.org","code":"mg/dL"}},)"
      R"("interpretation":[{{"coding":[{{"system":"http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation","code":"N"}}]}}],)"
      R"("specimen":{{"reference":"Specimen/{:08x}"}},"referenceRange":[{{"low":{{"value":{}.{},"unit":"mg/dL"}},"high":{{"value":{}.{},"unit":"mg/dL"}}}}]}})",
      id, pick(900000), pick(1000000), pick(1000000), pick(100000), pick(100), pick(500), pick(900),
      pick(10000), pick(500), pick(500), random(), pick(65536), pick(4096), pick(4096), random(),
      random(), random(), pick(7), 1 + pick(12), 1 + pick(28), pick(24), pick(60), pick(7),
      1 + pick(12), 1 + pick(28), pick(24), pick(60), pick(60), pick(9000000), pick(500), pick(10),
      random(), pick(9), pick(10), pick(90), pick(10));
}

std::string hashed(std::string_view parameter, unsigned value) {
  return hash_of(fmt::format("{}|{}", parameter, value)).substr(0, 8);
}

std::string without_zero(std::string term) {
  for (auto& byte : term) {
    if (byte == '\0') byte = '\1';
  }
  return term;
}

Put put_of(unsigned number, std::mt19937& random, size_t& body_bytes) {
  const auto id =
      fmt::format("{:08x}-{:04x}-{:08x}{:08x}", random(), number & 0xffffU, random(), random());
  const auto body = body_of(id, random);
  body_bytes += body.size();
  const unsigned patient = random() % patients;
  const unsigned code = random() % 300;
  const auto date = fmt::format("202{}-{:02d}-{:02d}T10:{:02d}:00", random() % 7, 1 + random() % 12,
                                1 + random() % 28, random() % 60);
  Put put;
  put.key = {observation, id};
  put.body = pack(body);
  put.owner = fmt::format("131{:07d}", random() % 3);
  put.subject = fmt::format("Patient/{}", patient);
  put.index.terms = {hashed("id", number),
                     hashed("patient", patient),
                     hashed("code", code),
                     hashed("subject", patient),
                     hashed("status", 1),
                     hashed("category", 1),
                     hashed("encounter", number / 20),
                     hashed("identifier", number)};
  for (auto& term : put.index.terms)
    term = without_zero(std::move(term));
  put.index.ordered = {{1000 + patient, date, date}, {100'000 + code, date, date}};
  return put;
}

struct WriterClock {  // touched only on the writer thread
  double first = -1, last = 0;
  void tick() {
    last = cpu_seconds(RUSAGE_THREAD);
    if (first < 0) first = last;
  }
};

size_t put_many(Store& store, int clients, unsigned count, unsigned offset) {
  std::atomic<unsigned> next{0};
  std::atomic<size_t> body_bytes{0};
  WriterClock clock;
  const auto syncs = store.sync_count();
  const auto cpu = cpu_seconds(RUSAGE_SELF);
  const auto start = now_seconds();
  std::vector<std::thread> threads;
  for (int client = 0; client < clients; ++client) {
    threads.emplace_back([&, client] {
      std::mt19937 random(offset + static_cast<unsigned>(client));
      size_t bytes = 0;
      for (unsigned i = next++; i < count; i = next++) {
        const auto put = put_of(offset + i, random, bytes);
        must(store.write([&](Writer& writer) -> Result<void> {
          TRY(writer.put(put));
          clock.tick();
          return {};
        }));
      }
      body_bytes += bytes;
    });
  }
  for (auto& thread : threads)
    thread.join();
  const auto wall = now_seconds() - start;
  fmt::print(
      "puts, {:3} clients: {:8.0f} /s   writer {:5.1f} us CPU/put   process {:5.1f} us CPU/put   "
      "{:.1f} puts/sync   {:.0f} syncs/s\n",
      clients, count / wall, (clock.last - clock.first) / count * 1e6,
      (cpu_seconds(RUSAGE_SELF) - cpu) / count * 1e6,
      count / static_cast<double>(store.sync_count() - syncs),
      static_cast<double>(store.sync_count() - syncs) / wall);
  return body_bytes;
}

template <class Use>
void measure(const char* what, unsigned count, Use&& use) {
  const auto cpu = cpu_seconds(RUSAGE_THREAD);
  const auto start = now_seconds();
  for (unsigned i = 0; i < count; ++i)
    use(i);
  const auto wall = now_seconds() - start;
  fmt::print("{}: {:.0f} /s   {:.2f} us CPU each\n", what, count / wall,
             (cpu_seconds(RUSAGE_THREAD) - cpu) / count * 1e6);
}

void read_many(Store& store, const std::vector<Key>& keys) {
  measure("point reads, 20 keys", 100'000, [&](unsigned i) {
    if (!must(store.read()->current(keys[i % 20]))) std::abort();
  });
  measure("point reads, all keys", 100'000, [&](unsigned i) {
    if (!must(store.read()->current(keys[i * 7919 % keys.size()]))) std::abort();
  });
  const auto term = [](std::string_view parameter, unsigned value) {
    Node node;
    node.op = Node::Op::term;
    node.bytes = without_zero(hashed(parameter, value));
    return node;
  };
  const auto admits = [](uint64_t, uint64_t) { return true; };
  const auto search = [&](Node where, std::vector<SortKey> sort) {
    Search wanted;
    wanted.kinds = {observation};
    wanted.where = std::move(where);
    wanted.sort = std::move(sort);
    wanted.admits = admits;
    return must(store.read()->search(wanted)).hits.size();
  };
  measure("search identifier", 2'000, [&](unsigned i) { search(term("identifier", i), {}); });
  measure("search patient, newest", 500,
          [&](unsigned i) { search(term("patient", i % patients), {}); });
  measure("search patient sorted by date", 200, [&](unsigned i) {
    search(term("patient", i % patients), {{1000 + i % patients, true}});
  });
  measure("search patient + code", 200, [&](unsigned i) {
    Node both;
    both.op = Node::Op::both;
    both.children = {term("patient", i % patients), term("code", i % 300)};
    search(both, {});
  });
  measure("search category (all have it) + code", 200, [&](unsigned i) {
    Node both;
    both.op = Node::Op::both;
    both.children = {term("category", 1), term("code", i % 300)};
    search(both, {});
  });
  measure("search code + date range", 200, [&](unsigned i) {
    Node both;
    both.op = Node::Op::both;
    Node range;
    range.op = Node::Op::range;
    range.group = 100'000 + i % 300;
    range.low_from = "2024-01";
    range.low_to = "2024-03";
    both.children = {term("category", 1), range};
    search(both, {});
  });
}

int run(const std::string& folder, unsigned records) {
  SqliteSettings settings;
  settings.file = folder + "/bench.db";
  settings.key = std::string(32, '\x5a');
  const auto start = now_seconds();
  auto store = must(open_sqlite(settings));
  fmt::print("open: {:.1f} ms\n", (now_seconds() - start) * 1e3);

  size_t body_bytes = put_many(*store, 1, 500, 0);
  body_bytes += put_many(*store, 16, 5'000, 1'000'000);
  body_bytes += put_many(*store, 128, records / 2, 2'000'000);
  body_bytes += put_many(*store, 128, records / 2, 3'000'000);

  std::vector<Key> keys;
  uint64_t after = 0;
  while (keys.size() < 50'000) {
    const auto versions = must(store->read()->changes(after, 1000));
    if (versions.empty()) break;
    for (const auto& version : versions)
      keys.push_back(version.key);
    after = versions.back().sequence;
  }
  read_many(*store, keys);
  store.reset();
  const auto file_bytes = std::filesystem::file_size(settings.file);
  const unsigned all = 5'500 + records / 2 * 2;
  fmt::print("database: {:.0f} bytes a resource of {:.0f}: {:.2f} bytes per byte\n",
             static_cast<double>(file_bytes) / all, static_cast<double>(body_bytes) / all,
             static_cast<double>(file_bytes) / static_cast<double>(body_bytes));
  return 0;
}

}  // namespace
}  // namespace tasuki::store

int main(int count, char** arguments) {
  auto pattern = (std::filesystem::path(
                      count > 1 ? arguments[1] : std::filesystem::temp_directory_path().string()) /
                  "store-bench-XXXXXX")
                     .string();
  if (!mkdtemp(pattern.data())) return 1;
  const int code = tasuki::store::run(
      pattern, count > 2 ? static_cast<unsigned>(std::atoi(arguments[2])) : 50'000);
  std::filesystem::remove_all(pattern);
  return code;
}
