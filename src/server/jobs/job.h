// A request that is answered later: what is kept of it, and what it can say while it runs.
// FHIR R4 async.html
#pragma once

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/http.h"
#include "record/notebook.h"
#include "record/session.h"

namespace tasuki::server::jobs {

// What stays in the notebook under "job/<id>", from acceptance until it is removed.
struct Ticket {
  enum class State : uint8_t { waiting, running, done, failed, cancelled } state = State::waiting;
  std::string id;
  record::Principal principal;
  std::string method, target;
  std::vector<net::Header> headers;
  Instant accepted, ended;
  std::string progress;  // for people, in X-Progress
  std::string plan;      // what an operation laid down when it was accepted; JSON
};
std::string print(const Ticket& ticket);
Result<Ticket> parse_ticket(std::string_view text);

// What an operation that only runs as a job sees of it. Asked twice: first to accept, when it
// checks and lays down its plan; then to run.
class Job {
 public:
  virtual ~Job() = default;
  virtual bool accepting() const = 0;
  virtual const std::string& id() const = 0;
  virtual const std::string& plan() const = 0;
  virtual Result<void> set_plan(std::string plan) = 0;  // lasting
  virtual void progress(std::string text) = 0;
  virtual bool stopped() const = 0;  // cancelled, or the program ends: return soon
  // Texts that can be fetched below the job's URL, by name.
  virtual Result<void> keep(std::string_view name, std::string_view text) = 0;
  virtual Result<std::optional<std::string>> kept(std::string_view name) = 0;
};

}  // namespace tasuki::server::jobs
