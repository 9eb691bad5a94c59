#include "formats/hl7v2/acknowledge.h"

#include <algorithm>

#include <fmt/format.h>

namespace tasuki::hl7v2 {
namespace {

std::string_view code_of(Level level, Verdict verdict) {
  static constexpr std::string_view application[] = {"AA", "AE", "AR"};
  static constexpr std::string_view commit[] = {"CA", "CE", "CR"};
  return (level == Level::commit ? commit : application)[static_cast<size_t>(verdict)];
}

// Table 0357, the reasons we give.
std::string_view words_of(int code) {
  switch (code) {
    case 0:
      return "Message accepted";
    case 100:
      return "Segment sequence error";
    case 101:
      return "Required field missing";
    case 102:
      return "Data type error";
    case 103:
      return "Table value not found";
    case 200:
      return "Unsupported message type";
    case 201:
      return "Unsupported event code";
    case 202:
      return "Unsupported processing id";
    case 203:
      return "Unsupported version id";
    case 204:
      return "Unknown key identifier";
    case 205:
      return "Duplicate key identifier";
    case 206:
      return "Application record locked";
    default:
      return "Application internal error";
  }
}

// "OBX[3]-5" to ERR-2's ERL: OBX^3^5 (2.A.28).
std::string error_location(std::string_view location, char component) {
  const std::string_view name = location.substr(0, 3);
  const size_t bracket = location.find('['), dash = location.find('-');
  const auto digits_from = [&](size_t at) {
    std::string digits;
    while (at < location.size() && location[at] >= '0' && location[at] <= '9')
      digits += location[at++];
    return digits;
  };
  const bool is_place = name.size() == 3 && std::ranges::all_of(name, [](char c) {
                          return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
                        });
  if (!is_place) return {};
  const std::string ordinal = bracket == location.npos ? "1" : digits_from(bracket + 1);
  const std::string field = dash == location.npos ? "" : digits_from(dash + 1);
  return fmt::format("{}{}{}{}{}", name, component, ordinal,
                     field.empty() ? std::string{} : std::string(1, component), field);
}

class Writer {
 public:
  explicit Writer(const Delimiters& delimiters) : delimiters_(delimiters) {}

  void segment(std::string_view name, const std::vector<std::string>& fields) {
    out_ += name;
    size_t last = fields.size();
    while (last > 0 && fields[last - 1].empty())
      --last;
    for (size_t i = 0; i < last; ++i) {
      out_ += delimiters_.field;
      out_ += fields[i];
    }
    out_ += '\r';
  }
  std::string out_;

 private:
  const Delimiters& delimiters_;
};

std::string encoding_characters(const Delimiters& mine) {
  return std::string{mine.component, mine.repetition, mine.escape, mine.subcomponent};
}

// Our sentences are Japanese / English; some charsets can only carry the second half.
std::string_view english_of(std::string_view sentence) {
  const size_t slash = sentence.rfind("/ ");
  return sentence.substr(slash == sentence.npos ? 0 : slash + 2);
}

bool condition_holds(std::string_view condition, Verdict verdict) {
  if (condition == "AL") return true;
  if (condition == "ER") return verdict != Verdict::accepted;
  if (condition == "SU") return verdict == Verdict::accepted;
  return false;  // NE, and what table 0155 does not have
}

}  // namespace

bool is_enhanced(const Message& message) {
  const auto msh = message.segment(1);
  return !msh.field(15).empty() || !msh.field(16).empty();
}

bool wants_answer(const Message& message, Level level, Verdict verdict) {
  if (!is_enhanced(message)) return level == Level::original;
  if (level == Level::original) return false;
  const auto condition = message.segment(1).field(level == Level::commit ? 15 : 16);
  return condition_holds(condition.written(), verdict);
}

// "20261123101500+0900" (HL7 v2.5 2.A.77 TS).
std::string hl7_time(Instant time) {
  std::string digits;
  for (const char c : format_instant(time).substr(0, 19))
    if (c >= '0' && c <= '9') digits += c;
  return digits + "+0900";
}

std::string acknowledge(const Message& message, const Answer& answer) {
  const auto msh = message.segment(1);
  const auto& mine = message.delimiters();
  const auto copied = [&](int number) { return std::string(msh.field(number).written()); };
  const std::string event = message.event();
  const std::string c(1, mine.component);
  Writer writer(mine);
  writer.segment(
      "MSH",
      {encoding_characters(mine), copied(5), copied(6), copied(3), copied(4), hl7_time(answer.time),
       "", event.empty() ? std::string("ACK") : "ACK" + c + escaped(event, mine) + c + "ACK",
       answer.control_id, copied(11), copied(12), "", "", "", "", "", copied(18), "", copied(20)});
  const auto words = [&](const Fault& fault) {
    const bool is_western = message.charset() == Charset::iso_8859_1;
    return escaped(is_western ? english_of(fault.text) : std::string_view(fault.text), mine);
  };
  const std::string first_text = answer.faults.empty() ? "" : words(answer.faults.front());
  writer.segment("MSA",
                 {std::string(code_of(answer.level, answer.verdict)), copied(10), first_text});
  for (const auto& fault : answer.faults)
    writer.segment(
        "ERR", {"", error_location(fault.location, mine.component),
                fmt::format("{}{}{}{}HL70357", fault.code, c, words_of(fault.code), c),
                fault.is_warning ? "W" : "E", "", "", escaped(fault.location, mine), words(fault)});
  return encode(writer.out_, message.charset(), {.vendor_characters = true}).bytes;
}

std::string reject_unreadable(std::string_view bytes, const Error& reason,
                              const std::string& control_id, Instant time) {
  const Delimiters usual;
  // The header's own fields, as far as they are plain ASCII: the sender looks for its control id in
  // MSA-2.
  std::vector<std::string> header;
  const size_t begin = bytes.find("MSH");
  if (begin != bytes.npos && begin + 8 < bytes.size()) {
    const char separator = bytes[begin + 3];
    const auto line = bytes.substr(
        begin + 4, std::min(bytes.find_first_of("\r\n", begin), bytes.size()) - begin - 4);
    for (size_t at = 0; at <= line.size() && header.size() < 20;) {
      const size_t end = std::min(line.find(separator, at), line.size());
      const auto field = line.substr(at, std::min<size_t>(end - at, 200));
      const bool is_plain =
          std::ranges::all_of(field, [](char c) { return c >= 0x20 && c < 0x7F && c != '|'; });
      header.emplace_back(is_plain ? field : "");
      at = end + 1;
    }
  }
  header.resize(20);
  Writer writer(usual);
  writer.segment("MSH", {encoding_characters(usual), header[3], header[4], header[1], header[2],
                         hl7_time(time), "", "ACK", control_id, header[9].empty() ? "P" : header[9],
                         header[10].empty() ? "2.5" : header[10]});
  std::string english(english_of(reason.message));
  std::erase_if(english, [](char c) { return c < 0x20 || c >= 0x7F; });
  writer.segment("MSA", {"AR", header[8], escaped(english)});
  writer.segment(
      "ERR", {"", error_location(reason.location, '^'), "207^Application internal error^HL70357",
              "E", "", "", escaped(reason.location), escaped(english)});
  return std::move(writer.out_);
}

}  // namespace tasuki::hl7v2
