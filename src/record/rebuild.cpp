// Law 7: person links and consent rules are functions of the versions, and can be made again from
// them.
#include "json/parse.h"
#include "record/consent/consents.h"
#include "record/inside.h"

namespace tasuki::record {

namespace {

constexpr size_t rebuilt_at_once = 200;

Result<void> empty_table(store::Writer& writer, std::string_view table_name) {
  for (;;) {
    const auto items = TRY(writer.items(table_name, ""));
    for (const auto& item : items)
      TRY(writer.remove_item(table_name, item.key));
    if (items.empty()) return {};
  }
}

Result<void> rebuild_record(Inside& inside, store::Writer& writer, const store::Version& version,
                            bool is_patient, Affected& affected) {
  const auto document = TRY(json::parse(version.body));
  const auto owner = TRY(writer.name_of(version.owner));
  if (!is_patient)
    return keep_consent(inside, writer, version.key.id, owner, &document.root, affected);
  Persons::Written written;
  written.kind = version.key.kind;
  written.id = version.key.id;
  written.record = version.record;
  written.owner = owner;
  written.traits = traits_of(document.root);
  return inside.persons().update(writer, written, affected);
}

// Every live record of a type, in pieces: writers of others get their turn between them.
Result<void> rebuild_type(Inside& inside, std::string_view type_name) {
  const auto type = inside.definitions().resource_type(type_name);
  if (!type) return {};
  store::Search search;
  search.kinds = {inside.kind_of(*type)};
  search.admits = [](uint64_t, uint64_t) { return true; };
  search.count_max = rebuilt_at_once;
  search.cost_max = SIZE_MAX;
  do {
    const auto page = TRY(inside.store().read()->search(search));
    const store::Work work = [&](store::Writer& writer) -> Result<void> {
      Affected affected;
      for (const auto& hit : page.hits) {
        const auto current = TRY(writer.current(hit.key));
        if (current && !current->deleted)
          TRY(rebuild_record(inside, writer, *current, type_name == "Patient", affected));
      }
      return {};
    };
    TRY(inside.store().write(work));
    search.after = page.next;
  } while (search.after);
  return {};
}

// What a person has decided about a pair is no derived data: it stays.
Result<void> drop_derived(store::Writer& writer) {
  std::vector<store::Item> decided;
  std::string after;
  for (;;) {
    const auto items = TRY(writer.items(table::links, "", after));
    for (const auto& item : items) {
      if (!TRY(parse_link(item.key, item.value)).decided_by.empty()) decided.push_back(item);
    }
    if (items.empty()) break;
    after = items.back().key;
  }
  for (const auto name : {table::links, table::questions, table::records, table::persons,
                          table::consents, table::consent_patients}) {
    TRY(empty_table(writer, name));
  }
  for (const auto& item : decided)
    TRY(writer.set_item(table::links, item.key, item.value));
  return {};
}

}  // namespace

Result<void> Inside::rebuild() {
  TRY(store_->write([](store::Writer& writer) { return drop_derived(writer); }));
  TRY(rebuild_type(*this, "Patient"));
  TRY(rebuild_type(*this, "Consent"));
  return load_policies();
}

}  // namespace tasuki::record
