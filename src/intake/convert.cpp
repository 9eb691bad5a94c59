#include "intake/convert.h"

#include <algorithm>

#include <fmt/format.h>

#include "fhir/validate/validate.h"
#include "formats/hl7v2/batch.h"
#include "formats/hl7v2/message.h"
#include "formats/ssmix2/path.h"
#include "intake/as_of.h"
#include "intake/mapping/run.h"
#include "intake/records.h"
#include "intake/withdraw.h"

namespace tasuki::intake {
namespace {

using Severity = formats::Finding::Severity;
using State = Converted::State;

// Looking a segment up walks over its neighbours, so the work grows with the square of this.
constexpr int segments_max = 10'000;

void stop(Converted& out, State state, std::string_view code, std::string reason) {
  if (out.state != State::done) return;
  out.state = state;
  out.reason_code = code;
  out.reason = std::move(reason);
}

void take_findings(const hl7v2::Message& message, Converted& out) {
  for (const formats::Finding& finding : message.findings()) {
    Finding taken;
    static_cast<formats::Finding&>(taken) = finding;
    out.findings.push_back(std::move(taken));
  }
}

// hl7v2-japan.md 11, identity: a file in another patient's folder waits for a person.
void check_path(const ConvertSettings& settings, Converted& out) {
  if (settings.patient.empty() || settings.patient == out.patient) return;
  stop(out, State::held, "identity.path-differs",
       fmt::format("フォルダの患者ID「{}」と PID-3 の患者ID「{}」が違います。/ The folder's "
                   "patient id differs from PID-3.",
                   settings.patient, out.patient));
}

void check_valid(const Mappings& mappings, Converted& out) {
  for (size_t i = 0; i < out.resources.size() && out.state == State::done; ++i) {
    for (const fhir::Finding& finding :
         fhir::validate(mappings.definitions(), out.resources[i].resource)) {
      if (finding.severity != fhir::Finding::Severity::error) continue;
      Finding taken;
      taken.severity = Severity::error;
      taken.code = "fhir." + finding.code;
      taken.location = finding.location;
      taken.message = finding.message_ja + " / " + finding.message;
      out.findings.push_back(taken);
      stop(out, State::held, taken.code, finding.location + ": " + taken.message);
    }
  }
}

// MSH is the envelope: it is read by routing, not by mappings.
Coverage coverage_of(Source& source) {
  Coverage coverage;
  std::vector<std::pair<std::string_view, int>> listed;  // of not_carried, in its order
  for (uint32_t i = 0; i < source.segment_count(); ++i) {
    const hl7v2::Segment& segment = source.segment(i);
    if (segment.name() == "MSH") continue;
    for (int field = 1; field <= segment.field_count(); ++field) {
      const hl7v2::Field sent = segment.field(field);
      if (sent.empty() || sent.is_null()) continue;
      ++coverage.fields;
      const auto mark = source.mark_of(i, field);
      if (mark == Source::Mark::carried) {
        ++coverage.carried;
        continue;
      }
      const auto known = std::ranges::find(listed, std::pair(segment.name(), field));
      if (known != listed.end()) {
        ++coverage.not_carried[static_cast<size_t>(known - listed.begin())].count;
        continue;
      }
      listed.emplace_back(segment.name(), field);
      const auto bytes = source.bytes({.segment = i, .field = static_cast<uint16_t>(field)});
      coverage.not_carried.push_back({.location = source.name_of(i, field),
                                      .count = 1,
                                      .byte_begin = static_cast<uint32_t>(bytes.begin),
                                      .byte_end = static_cast<uint32_t>(bytes.end),
                                      .aside = mark == Source::Mark::aside});
    }
  }
  return coverage;
}

void convert_message(const hl7v2::Message& message, const ConvertSettings& settings,
                     const Mappings& mappings, Converted& out,
                     const RecordPlaces* places = nullptr) {
  const std::string kind = message.type() + "^" + message.event();
  out.control_id = message.control_id();
  out.as_of = as_of(message);
  out.withdrawn = settings.withdrawn;
  out.kind = settings.kind.empty() ? kind : settings.kind;
  if (message.type().empty() && settings.kind.empty()) {
    // Nobody can say later what it was: the sender has to send it again, whole.
    constexpr std::string_view reason =
        "MSH-9 にメッセージの種類がありません。/ MSH-9 does not say what kind of message this is.";
    Finding finding;
    finding.severity = formats::Finding::Severity::error;
    finding.code = "hl7.no-type";
    finding.message = reason;
    finding.location = "MSH-9";
    out.findings.push_back(std::move(finding));
    stop(out, State::refused, "hl7.no-type", std::string(reason));
    return;
  }
  if (message.segment_count() > segments_max) {
    stop(out, State::held, "message.too-long",
         fmt::format("セグメントが多すぎます({}、上限 {})。/ Too many segments: {}, at most {}.",
                     message.segment_count(), segments_max, message.segment_count(), segments_max));
    return;
  }
  Source source(message, places);
  Scope scope{.begin = 0, .end = source.segment_count(), .own_end = source.segment_count()};
  Spot spot;
  if (source.find({.segment = {'P', 'I', 'D'}, .field = 3, .component = 1}, scope, spot))
    out.patient = source.text(spot);
  if (places != nullptr) out.patient = places->patient;
  take_findings(message, out);

  const Program* const program = mappings.find(settings.kind, kind);
  if (program == nullptr) {
    stop(out, State::held, "mapping.none",
         fmt::format(
             "この種別の変換はまだありません({})。/ There is no mapping for this kind yet: {}.",
             out.kind, out.kind));
    return;
  }
  out.mapping = program->name + " " + program->version;
  out.program = program;
  if (out.patient.empty())
    stop(out, State::held, "identity.no-patient",
         places == nullptr ? "PID-3 に患者IDがありません。/ PID-3 has no patient id."
                           : "列 patient に患者IDがありません。/ The column patient is empty.");
  check_path(settings, out);
  run(*program, source, settings, mappings, out);
  if (settings.withdrawn) withdraw(mappings.definitions(), out);
  out.coverage = coverage_of(source);
  if (settings.validate) check_valid(mappings, out);
}

void convert_records(std::string_view bytes, const Program& program,
                     const ConvertSettings& settings, const Mappings& mappings, Converted& out) {
  const auto records = read_records(bytes, program, settings);
  if (!records) {
    Finding finding;
    finding.severity = Severity::error;
    finding.code = "records.unreadable";
    finding.location = records.error().location;
    finding.message = records.error().message;
    out.findings.push_back(std::move(finding));
    stop(out, State::refused, "records.unreadable", records.error().message);
    return;
  }
  const auto message = hl7v2::parse(records->text, Charset::utf_8);
  if (!message) return stop(out, State::refused, "records.unreadable", message.error().message);
  if (records->lacks_claims)
    stop(
        out, State::held, "claims.incomplete",
        "このファイルには、末尾の総件数だけの明細書がありません。送り直してもらってください。/ The "
        "file holds fewer claims than its last record counts: have it sent again.");
  convert_message(*message, settings, mappings, out, &records->places);
}

}  // namespace

Converted convert(std::string_view bytes, const ConvertSettings& settings,
                  const Mappings& mappings) {
  Converted out;
  out.byte_end = bytes.size();
  out.kind = settings.kind;
  if (const Program* const program = mappings.find(settings.kind, {}); is_of_records(program)) {
    convert_records(bytes, *program, settings, mappings, out);
    return out;
  }
  auto message = hl7v2::parse(bytes, settings.charset);
  if (!message) {
    stop(out, State::refused, "hl7.unreadable",
         fmt::format(
             "HL7 v2 のメッセージとして読めません。/ This cannot be read as an HL7 v2 message: {}",
             message.error().message));
    out.patient = settings.patient;
    return out;
  }
  convert_message(*message, settings, mappings, out);
  return out;
}

std::vector<Converted> convert_all(std::string_view bytes, const ConvertSettings& settings,
                                   const Mappings& mappings) {
  std::vector<Converted> all;
  for (const std::string& one : split_records(bytes, settings, mappings))
    all.push_back(convert(one, settings, mappings));
  if (!all.empty()) return all;
  for (const std::string_view one : split_messages(bytes)) {
    all.push_back(convert(one, settings, mappings));
    all.back().byte_begin = static_cast<size_t>(one.data() - bytes.data());
    all.back().byte_end = all.back().byte_begin + one.size();
  }
  if (all.empty()) all.push_back(convert(bytes, settings, mappings));  // says why
  return all;
}

std::vector<std::string_view> split_messages(std::string_view bytes) {
  std::vector<std::string_view> messages;
  const auto add = [&](std::string_view piece) {
    const auto batch = hl7v2::split(piece);
    for (const auto& one : batch ? batch->messages : std::vector<hl7v2::Batch::Piece>())
      messages.push_back(one.bytes);
  };
  const auto records = bytes.contains("#SSMIX,") ? ssmix2::split_transactions(bytes)
                                                 : std::vector<ssmix2::TransactionRecord>();
  if (records.empty()) add(bytes);
  for (const auto& record : records)
    add(record.message);
  return messages;
}

}  // namespace tasuki::intake
