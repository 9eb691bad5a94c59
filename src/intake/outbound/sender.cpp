#include <fstream>

#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

#include "formats/hl7v2/message.h"
#include "intake/outbound/destination.h"
#include "net/http_client.h"
#include "net/mllp_client.h"

namespace tasuki::intake {
namespace {

namespace fs = std::filesystem;
using What = Verdict::What;

class MllpSender final : public Sender {
 public:
  explicit MllpSender(const DestinationSettings& settings) {
    const size_t colon = settings.address.rfind(':');
    peer_.host = settings.address.substr(0, colon);
    peer_.port = colon == std::string::npos ? "2575" : settings.address.substr(colon + 1);
    peer_.tls = settings.tls;
    peer_.wait = settings.answer_wait;
  }

  Verdict send(const record::OutboxMessage& message) override {
    if (message.control_id.empty())
      return {What::refused, {}, "MSH-10 is empty: its answer could not be told from another's."};
    if (!client_) {
      auto dialled = net::MllpClient::dial(peer_);
      if (!dialled) return {What::unreachable, {}, dialled.error().message};
      client_ = *std::move(dialled);
    }
    const auto answer = client_->exchange(message.bytes);
    Verdict verdict = answer ? judge_answer(*answer, message.control_id)
                             : Verdict{What::unreachable, {}, answer.error().message};
    // Whose answer comes next on this line is not known any more.
    if (verdict.what == What::unreachable) client_.reset();
    return verdict;
  }

 private:
  net::MllpPeer peer_;
  std::unique_ptr<net::MllpClient> client_;
};

class HttpSender final : public Sender {
 public:
  explicit HttpSender(const DestinationSettings& settings) : settings_(settings) {}

  Verdict send(const record::OutboxMessage& message) override {
    const auto answer = net::send_http(
        "POST", settings_.address,
        {{"Content-Type", settings_.content_type},
         {"Idempotency-Key", fmt::format("{}-{}", message.destination, message.number)}},
        message.bytes);
    if (!answer) return {What::unreachable, {}, answer.error().message};
    const std::string code = std::to_string(answer->status);
    if (answer->status >= 200 && answer->status < 300) return {What::accepted, code, {}};
    const std::string problem = fmt::format("HTTP {}.", answer->status);
    // RFC 9110 15.5.9, RFC 6585 4, RFC 9110 15.6: come again later.
    if (answer->status == 408 || answer->status == 429 || answer->status >= 500)
      return {What::unreachable, code, problem};
    return {What::refused, code, problem};
  }

 private:
  const DestinationSettings settings_;
};

// A file appears whole or not at all, and the same message is the same file.
class FolderSender final : public Sender {
 public:
  explicit FolderSender(const DestinationSettings& settings) : folder_(settings.address) {}

  Verdict send(const record::OutboxMessage& message) override {
    const std::string name = fmt::format("{:016}.hl7", message.number);
    const fs::path part = folder_ / ("." + name + ".part"), whole = folder_ / name;
    const int file = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (file < 0) return {What::unreachable, {}, "The folder cannot be written."};
    std::string_view left = message.bytes;
    while (!left.empty()) {
      const ssize_t written = ::write(file, left.data(), left.size());
      if (written <= 0) break;
      left.remove_prefix(static_cast<size_t>(written));
    }
    const bool is_whole = left.empty() && ::fsync(file) == 0;
    ::close(file);
    std::error_code failure;
    if (is_whole) fs::rename(part, whole, failure);
    if (!is_whole || failure) return {What::unreachable, {}, "The file could not be written."};
    sync_folder();
    return {What::accepted, "written", {}};
  }

 private:
  void sync_folder() const {
    const int folder = ::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    ::fsync(folder);
    ::close(folder);
  }
  const fs::path folder_;
};

}  // namespace

Verdict judge_answer(std::string_view answer, std::string_view control_id) {
  const auto message = hl7v2::parse(answer);
  if (!message) return {What::unreachable, {}, "The answer is not HL7 v2."};
  const auto msa = message->first("MSA");
  if (!msa) return {What::unreachable, {}, "The answer has no MSA segment."};
  const std::string code = msa.field(1).text(), about = msa.field(2).text();
  if (about != control_id)
    return {What::unreachable, code,
            fmt::format("MSA-2 of the answer is {}, sent was {}.", about, control_id)};
  if (code == "AA" || code == "CA") return {What::accepted, code, {}};
  std::string problem = msa.field(3).text();
  if (const auto err = message->first("ERR")) {
    for (const int field : {8, 7, 1}) {
      if (!problem.empty()) break;
      problem = err.field(field).text();
    }
  }
  if (code == "AE" || code == "CE") return {What::faulty, code, problem};
  if (code == "AR" || code == "CR") return {What::refused, code, problem};
  return {What::unreachable, code, fmt::format("MSA-1 of the answer is {}.", code)};
}

std::unique_ptr<Sender> Sender::make(const DestinationSettings& settings) {
  switch (settings.kind) {
    case DestinationSettings::Kind::mllp:
      return std::make_unique<MllpSender>(settings);
    case DestinationSettings::Kind::http:
      return std::make_unique<HttpSender>(settings);
    case DestinationSettings::Kind::folder:
      return std::make_unique<FolderSender>(settings);
  }
  return nullptr;
}

}  // namespace tasuki::intake
