// Where messages go out to, and one way each of getting them there.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "record/outbox.h"

namespace tasuki::intake {

struct DestinationSettings {
  enum class Kind : uint8_t { mllp, http, folder };
  std::string id;            // lasting name: "kenshin-center.adt"
  std::string organisation;  // whose clerks look after it
  Kind kind = Kind::mllp;
  std::string address;  // mllp: "host:port"; http: a URL; folder: a path
  bool tls = false;     // mllp
  std::string content_type = "x-application/hl7-v2+er7";  // http
  std::vector<std::string> forwards;  // feeds whose messages go on to it as they came
  unsigned lanes = 4;                 // connections side by side
  unsigned tries_max = 8;             // of a message the other side finds at fault; then the tray
  bool stops_at_fault = false;        // instead of the tray: the lane waits for a person
  std::chrono::milliseconds answer_wait{30'000};
  std::chrono::milliseconds retry_first{1000};  // doubled after each failure
  std::chrono::milliseconds retry_max{600'000};
  std::chrono::hours done_kept{24 * 90};
};

struct Verdict {
  enum class What : uint8_t {
    accepted,
    faulty,       // the other side says so (AE): again, but not for ever
    refused,      // and does not want it again (AR)
    unreachable,  // nobody's message is at fault
  };
  What what = What::unreachable;
  std::string code;     // "AA", "200"
  std::string problem;  // for people
};

// One connection's worth; one thread at a time.
class Sender {
 public:
  static std::unique_ptr<Sender> make(const DestinationSettings& settings);
  virtual ~Sender() = default;
  virtual Verdict send(const record::OutboxMessage& message) = 0;
};

// HL7 v2.5 2.9.2, 2.14.8: AA CA accept, AE CE fault, AR CR refuse, and MSA-2 must be the MSH-10
// that was sent: another's answer says nothing of ours.
Verdict judge_answer(std::string_view answer, std::string_view control_id);

}  // namespace tasuki::intake
