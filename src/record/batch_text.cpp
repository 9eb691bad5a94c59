#include "record/batch_text.h"

#include <charconv>

#include "json/parse.h"
#include "json/print.h"
#include "record/base64.h"
#include "store/pack.h"

namespace tasuki::record {
namespace {

class Line {
 public:
  Line& text(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    begin(name);
    json::print_string(value, out_);
    return *this;
  }
  Line& number(std::string_view name, uint64_t value) {
    if (value == 0) return *this;
    begin(name);
    out_ += std::to_string(value);
    return *this;
  }
  Line& raw(std::string_view name, std::string_view json) {
    if (json.empty()) return *this;
    begin(name);
    out_ += json;
    return *this;
  }
  std::string packed() { return store::pack_bytes(out_.empty() ? "{}" : out_ + "}"); }

 private:
  void begin(std::string_view name) {
    out_ += out_.empty() ? "{\"" : ",\"";
    out_ += name;
    out_ += "\":";
  }
  std::string out_;
};

uint64_t number_in(const json::Value& line, std::string_view name) {
  const json::Value* const value = line.find(name);
  uint64_t number = 0;
  if (value != nullptr) {
    const auto text = value->text();
    std::from_chars(text.data(), text.data() + text.size(), number);
  }
  return number;
}

std::string text_in(const json::Value& line, std::string_view name) {
  return std::string(line.text_of(name));
}

}  // namespace

std::string text_of(const fhir::Definitions& definitions, const BatchEntry& entry) {
  return Line()
      .text("type", definitions.name(entry.type))
      .text("id", entry.id)
      .number("action", static_cast<uint64_t>(entry.action))
      .number("state", static_cast<uint64_t>(entry.state))
      .number("standing", entry.standing)
      .number("published", entry.published)
      .number("message", entry.message)
      .text("asOf", entry.as_of)
      .text("standingAsOf", entry.standing_as_of)
      .text("hash", hex(entry.hash))
      .text("group", entry.group)
      .text("mapping", entry.mapping)
      .text("refusal", entry.refusal)
      .text("note", entry.note)
      .raw("body", entry.body)
      .packed();
}

Result<BatchEntry> entry_of(const fhir::Definitions& definitions, std::string_view text) {
  const std::string plain = TRY(store::unpack_bytes(text));
  const json::Document document = TRY(json::parse(plain));
  const json::Value& line = document.root;
  BatchEntry entry;
  entry.type = definitions.resource_type(line.text_of("type")).value_or(fhir::no_type);
  entry.id = text_in(line, "id");
  entry.action = static_cast<BatchEntry::Action>(number_in(line, "action"));
  entry.state = static_cast<BatchEntry::State>(number_in(line, "state"));
  entry.standing = static_cast<uint32_t>(number_in(line, "standing"));
  entry.published = static_cast<uint32_t>(number_in(line, "published"));
  entry.message = number_in(line, "message");
  entry.as_of = text_in(line, "asOf");
  entry.standing_as_of = text_in(line, "standingAsOf");
  entry.hash = from_hex(line.text_of("hash")).value_or("");
  entry.group = text_in(line, "group");
  entry.mapping = text_in(line, "mapping");
  entry.refusal = text_in(line, "refusal");
  entry.note = text_in(line, "note");
  if (const json::Value* const body = line.find("body")) json::print(*body, entry.body);
  return entry;
}

std::string text_of(const BatchMessage& message) {
  std::string checkpoints;
  for (const auto& [key, value] : message.checkpoints) {
    checkpoints += checkpoints.empty() ? '[' : ',';
    json::print_string(key, checkpoints);
    checkpoints += ',';
    json::print_string(value, checkpoints);
  }
  if (!checkpoints.empty()) checkpoints += ']';
  return Line()
      .number("number", message.number)
      .number("state", static_cast<uint64_t>(message.state))
      .text("reason", message.reason)
      .text("mapping", message.mapping)
      .text("report", message.report)
      .text("stands", hex(message.stands))
      .raw("checkpoints", checkpoints)
      .raw("blocked", message.is_blocked ? "true" : "")
      .packed();
}

Result<BatchMessage> message_of(std::string_view text) {
  const std::string plain = TRY(store::unpack_bytes(text));
  const json::Document document = TRY(json::parse(plain));
  const json::Value& line = document.root;
  BatchMessage message;
  message.number = number_in(line, "number");
  message.state = static_cast<MessageState>(number_in(line, "state"));
  message.reason = text_in(line, "reason");
  message.mapping = text_in(line, "mapping");
  message.report = text_in(line, "report");
  message.stands = from_hex(line.text_of("stands")).value_or("");
  message.is_blocked = line.find("blocked") != nullptr;
  if (const json::Value* const kept = line.find("checkpoints"))
    for (size_t i = 0; i + 1 < kept->items().size(); i += 2)
      message.checkpoints.emplace_back(kept->items()[i].text(), kept->items()[i + 1].text());
  return message;
}

}  // namespace tasuki::record
