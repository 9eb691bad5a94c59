// May a feed in the shadow go live? Measured on what it sent, against limits agreed beforehand.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "json/value.h"
#include "record/session.h"

namespace tasuki::intake {

struct GateLimits {
  uint64_t messages_min = 100;     // fewer say nothing
  double done_min = 0.99;          // share of messages that became resources
  double carried_min = 0.95;       // share of fields carried or kept aside on purpose
  double coded_min = 0.99;         // share of messages all of whose codes are in the tables
  double task_max = 0.01;          // share of messages that a person would have to look at
  uint64_t unknown_kinds_max = 0;  // messages of kinds without a mapping
};

struct GateMeasures {
  uint64_t messages = 0, done = 0, with_task = 0, unknown_kind = 0, with_unknown_code = 0;
  uint64_t fields = 0, carried = 0;
  std::map<std::string, uint64_t> kinds, reasons, findings, not_carried;
};

void add(const record::StoredMessage& message, GateMeasures& measures);
// Of what waits in the shadow; page by page.
Result<GateMeasures> measure(record::Session& session, const std::string& feed);

// Why not, one sentence each in Japanese and English; empty: it may.
std::vector<std::string> objections(const GateMeasures& measures, const GateLimits& limits);

json::Value json_of(const GateLimits& limits, json::Arena& arena);
Result<GateLimits> limits_of(const json::Value& given);  // refuses what it does not know
json::Value json_of(const GateMeasures& measures, json::Arena& arena);

}  // namespace tasuki::intake
