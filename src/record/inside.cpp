#include "record/inside.h"

#include "base/check.h"
#include "base/log.h"
#include "record/accounts.h"
#include "record/accounts_of_store.h"
#include "record/parameters.h"

namespace tasuki::record {

namespace {

constexpr size_t names_remembered_max = 50'000;
constexpr size_t items_at_once = 10'000;

}  // namespace

Inside::Inside(std::shared_ptr<const fhir::Definitions> definitions,
               std::unique_ptr<store::Store> store, HashKey index_key,
               std::unique_ptr<AuditLog> audit, std::filesystem::path audit_folder, std::string key,
               std::shared_ptr<fhir::terminology::Library> library)
    : definitions_(std::move(definitions)),
      store_(std::move(store)),
      indexer_(index_key, *definitions_),
      persons_(index_key),
      audit_(std::move(audit)),
      audit_folder_(std::move(audit_folder)),
      key_(std::move(key)),
      library_(library != nullptr ? std::move(library)
                                  : std::make_shared<fhir::terminology::Library>()),
      accounts_(accounts_of(*store_, *audit_)),
      parameters_(std::make_unique<Parameters>(*this)) {}

Inside::~Inside() = default;

Result<void> Inside::refresh_definitions() {
  TRY(library_->refresh());
  if (gate_.rules == nullptr || !TRY(gate_.rules->refresh())) return {};
  log::info("profiles taken up", {{"packages", gate_.rulebook()->packages().all().size()}});
  return parameters_->load();
}

Result<std::vector<TornAudit>> Inside::verify_audit() {
  TRY(audit_->sync());
  return record::verify_audit(audit_folder_, key_);
}

std::string Inside::remembered_name(uint64_t number) const {
  return names_.with([&](const Names& names) {
    const auto found = names.by_number.find(number);
    return found == names.by_number.end() ? std::string() : found->second;
  });
}

Result<std::string> Inside::name_of(store::Reader& reader, uint64_t number) {
  if (number == 0) return std::string();
  auto known = remembered_name(number);
  if (!known.empty()) return known;
  auto name = TRY(reader.name_of(number));
  names_.with([&](Names& names) {
    if (names.by_number.size() >= names_remembered_max) names.by_number.clear();
    names.by_number.emplace(number, name);
  });
  return name;
}

Result<uint64_t> Inside::number_of(store::Reader& reader, const std::string& name) {
  if (name.empty()) return uint64_t{0};
  const auto known = names_.with([&](const Names& names) {
    const auto found = names.by_name.find(name);
    return found == names.by_name.end() ? uint64_t{0} : found->second;
  });
  if (known != 0) return known;
  const auto number = TRY(reader.number_of(name));
  if (number == 0) return number;  // may be given at any time
  names_.with([&](Names& names) {
    if (names.by_name.size() >= names_remembered_max) names.by_name.clear();
    names.by_name.emplace(name, number);
  });
  return number;
}

Result<Access> Inside::access(store::Reader& reader, const Principal& principal, Purpose purpose,
                              Instant time) {
  AccessGrounds grounds;
  grounds.principal = principal;
  grounds.asker = {principal.organisation, purpose, time};
  grounds.policies = policies_.snapshot();
  grounds.own = TRY(number_of(reader, principal.organisation));
  // With a reader of its own when it must ask: an Access outlives the one it was made with.
  grounds.owner_name = [this](uint64_t owner) {
    auto known = remembered_name(owner);
    return known.empty() ? name_of(*store_->read(), owner).value_or(std::string()) : known;
  };
  if (principal.role == Role::patient && !principal.person.empty()) {
    for (const auto& item : TRY(reader.items(table::persons, principal.person + "|"))) {
      const auto patient = item.key.substr(principal.person.size() + 1);
      const auto number = TRY(number_of(reader, "Patient/" + patient));
      if (number != 0) grounds.own_subjects.push_back(number);
    }
  }
  return Access(std::move(grounds));
}

Result<void> Inside::load_kinds() {
  const auto stored = TRY(store_->read()->item(table::settings, "kinds"));
  std::string names = stored.value_or("");
  types_ = {fhir::no_type};
  kinds_.assign(0x10000, 0);
  size_t begin = 0;
  for (size_t end = names.find('\n'); end != std::string::npos;
       begin = end + 1, end = names.find('\n', begin)) {
    const auto type =
        definitions_->resource_type(std::string_view(names).substr(begin, end - begin));
    if (type) kinds_[static_cast<uint16_t>(*type)] = static_cast<uint16_t>(types_.size());
    types_.push_back(type.value_or(fhir::no_type));
  }
  const size_t before = names.size();
  for (const auto type : definitions_->resource_types()) {
    if (kinds_[static_cast<uint16_t>(type)] != 0) continue;
    kinds_[static_cast<uint16_t>(type)] = static_cast<uint16_t>(types_.size());
    types_.push_back(type);
    names += definitions_->name(type);
    names += '\n';
  }
  if (names.size() == before) return {};
  return store_->write(
      [&](store::Writer& writer) { return writer.set_item(table::settings, "kinds", names); });
}

Result<void> Inside::load_feeds() {
  const auto reader = store_->read();
  const auto items = TRY(reader->items(table::feeds, "", "", items_at_once));
  feeds_.with([&](auto& feeds) {
    for (const auto& item : items)
      feeds[item.key] = item.value;
  });
  return {};
}

std::string Inside::feed_organisation(const std::string& feed) {
  return feeds_.with([&](auto& feeds) {
    const auto found = feeds.find(feed);
    return found == feeds.end() ? std::string() : found->second;
  });
}

void Inside::remember_feed(const std::string& feed, const std::string& organisation) {
  feeds_.with([&](auto& feeds) { feeds[feed] = organisation; });
}

// {"resourceType":"Patient","id":"p1","meta":{ is the same for every version of a record, so the
// place follows from type and id alone.
void splice(std::string_view type, std::string_view id, uint32_t version, Instant time,
            std::string_view body, std::string& out) {
  constexpr std::string_view before_type = R"({"resourceType":")", before_id = R"(","id":")",
                             before_meta = R"(","meta":{)";
  const size_t at =
      before_type.size() + type.size() + before_id.size() + id.size() + before_meta.size();
  CHECK(at < body.size());
  out += body.substr(0, at);
  out += R"("versionId":")";
  out += std::to_string(version);
  out += R"(","lastUpdated":")";
  out += format_instant(time);
  out += body[at] == '}' ? "\"" : "\",";
  out += body.substr(at);
}

std::string spliced(std::string_view type, std::string_view id, uint32_t version, Instant time,
                    std::string_view body) {
  std::string out;
  out.reserve(body.size() + 80);
  splice(type, id, version, time, body, out);
  return out;
}

Resource resource_of(const Inside& inside, const store::Version& version) {
  Resource resource;
  resource.type = inside.type_of(version.key.kind);
  resource.id = version.key.id;
  resource.version = version.number;
  resource.updated = version.time;
  resource.deleted = version.deleted;
  if (!version.deleted) {
    resource.body = spliced(inside.definitions().name(resource.type), version.key.id,
                            version.number, version.time, version.body);
  }
  return resource;
}

}  // namespace tasuki::record
