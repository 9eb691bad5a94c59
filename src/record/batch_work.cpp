// Batch: a slice published or taken back, in one commit with its progress, a Provenance and the
// audit entries.
#include <deque>

#include <fmt/format.h>

#include "base/uuid.h"
#include "json/parse.h"
#include "json/print.h"
#include "record/batch.h"
#include "record/batch_text.h"
#include "record/session/trace.h"
#include "record/session/unit.h"

namespace tasuki::record {

namespace {

constexpr std::string_view batch_entries = "batch-entry";
constexpr std::string_view batch_messages = "batch-message";
constexpr std::string_view batch_cursors = "batch-cursor";
constexpr size_t slice_max = 100;
constexpr int slice_tries_max = 5;  // of a slice, while feeds write the same records
constexpr std::string_view all_entries_done = "messages";

}  // namespace

class BatchWork {
 public:
  enum class Direction : uint8_t { publish, undo };

  BatchWork(Batch& batch, Session& by, Direction direction)
      : owner_(batch.owner_),
        batch_(batch),
        by_(by),
        inside_(inside(batch.door_)),
        direction_(direction),
        writer_{.id = "feed:" + owner_.feed,
                .name = owner_.feed,
                .role = Role::feed,
                .organisation = owner_.organisation,
                .person = {}} {}

  Result<BatchSlice> run() {
    TRY(check_owner());
    const auto cursor = TRY(inside_.store().read()->item(batch_cursors, cursor_key()));
    const std::string at = cursor.value_or("");
    if (at.starts_with(all_entries_done)) return messages(at.substr(all_entries_done.size()));
    const auto entries = TRY(batch_.entries(at, slice_max));
    if (entries.empty()) return messages({});
    for (int attempt = 1;; ++attempt) {
      auto slice = write(entries);
      const bool was_beaten = !slice && slice.error().kind == Error::Kind::conflict;
      if (!was_beaten || attempt == slice_tries_max) return slice;
    }
  }

 private:
  // One record of the slice on its way.
  struct OnTheWay {
    size_t entry = 0;
    json::Document document;
    Change change;
    store::Version former;  // undo: what is brought back
  };

  bool is_undo() const { return direction_ == Direction::undo; }
  std::string cursor_key() const { return owner_.id + (is_undo() ? "|undo" : "|publish"); }

  Result<void> check_owner() {
    const auto& who = by_.principal();
    if (who.role == Role::system ||
        (who.role == Role::clerk && who.organisation == owner_.organisation))
      return {};
    return Error{Error::Kind::forbidden,
                 "A replay is published and undone by the clerks of the feed's own facility.",
                 owner_.feed};
  }

  Result<BatchSlice> write(std::vector<BatchEntry> entries) {
    const std::string end = name_of(entries.back());
    std::deque<OnTheWay> way;
    auto reader = inside_.store().read();
    for (size_t i = 0; i < entries.size(); ++i)
      TRY(take(*reader, entries[i], i, way));
    UnitOfWork unit;
    unit.each_alone = true;  // of its audit: an entry a patient
    unit.detail = fmt::format("replay {} {}", owner_.id, is_undo() ? "undone" : "published");
    for (OnTheWay& one : way) {
      auto prepared = prepared_of(entries[one.entry], one);
      if (prepared) unit.changes.push_back(std::move(*prepared));
    }
    json::Document provenance;
    Change provenance_change;
    if (!unit.changes.empty()) {
      provenance = TRY(json::parse(provenance_of(entries, unit)));
      provenance_change.action = Change::Action::create;
      provenance_change.type = *inside_.definitions().resource_type("Provenance");
      provenance_change.resource = &provenance.root;
      unit.changes.push_back(prepare_unasked(inside_, writer_, provenance_change));
    }
    unit.also = [&](store::Writer& writer, const UnitResult& result) -> Result<void> {
      // The slice as a whole or not at all: the Provenance names what it made.
      if (!result.refused.empty())
        return Error{Error::Kind::conflict, result.refused.front().second.message, owner_.id};
      return keep(writer, entries, unit, result, end);
    };
    const auto access = TRY(inside_.access(*reader, writer_, by_.purpose(), by_.time()));
    reader.reset();  // kept while waiting for the disk, it would hold the log back
    TRY(UnitRunner(inside_, by_, access).run(unit));
    return counted(entries);
  }

  // Ready to be written, or marked with why it is left alone.
  Result<void> take(store::Reader& reader, BatchEntry& entry, size_t place,
                    std::deque<OnTheWay>& way) {
    const auto wanted = is_undo() ? BatchEntry::State::published : BatchEntry::State::planned;
    if (entry.state != wanted) return {};
    const store::Key key{inside_.kind_of(entry.type), entry.id};
    const auto current = TRY(reader.current(key));
    const uint32_t number = current ? current->number : 0;
    if (number != (is_undo() ? entry.published : entry.standing)) {
      entry.state = is_undo() ? BatchEntry::State::kept : BatchEntry::State::refused;
      entry.refusal = fmt::format(
          "{0} は、その後 {1} が書き換えました(第{2}版)。そのままにしてあります。/ {0} was changed "
          "since by {1} (version {2}); it was left as it is.",
          name_of(entry), current ? current->origin.author : "?", number);
      return {};
    }
    OnTheWay& one = way.emplace_back();
    one.entry = place;
    one.change.type = entry.type;
    one.change.id = entry.id;
    one.change.action = Change::Action::update;
    one.change.if_match = number;
    if (is_undo() && entry.standing > 0) {
      auto former = TRY(reader.version(key, entry.standing));
      if (former) one.former = std::move(*former);
    }
    if (is_undo() && (one.former.body.empty() || one.former.deleted)) {
      one.change.action = Change::Action::remove;
      return {};
    }
    one.document = TRY(json::parse(is_undo() ? one.former.body : entry.body));
    one.change.resource = &one.document.root;
    return {};
  }

  std::optional<Prepared> prepared_of(BatchEntry& entry, const OnTheWay& one) {
    std::optional<Prepared> prepared;
    if (is_undo()) {
      prepared = prepare_unasked(inside_, writer_, one.change);
    } else {
      std::vector<fhir::Finding> findings;
      auto checked = prepare(inside_, writer_, one.change, findings);
      if (!checked) {
        entry.state = BatchEntry::State::refused;
        entry.refusal = checked.error().message;
        return std::nullopt;
      }
      prepared = std::move(*checked);
    }
    auto& put = prepared->put;
    put.origin.feed = owner_.feed;
    put.origin.message = is_undo() ? one.former.origin.message : entry.message;
    put.origin.mapping = is_undo() ? one.former.origin.mapping : entry.mapping;
    put.as_of = is_undo() ? entry.standing_as_of : entry.as_of;
    put.brings_back = is_undo();
    entry.state = is_undo() ? BatchEntry::State::undone : BatchEntry::State::published;
    if (!is_undo()) entry.published = entry.standing + 1;
    return prepared;
  }

  // FHIR R4 provenance.html: what was made, by whose decision, by which mapping.
  std::string provenance_of(const std::vector<BatchEntry>& entries, const UnitOfWork& unit) const {
    std::string text = R"({"resourceType":"Provenance","target":[)";
    std::string mapping;
    bool first = true;
    for (const BatchEntry& entry : entries) {
      if (entry.state != (is_undo() ? BatchEntry::State::undone : BatchEntry::State::published))
        continue;
      const uint32_t made = is_undo() ? entry.published + 1 : entry.published;
      text += fmt::format(R"({}{{"reference":"{}/_history/{}"}})", first ? "" : ",", name_of(entry),
                          made);
      first = false;
      mapping = entry.mapping;
    }
    text += R"(],"recorded":")" + format_instant(by_.time()) + R"(","activity":{"text":)";
    json::print_string(unit.detail, text);
    text += R"(},"agent":[{"who":{"identifier":{"value":)";
    json::print_string(by_.principal().id, text);
    text += R"(},"display":)";
    json::print_string(by_.principal().name, text);
    text += R"(}}])";
    if (!mapping.empty()) {
      text += R"(,"entity":[{"role":"source","what":{"display":)";
      json::print_string(mapping, text);
      text += "}}]";
    }
    return text + "}";
  }

  Result<void> keep(store::Writer& writer, const std::vector<BatchEntry>& entries,
                    const UnitOfWork& unit, const UnitResult& result, const std::string& end) {
    for (size_t i = 0; i < unit.changes.size(); ++i)
      if (result.resources[i].unchanged)
        return Error{Error::Kind::conflict, "A record was changed meanwhile.", owner_.id};
    for (const BatchEntry& entry : entries) {
      TRY(writer.set_item(batch_entries, owner_.id + "|" + name_of(entry),
                          text_of(inside_.definitions(), entry)));
      if (entry.state == BatchEntry::State::refused) TRY(block(writer, entry.message));
    }
    return writer.set_item(batch_cursors, cursor_key(), end);
  }

  // Its message is not done as long as one of its records could not be written.
  Result<void> block(store::Writer& writer, uint64_t number) {
    const std::string key = fmt::format("{}|{:016}", owner_.id, number);
    const auto text = TRY(writer.item(batch_messages, key));
    if (!text) return {};
    auto message = TRY(message_of(*text));
    message.is_blocked = true;
    return writer.set_item(batch_messages, key, text_of(message));
  }

  Result<BatchSlice> messages(const std::string& after) {
    const std::string prefix = owner_.id + "|";
    const auto items = TRY(inside_.store().read()->items(
        batch_messages, prefix, after.empty() ? std::string() : prefix + after, slice_max));
    BatchSlice slice;
    slice.is_last = items.size() < slice_max;
    const auto turned = inside_.store().write([&](store::Writer& writer) -> Result<void> {
      slice.messages = 0;
      for (const auto& item : items)
        if (TRY(turn(writer, item))) ++slice.messages;
      const std::string end = items.empty() ? after : items.back().key.substr(prefix.size());
      return writer.set_item(batch_cursors, cursor_key(), std::string(all_entries_done) + end);
    });
    if (!turned) return turned.error();
    return slice;
  }

  // The message as the batch says, and in its place what it was: the same again is undo. Left
  // alone where it is no more what it was when it was read.
  Result<bool> turn(store::Writer& writer, const store::Item& item) {
    auto planned = TRY(message_of(item.value));
    auto stored = TRY(writer.message(planned.number));
    if (!stored || planned.is_blocked || store::hash_of(stored->report) != planned.stands)
      return false;
    BatchMessage former{.number = stored->number,
                        .state = static_cast<MessageState>(stored->state),
                        .reason = std::move(stored->reason),
                        .mapping = std::move(stored->mapping),
                        .report = std::move(stored->report),
                        .checkpoints = {},
                        .stands = store::hash_of(planned.report)};
    stored->state = static_cast<store::MessageState>(planned.state);
    stored->reason = std::move(planned.reason);
    stored->mapping = std::move(planned.mapping);
    stored->report = std::move(planned.report);
    TRY(writer.update_message(*stored));
    for (const auto& [key, value] : planned.checkpoints) {
      former.checkpoints.emplace_back(key, TRY(writer.item(table::checkpoints, key)).value_or(""));
      TRY(writer.set_item(table::checkpoints, key, value));
    }
    TRY(writer.set_item(batch_messages, item.key, text_of(former)));
    return true;
  }

  BatchSlice counted(const std::vector<BatchEntry>& entries) const {
    BatchSlice slice;
    for (const BatchEntry& entry : entries) {
      const bool done =
          entry.state == (is_undo() ? BatchEntry::State::undone : BatchEntry::State::published);
      const bool refused =
          entry.state == (is_undo() ? BatchEntry::State::kept : BatchEntry::State::refused);
      slice.done += done ? 1 : 0;
      slice.refused += refused ? 1 : 0;
    }
    return slice;
  }

  std::string name_of(const BatchEntry& entry) const {
    return fmt::format("{}/{}", inside_.definitions().name(entry.type), entry.id);
  }

  const BatchOwner& owner_;
  Batch& batch_;
  Session& by_;
  Inside& inside_;
  Direction direction_;
  Principal writer_;  // in whose name: the feed's
};

Result<BatchSlice> Batch::publish_some(Session& by) {
  return BatchWork(*this, by, BatchWork::Direction::publish).run();
}

Result<BatchSlice> Batch::undo_some(Session& by) {
  return BatchWork(*this, by, BatchWork::Direction::undo).run();
}

}  // namespace tasuki::record
