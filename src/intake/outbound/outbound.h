// All destinations: what goes out, where each stands, what a person has to look at.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "intake/outbound/courier.h"
#include "record/door.h"

namespace tasuki::intake {

class Outbound {
 public:
  Outbound(record::Door& door, const std::vector<DestinationSettings>& destinations);
  ~Outbound();

  // A message into the queue; it is on the disk when this returns. Its MSH-10 is the control id
  // that the answer must name.
  Result<void> send(std::string_view destination, std::string bytes, const record::Principal& by);

  // JSON (docs/ops-api.md).
  Result<std::string> list(const record::Principal& by) const;
  struct Page {
    uint64_t after = 0;
    size_t count_max = 50;
  };
  Result<std::string> tray(std::string_view destination, const Page& page,
                           const record::Principal& by) const;
  Result<std::string> done(std::string_view destination, const Page& page,
                           const record::Principal& by) const;
  // Nothing: all of the tray. How many.
  Result<uint64_t> again(std::string_view destination, std::optional<uint64_t> number,
                         const record::Principal& by);

  void look();  // for what feeds have received since: the thread does so by itself

 private:
  Result<Courier*> find(std::string_view destination, const record::Principal& by) const;
  Result<bool> forward(Courier& courier, const std::string& feed);
  void run(const std::stop_token& stop);

  record::Door& door_;
  std::vector<std::unique_ptr<Courier>> couriers_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;  // last
};

}  // namespace tasuki::intake
