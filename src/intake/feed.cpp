#include "intake/feed.h"

#include "intake/connector/connector.h"

namespace tasuki::intake {

Result<std::unique_ptr<Feed>> start_feed(const FeedSettings& settings, record::Door& door,
                                         CurrentMappings mappings) {
  if (settings.connector != Connector::mllp && settings.roots.empty())
    return Error{Error::Kind::invalid,
                 "この feed には roots が要ります。/ A feed that reads folders needs its roots.",
                 settings.id};
  auto receiver = std::make_unique<Receiver>(settings, door, std::move(mappings));
  switch (settings.connector) {
    case Connector::mllp:
      return start_mllp(std::move(receiver));
    case Connector::ssmix2:
      return start_ssmix2(std::move(receiver));
    case Connector::ssmix2_log:
      return start_ssmix2_log(std::move(receiver));
    case Connector::folder:
      return start_folder(std::move(receiver));
  }
  return Error{Error::Kind::internal, "No such connector.", settings.id};
}

}  // namespace tasuki::intake
