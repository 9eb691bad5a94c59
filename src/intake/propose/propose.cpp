#include "intake/propose/propose.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/charset.h"
#include "formats/hl7v2/message.h"
#include "formats/ssmix2/path.h"
#include "intake/trial/coverage.h"

namespace tasuki::intake::propose {
namespace {

constexpr size_t shown_max = 30;

std::string list_of(const std::map<std::string, size_t>& counts) {
  std::vector<std::pair<std::string, size_t>> sorted(counts.begin(), counts.end());
  std::ranges::stable_sort(sorted,
                           [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (size_t i = 0; i < std::min(sorted.size(), shown_max); ++i)
    text += fmt::format("{}{} × {}", i == 0 ? "" : ", ", sorted[i].first, sorted[i].second);
  return text;
}

class Hl7Proposal {
 public:
  explicit Hl7Proposal(const Mappings& mappings) : mappings_(mappings) {}

  void take(const Sample& sample) {
    ConvertSettings settings;
    settings.facility = "1300000000";
    settings.facility_name = "見本";
    if (const auto name = ssmix2::parse_file_name(sample.name.substr(sample.name.rfind('/') + 1))) {
      settings.kind = name->key.kind;
      ++files_in_a_tree_;
    }
    for (const std::string_view message : split_messages(sample.bytes))
      take_message(message, settings);
  }

  Proposal finish() {
    Proposal made;
    const bool is_tree = files_in_a_tree_ > 0;
    made.format = is_tree ? "ssmix2" : "hl7v2";
    // One charset that is always declared needs no line; else the feed says it.
    const std::string charset =
        charsets_.size() == 1 && undeclared_ > 0 ? charsets_.begin()->first : "";
    made.settings = settings_of(is_tree ? "ssmix2" : "mllp", charset, facility_,
                                is_tree ? "roots = [\"/srv/ss-mix2\"]\n" : "port = 2575\n");
    facts(made);
    mapping(made);
    return made;
  }

 private:
  void take_message(std::string_view bytes, const ConvertSettings& settings) {
    const auto parsed = hl7v2::parse(bytes);
    const Converted converted = convert(bytes, settings, mappings_);
    coverage_.add({}, converted);
    if (!parsed) return;
    ++charsets_[std::string(name_of(parsed->charset()))];
    ++versions_[parsed->version()];
    undeclared_ += parsed->first("MSH").field(18).empty() ? 1u : 0u;
    if (facility_.empty()) facility_ = parsed->first("MSH").field(4).component(1).text();
    for (int i = 1; i <= parsed->segment_count(); ++i) {
      const hl7v2::Segment segment = parsed->segment(i);
      if (segment.name().starts_with('Z') && segment.name().size() == 3) {
        int& fields = own_[std::string(segment.name())];
        fields = std::max(fields, segment.field_count());
      }
    }
    if (converted.reason_code == "mapping.none") ++without_[converted.kind];
    for (const Finding& finding : converted.findings)
      if (!finding.table.empty()) ++codes_[finding.table + ": " + finding.value];
  }

  void facts(Proposal& made) const {
    std::map<std::string, size_t> kinds, not_carried;
    for (const auto& [name, kind] : coverage_.kinds()) {
      kinds[name] = kind.messages;
      for (const auto& [field, count] : kind.not_carried)
        not_carried[field] += count;
    }
    tell_coverage(coverage_.total(), made);
    made.facts.push_back("種別 / kinds: " + list_of(kinds));
    made.facts.push_back("版 / versions: " + list_of(versions_));
    made.facts.push_back(fmt::format("文字コード / charsets: {}(MSH-18 なし / undeclared {})",
                                     list_of(charsets_), undeclared_));
    if (!not_carried.empty())
      made.facts.push_back("未変換の項目 / not carried: " + list_of(not_carried));
    if (!codes_.empty())
      made.facts.push_back("表にないコード / codes in no table (tasuki: GET /ops/api/codes): " +
                           list_of(codes_));
    if (!without_.empty())
      made.facts.push_back("変換規則のない種別 / no mapping for: " + list_of(without_));
  }

  void mapping(Proposal& made) const {
    if (own_.empty() && without_.empty()) return;
    made.mapping = "mapping this-sender 1\n";
    for (const auto& [kind, count] : without_)
      made.mapping += "from hl7v2 " + kind + "\n";
    made.mapping += "use foundation\n";
    for (const auto& [name, fields] : own_)
      made.mapping += fmt::format("segment {} {}\n", name, std::max(1, fields));
    made.mapping += "\ndo patient-sketch\ndo visit-in-passing\n";
    for (const auto& [name, fields] : own_) {
      made.mapping += "aside ";
      for (int i = 1; i <= fields; ++i)
        made.mapping += fmt::format("{}{}-{}", i == 1 ? "" : ", ", name, i);
      made.mapping += " \"この送り手だけの項目。意味が分かったら行にする / say what it means\"\n";
    }
  }

  const Mappings& mappings_;
  trial::CoverageTally coverage_;
  std::map<std::string, size_t> charsets_, versions_, without_, codes_;
  std::map<std::string, int> own_;
  size_t files_in_a_tree_ = 0, undeclared_ = 0;
  std::string facility_;
};

Proposal of_tree(std::string_view format) {
  Proposal made;
  made.format = format;
  made.settings = settings_of("folder", {}, {}, "kind = \"samples\"\nroots = [\"/srv/samples\"]\n");
  made.mapping = fmt::format(
      "mapping samples 1\nfrom {} samples\nrows \"{}\"\ncolumn patient \"{}\"\nuse foundation\n",
      format, format == "json" ? "results" : "report/result",
      format == "json" ? "patient.id" : "patient/@id");
  made.facts.push_back(
      "レコードの場所と列の名前を書いてください。/ Say where the records are and what their "
      "columns are "
      "called: docs/mapping-language.md");
  return made;
}

}  // namespace

std::string settings_of(std::string_view connector, std::string_view charset,
                        std::string_view facility, std::string_view more) {
  return fmt::format(
      "[[feed]]\nid = \"病院.連携の名\"            # 後から変えられません / lasting\norganisation "
      "= \"{}\"  # "
      "医療機関コード10桁 / the 10-digit institution number\nname = \"病院の名前\"\nconnector = "
      "\"{}\"\nstate = \"shadow\"             # 確かめるまで公開しない / nothing is published "
      "until it is trusted\n{}{}",
      facility.size() == 10 ? facility : std::string_view("1300000000"), connector,
      charset.empty() ? std::string() : fmt::format("charset = \"{}\"\n", charset), more);
}

void tell_coverage(const trial::CoverageTally::Kind& total, Proposal& made) {
  made.facts.push_back(
      fmt::format("電文 {0} 通(変換 {1}、保留 {2}、拒否 {3})/ {0} messages: {1} done, {2} held, "
                  "{3} refused",
                  total.messages, total.done, total.held, total.refused));
  made.facts.push_back(
      fmt::format("項目 {0}: 変換 {1}、電文に保存 {2}、未変換 {3} / of {0} fields {1} mapped, {2} "
                  "kept aside, {3} not carried",
                  total.fields, total.carried, total.aside, total.listed));
}

Result<Proposal> propose(const std::vector<Sample>& samples, const Mappings& mappings) {
  if (auto known = propose_known(samples, mappings)) return *std::move(known);
  Hl7Proposal hl7(mappings);
  bool is_hl7 = false;
  for (const Sample& sample : samples) {
    if (split_messages(sample.bytes).empty()) continue;
    is_hl7 = true;
    hl7.take(sample);
  }
  if (is_hl7) return hl7.finish();
  for (const Sample& sample : samples) {
    const size_t first = sample.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string::npos) continue;
    if (sample.bytes[first] == '{' || sample.bytes[first] == '[') return of_tree("json");
    if (sample.bytes[first] == '<') return of_tree("xml");
    if (sample.bytes.find_first_of(",\t;") < sample.bytes.find('\n'))
      return propose_delimited(sample);
  }
  return Error{Error::Kind::not_found,
               "知っている形式の標本がありません。/ No sample is of a known format: HL7 v2, "
               "SS-MIX2, claims (UKE), DICOM, delimited text, JSON or XML.",
               {}};
}

}  // namespace tasuki::intake::propose
