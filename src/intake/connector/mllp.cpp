// HL7 v2 over MLLP. The answer leaves after the commit (law 2): the handler returns only then.
#include "net/mllp.h"

#include "formats/hl7v2/acknowledge.h"
#include "formats/hl7v2/batch.h"
#include "intake/acknowledge.h"
#include "intake/connector/connector.h"

namespace tasuki::intake {
namespace {

class MllpFeed final : public Feed {
 public:
  explicit MllpFeed(std::unique_ptr<Receiver> receiver) : receiver_(std::move(receiver)) {}

  Result<void> listen() {
    const FeedSettings& given = receiver_->settings();
    net::MllpSettings settings;
    settings.address = given.address;
    settings.port = given.port;
    settings.certificate_file = given.certificate_file;
    settings.key_file = given.key_file;
    settings.client_ca_file = given.client_ca_file;
    listener_ = TRY(net::MllpListener::start(
        settings, [this](std::string_view frame) { return take_frame(frame); }));
    return {};
  }

  FeedStatus status() const override {
    FeedStatus status = receiver_->status();
    status.port = listener_->port();
    status.connections = listener_->connections();
    return status;
  }

 private:
  // A batch: each message by itself, so that a bad one does not lose the rest, and a batch of
  // answers.
  std::string take_frame(std::string_view frame) {
    if (!hl7v2::is_batch(frame)) return take(frame);
    std::vector<std::string> answers;
    for (const std::string_view message : split_messages(frame))
      answers.push_back(take(message));
    return answers.empty() ? take(frame)
                           : hl7v2::print_answers(frame, answers, hl7v2::hl7_time(now()));
  }

  std::string take(std::string_view message) {
    Receipt receipt = receiver_->receive({.bytes = message}, [&](const Converted& converted) {
      return acknowledge(message, converted, now());
    });
    return receipt.stored ? std::move(receipt.answer)
                          : acknowledge_failure(message, receipt.reason, now());
  }

  std::unique_ptr<Receiver> receiver_;
  std::unique_ptr<net::MllpListener> listener_;  // last: stops before the receiver goes
};

}  // namespace

Result<std::unique_ptr<Feed>> start_mllp(std::unique_ptr<Receiver> receiver) {
  auto feed = std::make_unique<MllpFeed>(std::move(receiver));
  TRY(feed->listen());
  return std::unique_ptr<Feed>(std::move(feed));
}

}  // namespace tasuki::intake
