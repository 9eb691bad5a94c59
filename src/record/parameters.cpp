#include "record/parameters.h"

#include <algorithm>
#include <set>

#include <fmt/core.h>

#include "base/log.h"
#include "fhir/search/defined.h"
#include "fhir/search/packaged.h"
#include "json/parse.h"
#include "record/base64.h"
#include "record/session/prepare.h"

namespace tasuki::record {
namespace {

constexpr size_t parameters_max = 1000;
constexpr size_t page_size = 100;  // a unit of work of about ten milliseconds
constexpr std::string_view ready = "ready|", walk_key = "walk";
constexpr auto retry_wait = std::chrono::seconds(5);

store::Search all_of(uint16_t kind, size_t count_max) {
  store::Search search;
  search.kinds = {kind};
  search.count_max = count_max;
  search.cost_max = SIZE_MAX;
  return search;
}

}  // namespace

Parameters::~Parameters() {
  thread_.request_stop();
  changed_.notify_all();
}

// Of two with one code the first stands: of the record's own the older, which a race can let in
// beside it, and the record's own before those of packages.
Result<void> Parameters::add(store::Reader& reader, fhir::AddedParameter parameter,
                             std::vector<Active>& found) const {
  const bool is_taken = std::ranges::any_of(
      found, [&](const Active& one) { return fhir::search::collide(one.parameter, parameter); });
  if (is_taken) {
    log::warning("search parameter not active, its code is taken", {});
    return {};
  }
  auto hash = hex(store::hash_of(parameter.identity()));
  parameter.is_ready = TRY(reader.item(table::parameters, std::string(ready) + hash)).has_value();
  found.push_back(
      {std::move(parameter), std::move(hash), std::make_shared<std::atomic<unsigned>>(0)});
  return {};
}

Result<std::vector<Parameters::Active>> Parameters::read(store::Reader& reader) const {
  std::vector<Active> found;
  TRY(read_record(reader, found));
  const auto rulebook = inside_.gate().rulebook();
  if (rulebook == nullptr) return found;
  for (auto& one : fhir::search::packaged_parameters(inside_.definitions(), rulebook->packages())) {
    if (one.parameter) TRY(add(reader, *std::move(one.parameter), found));
  }
  return found;
}

Result<void> Parameters::read_record(store::Reader& reader, std::vector<Active>& found) const {
  const auto& definitions = inside_.definitions();
  const auto type = definitions.resource_type("SearchParameter");
  if (!type) return {};
  auto page = TRY(reader.search(all_of(inside_.kind_of(*type), parameters_max)));
  std::ranges::reverse(page.hits);
  for (const auto& hit : page.hits) {
    const auto document = TRY(json::parse(hit.body));
    if (!fhir::search::is_active(definitions, document.root)) continue;
    auto parameter =
        fhir::search::read_parameter(definitions, document.root, fhir::search::Beside::image);
    if (parameter)
      TRY(add(reader, *std::move(parameter), found));
    else
      log::warning("search parameter not active", {{"record", hit.record}});
  }
  return {};
}

Result<void> Parameters::load() {
  const std::lock_guard one_at_a_time(loading_);
  const auto reader = inside_.store().read();
  auto found = TRY(read(*reader));
  // What is no longer active is not kept up to date: should it come back, it is indexed anew.
  std::set<std::string> keys;
  for (const auto& one : found)
    keys.insert(std::string(ready) + one.hash);
  std::vector<std::string> gone;
  for (const auto& item : TRY(reader->items(table::parameters, ready))) {
    if (!keys.contains(item.key)) gone.push_back(item.key);
  }
  if (!gone.empty()) {
    const store::Work forget = [&](store::Writer& writer) -> Result<void> {
      for (const auto& key : gone)
        TRY(writer.remove_item(table::parameters, key));
      return {};
    };
    TRY(inside_.store().write(forget));
  }
  {
    const std::lock_guard lock(mutex_);
    for (auto& one : found) {
      const auto before = std::ranges::find(active_, one.hash, &Active::hash);
      if (before != active_.end()) one.percent = before->percent;
      one.parameter.percent = one.percent;
    }
    active_ = std::move(found);
    activate();
    const bool waits =
        std::ranges::any_of(active_, [](const Active& one) { return !one.parameter.is_ready; });
    if (waits && !thread_.joinable())
      thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }
  changed_.notify_all();
  return {};
}

void Parameters::activate() {
  std::vector<fhir::AddedParameter> all;
  for (const auto& one : active_)
    all.push_back(one.parameter);
  inside_.definitions().add_parameters(std::move(all));
}

std::vector<ParameterState> Parameters::states() const {
  const std::lock_guard lock(mutex_);
  std::vector<ParameterState> states;
  for (const auto& one : active_) {
    ParameterState state{one.parameter.url,
                         one.parameter.code,
                         {},
                         one.parameter.is_ready,
                         one.parameter.is_ready ? 100 : one.percent->load()};
    for (const auto base : one.parameter.bases)
      state.bases.emplace_back(inside_.definitions().name(base));
    states.push_back(std::move(state));
  }
  return states;
}

std::vector<ParameterState> Session::added_parameters() const {
  return inside(door_).parameters().states();
}

// ---- the walk through what was stored before

void Parameters::work(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    {
      std::unique_lock lock(mutex_);
      const bool waits = changed_.wait(lock, stop, [&] {
        return std::ranges::any_of(active_,
                                   [](const Active& one) { return !one.parameter.is_ready; });
      });
      if (!waits) return;
    }
    if (walk(stop)) continue;
    log::error("indexing under new search parameters failed and is tried again", {});
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, stop, retry_wait, [] { return false; });
  }
}

std::vector<fhir::TypeId> Parameters::types_of(const std::vector<Active>& waiting) const {
  const auto& definitions = inside_.definitions();
  std::vector<fhir::TypeId> types;
  for (const auto type : definitions.resource_types()) {
    const auto of_type = definitions.search_parameters_of(type);
    const bool is_meant = std::ranges::any_of(waiting, [&](const Active& one) {
      return std::ranges::find(of_type, one.parameter.url, &fhir::SearchParameter::url) !=
             of_type.end();
    });
    if (is_meant) types.push_back(type);
  }
  return types;
}

Result<void> Parameters::walk(const std::stop_token& stop) {
  std::vector<Active> waiting;
  {
    const std::lock_guard lock(mutex_);
    std::ranges::copy_if(active_, std::back_inserter(waiting),
                         [](const Active& one) { return !one.parameter.is_ready; });
  }
  // What was indexed before the parameters were active is committed when this is: the writer takes
  // one unit after the other.
  TRY(inside_.store().write([](store::Writer&) -> Result<void> { return {}; }));
  const auto types = types_of(waiting);
  Walk place = TRY(resume(waiting, types));
  for (; place.type < types.size() && !stop.stop_requested(); ++place.type) {
    TRY(walk_type(stop, place, types[place.type], waiting));
    if (!stop.stop_requested()) place.after.reset();
  }
  if (stop.stop_requested()) return {};
  return finish(waiting);
}

// "<hashes> <type> <record> <record_max> <done> <all>"
Result<Parameters::Walk> Parameters::resume(const std::vector<Active>& waiting,
                                            const std::vector<fhir::TypeId>& types) {
  Walk walk;
  for (const auto& one : waiting)
    walk.hashes += (walk.hashes.empty() ? "" : ",") + one.hash;
  const auto reader = inside_.store().read();
  for (const auto type : types)
    walk.all += TRY(reader->count(inside_.kind_of(type)));
  const auto kept = TRY(reader->item(table::parameters, walk_key));
  if (!kept || !kept->starts_with(walk.hashes + " ")) return walk;
  uint64_t numbers[5] = {};
  size_t at = walk.hashes.size();
  for (auto& number : numbers) {
    const auto from = at + 1;
    at = std::min(kept->find(' ', from), kept->size());
    number = std::strtoull(kept->c_str() + from, nullptr, 10);
  }
  walk.type = numbers[0];
  if (numbers[1] != 0) walk.after = store::Cursor{{}, numbers[1], numbers[2]};
  walk.done = numbers[3];
  walk.all = numbers[4];
  return walk;
}

Result<void> Parameters::walk_type(const std::stop_token& stop, Walk& walk, fhir::TypeId type,
                                   const std::vector<Active>& waiting) {
  const auto kind = inside_.kind_of(type);
  do {
    auto search = all_of(kind, page_size);
    search.after = walk.after;
    const auto page = TRY(inside_.store().read()->search(search));
    std::vector<store::Index> indexes;
    for (const auto& hit : page.hits) {
      const auto document = TRY(json::parse(hit.body));
      indexes.push_back(index_of(inside_, type, document.root));
      indexes.back().ordered.push_back(inside_.indexer().updated_entry(hit.time));
    }
    walk.done += page.hits.size();
    walk.after = page.next;
    const auto kept = fmt::format("{} {} {} {} {} {}", walk.hashes, walk.type + (page.next ? 0 : 1),
                                  page.next ? page.next->record : 0,
                                  page.next ? page.next->record_max : 0, walk.done, walk.all);
    const store::Work put = [&](store::Writer& writer) -> Result<void> {
      for (size_t i = 0; i < page.hits.size(); ++i) {
        const auto done = writer.reindex(page.hits[i].key, page.hits[i].number, indexes[i]);
        // Superseded meanwhile, by a version that was indexed under the new parameters.
        if (!done && done.error().kind != Error::Kind::conflict) return done.error();
      }
      return writer.set_item(table::parameters, walk_key, kept);
    };
    TRY(inside_.store().write(put));
    const auto percent = walk.all == 0 ? 100 : std::min<uint64_t>(99, walk.done * 100 / walk.all);
    for (const auto& one : waiting)
      one.percent->store(static_cast<unsigned>(percent));
  } while (walk.after && !stop.stop_requested());
  return {};
}

// Of those that are still active as they were when the walk began.
Result<void> Parameters::finish(const std::vector<Active>& waiting) {
  const std::lock_guard one_at_a_time(loading_);
  const auto is_walked = [&](const Active& one) {
    return std::ranges::any_of(waiting,
                               [&](const Active& each) { return each.percent == one.percent; });
  };
  std::vector<std::string> done;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& one : active_) {
      if (is_walked(one)) done.push_back(one.hash);
    }
  }
  const store::Work keep = [&](store::Writer& writer) -> Result<void> {
    for (const auto& hash : done)
      TRY(writer.set_item(table::parameters, std::string(ready) + hash, ""));
    return writer.remove_item(table::parameters, walk_key);
  };
  TRY(inside_.store().write(keep));
  const std::lock_guard lock(mutex_);
  for (auto& one : active_) {
    if (is_walked(one)) one.parameter.is_ready = true;
  }
  activate();
  return {};
}

}  // namespace tasuki::record
