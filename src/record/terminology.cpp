// Code systems, value sets, maps and naming systems in the record take part in terminology as soon
// as they are committed. Derived data: a function of the newest versions (law 7).
#include "json/parse.h"
#include "record/inside.h"

namespace tasuki::record {

namespace {

using fhir::terminology::Library;

constexpr std::string_view kept_types[] = {"CodeSystem", "ValueSet", "ConceptMap", "NamingSystem"};
constexpr size_t read_at_once = 200;

std::string key_text(const Inside& inside, const store::Key& key) {
  return std::string(inside.definitions().name(inside.type_of(key.kind))) + "/" + key.id;
}

}  // namespace

Result<void> Inside::load_terminology() {
  for (const auto name : kept_types) {
    const auto type = definitions_->resource_type(name);
    if (!type) continue;
    store::Search search;
    search.kinds = {kind_of(*type)};
    search.admits = [](uint64_t, uint64_t) { return true; };
    search.count_max = read_at_once;
    search.cost_max = SIZE_MAX;
    do {
      const auto page = TRY(store_->read()->search(search));
      std::vector<json::Document> documents;
      std::vector<Library::Change> changes;
      documents.reserve(page.hits.size());
      for (const auto& hit : page.hits) {
        documents.push_back(TRY(json::parse(hit.body)));
        changes.push_back({key_text(*this, hit.key), &documents.back().root});
      }
      if (!changes.empty()) TRY(library_->put_all(changes));
      search.after = page.next;
    } while (search.after);
  }
  return {};
}

// Read again from the store, one refresh at a time, so that the newest committed state wins.
Result<void> Inside::refresh_terminology(const std::vector<store::Key>& keys) {
  if (keys.empty()) return {};
  return refreshing_.with([&](int&) -> Result<void> {
    const auto reader = store_->read();
    std::vector<json::Document> documents;
    std::vector<Library::Change> changes;
    documents.reserve(keys.size());
    for (const auto& key : keys) {
      const auto current = TRY(reader->current(key));
      changes.push_back({key_text(*this, key), nullptr});
      if (!current || current->deleted) continue;
      documents.push_back(TRY(json::parse(current->body)));
      changes.back().resource = &documents.back().root;
    }
    return library_->put_all(changes);
  });
}

}  // namespace tasuki::record
