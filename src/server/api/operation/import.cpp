// $import: NDJSON by the million, from the body, from files or from servers that the settings name.
// HL7 bulk import proposal (manifest of inputs), FHIR R4 async.html
//
// Runs only as a job. Each line stands for itself: what is refused is told in errors.ndjson with
// its source and line, the others stand and are searchable when the job says done. After a restart
// it goes on where it stopped (import_place.h): lines that stand already are unchanged, also those
// without an id, which are named after job, source and line.
#include <filesystem>
#include <fstream>

#include "base/log.h"
#include "base/utf8.h"
#include "json/print.h"
#include "net/http_client.h"
#include "server/api/operation/import_place.h"
#include "server/api/operation/operation.h"
#include "server/api/operation/pages.h"

namespace tasuki::server::api {
namespace {

constexpr size_t piece_bytes = size_t{1} << 20U;
constexpr size_t line_bytes_max = size_t{32} << 20U;
constexpr auto place_kept_every =
    std::chrono::milliseconds(50);  // so much is done again after a kill
constexpr std::string_view place_name = "place";
constexpr size_t inputs_max = 1000;

struct ImportInput {
  std::string url;  // empty: the request's own body
  fhir::TypeId type = fhir::no_type;
};

// Bytes of one input, a block at a time; empty at the end.
class Blocks {
 public:
  virtual ~Blocks() = default;
  virtual Result<std::string> next() = 0;
};

class FileBlocks final : public Blocks {
 public:
  explicit FileBlocks(const std::string& path) : stream_(path, std::ios::binary) {}
  bool opened() const { return stream_.is_open(); }
  Result<std::string> next() override {
    std::string block(piece_bytes, '\0');
    stream_.read(block.data(), static_cast<std::streamsize>(block.size()));
    block.resize(static_cast<size_t>(stream_.gcount()));
    return block;
  }

 private:
  std::ifstream stream_;
};

class TextBlocks final : public Blocks {
 public:
  explicit TextBlocks(std::string_view text) : text_(text) {}
  Result<std::string> next() override {
    std::string block(text_.substr(0, piece_bytes));
    text_.remove_prefix(block.size());
    return block;
  }

 private:
  std::string_view text_;
};

class WebBlocks final : public Blocks {
 public:
  explicit WebBlocks(std::unique_ptr<net::HttpDownload> download)
      : download_(std::move(download)) {}
  Result<std::string> next() override { return download_->next(); }

 private:
  std::unique_ptr<net::HttpDownload> download_;
};

// A path below one of the allowed folders, with every link on the way resolved.
bool is_below(const std::filesystem::path& path, const std::vector<std::string>& folders) {
  return std::ranges::any_of(folders, [&](const std::string& folder) {
    std::error_code failure;
    const auto allowed = std::filesystem::canonical(folder, failure);
    if (failure) return false;
    const auto [end, ignored] =
        std::mismatch(allowed.begin(), allowed.end(), path.begin(), path.end());
    return end == allowed.end();
  });
}

Error not_allowed(std::string_view url) {
  return {Error::Kind::forbidden,
          fmt::format("\"{}\" may not be read: settings [import] folders and urls say what may.",
                      utf8::head(url, 200)),
          "input.url"};
}

Result<std::unique_ptr<Blocks>> open_input(const Call& call, const ImportInput& input) {
  if (input.url.empty()) return std::unique_ptr<Blocks>(std::make_unique<TextBlocks>(call.content));
  if (input.url.starts_with("file://")) {
    std::error_code failure;
    const auto path = std::filesystem::canonical(input.url.substr(7), failure);
    if (failure || !is_below(path, call.settings.import_folders)) return not_allowed(input.url);
    auto file = std::make_unique<FileBlocks>(path.string());
    if (!file->opened()) return not_allowed(input.url);
    return std::unique_ptr<Blocks>(std::move(file));
  }
  const bool allowed = std::ranges::any_of(call.settings.import_urls, [&](const std::string& url) {
    return url.ends_with('/') && input.url.starts_with(url);
  });
  if (!allowed) return not_allowed(input.url);
  auto download = TRY(net::HttpDownload::open(input.url, {{"Accept", "application/fhir+ndjson"}}));
  return std::unique_ptr<Blocks>(std::make_unique<WebBlocks>(std::move(download)));
}

// Cuts inputs into pieces of whole lines, tells progress, gathers what is refused.
class Source final : public record::ImportSource {
 public:
  Source(Call& call, std::vector<ImportInput> inputs, ImportProgress progress)
      : call_(call),
        inputs_(std::move(inputs)),
        progress_(std::move(progress)),
        place_(progress_.place()),
        before_(progress_.counts()) {}

  Result<std::optional<record::ImportPiece>> next() override {
    auto piece = TRY(read());
    progress_.begin(piece ? std::optional(place_) : std::nullopt);
    return piece;
  }

  void failed(const record::ImportFailure& failure) override {
    Error error = failure.error;
    error.message = fmt::format("{} line {}: {}", failure.source, failure.line, error.message);
    progress_.failed(outcome_text(Problem(std::move(error))));
  }

  bool committed(const record::ImportCounts& so_far) override {
    progress_.counted(so_far);
    call_.job->progress(fmt::format("{} resources, {} refused", stands(before_) + stands(so_far),
                                    before_.failed + so_far.failed));
    keep_place();
    return !call_.job->stopped();
  }

  // Of all of it: once import_lines has returned.
  const ImportProgress& finished() {
    progress_.finish();
    return progress_;
  }

 private:
  static uint64_t stands(const record::ImportCounts& counts) {
    return counts.created + counts.updated + counts.unchanged;
  }

  // Not at each commit: it costs one itself. What lies between is read again.
  void keep_place() {
    const auto time = std::chrono::steady_clock::now();
    if (time - kept_ < place_kept_every) return;
    kept_ = time;
    if (!call_.job->keep(place_name, progress_.print()))
      log::warning("an import's place could not be kept", {});
  }

  Result<std::optional<record::ImportPiece>> read() {
    for (;;) {
      if (!blocks_ && !TRY(open_next())) return std::optional<record::ImportPiece>();
      auto block = TRY(blocks_->next());
      const bool ended = block.empty();
      rest_ += block;
      const size_t cut = ended ? rest_.size() : rest_.rfind('\n') + 1;
      if (cut == 0 && rest_.size() > line_bytes_max)
        return Error{Error::Kind::too_costly,
                     fmt::format("{}: line {} is longer than {} bytes.", name(), place_.line,
                                 line_bytes_max),
                     {}};
      auto piece = cut == 0 ? std::optional<record::ImportPiece>() : piece_of(cut);
      if (ended) {
        blocks_.reset();
        place_ = {.input = place_.input + 1};
      }
      if (piece) return piece;
    }
  }

  // False: there is no further input. The first one may have been read in part, in an earlier life.
  Result<bool> open_next() {
    if (place_.input >= inputs_.size()) return false;
    blocks_ = TRY(open_input(call_, inputs_[place_.input]));
    for (uint64_t skipped = 0; skipped < place_.bytes;) {
      const std::string block = TRY(blocks_->next());
      if (block.empty())
        return Error{Error::Kind::conflict,
                     fmt::format("{} has become shorter since the import began.", name()),
                     {}};
      skipped += block.size();
      if (skipped > place_.bytes) rest_ = block.substr(block.size() - (skipped - place_.bytes));
    }
    return true;
  }

  std::string name() const {
    const std::string& url = inputs_[place_.input].url;
    return url.empty() ? "body" : url;
  }

  record::ImportPiece piece_of(size_t cut) {
    record::ImportPiece piece;
    piece.text = rest_.substr(0, cut);
    piece.source = name();
    piece.line = place_.line;
    piece.type = inputs_[place_.input].type;
    piece.id_space = call_.job->id();
    place_.line += static_cast<uint64_t>(std::ranges::count(piece.text, '\n'));
    place_.bytes += cut;
    rest_.erase(0, cut);
    return piece;
  }

  Call& call_;
  const std::vector<ImportInput> inputs_;
  ImportProgress progress_;
  ImportPlace place_;                  // behind the last piece given
  const record::ImportCounts before_;  // counted in earlier lives
  std::unique_ptr<Blocks> blocks_;
  std::string rest_;
  std::chrono::steady_clock::time_point kept_ = std::chrono::steady_clock::now();
};

Result<ImportInput> input_of(const fhir::Definitions& definitions, std::string_view type,
                             std::string_view url) {
  ImportInput input{.url = std::string(url)};
  if (url.empty()) return Error{Error::Kind::invalid, "Each input needs a url.", "input.url"};
  if (!type.empty()) input.type = TRY(types_of(definitions, {std::string(type)})).front();
  return input;
}

// From the body itself, from a manifest in JSON, or from the same as Parameters.
Result<std::vector<ImportInput>> inputs_of(const Call& call, const Input& input) {
  std::vector<ImportInput> inputs;
  if (call.media == "application/fhir+ndjson") {
    inputs.emplace_back();
    return inputs;
  }
  if (const Given* manifest = input.find("manifest")) {
    if (const json::Value* list = manifest->resource->find("input"))
      for (const json::Value& each : list->items())
        inputs.push_back(
            TRY(input_of(call.definitions, each.text_of("type"), each.text_of("url"))));
  }
  for (const Given& given : input.all()) {
    if (given.name != "input" || given.parts == nullptr) continue;
    std::string_view type, url;
    for (const json::Value& part : given.parts->items())
      for (const json::Member& member : part.members())
        if (member.name.starts_with("value"))
          (part.text_of("name") == "type" ? type : url) = member.value.text();
    inputs.push_back(TRY(input_of(call.definitions, type, url)));
  }
  if (inputs.empty() || inputs.size() > inputs_max)
    return Error{Error::Kind::invalid,
                 fmt::format("$import takes 1 to {} inputs with type and url, or NDJSON itself as "
                             "application/fhir+ndjson.",
                             inputs_max),
                 "input"};
  return inputs;
}

Reply accept(Call& call, const std::vector<ImportInput>& inputs) {
  for (const ImportInput& input : inputs)
    if (!input.url.starts_with("http")) TRY(open_input(call, input));  // refused at once
  return Answer{.done = Answer::Done::ok};
}

}  // namespace

Reply import_all(Call& call, const Input& input) {
  if (call.job == nullptr)
    return Error{Error::Kind::invalid, "$import runs only with \"Prefer: respond-async\".",
                 "Prefer"};
  const auto format = input.text("inputFormat");
  if (format && !format->contains("ndjson"))
    return Error{Error::Kind::unsupported, "inputFormat must be application/fhir+ndjson.",
                 "inputFormat"};
  auto inputs = TRY(inputs_of(call, input));
  if (call.job->accepting()) return accept(call, inputs);
  const auto place = TRY(call.job->kept(place_name));
  Source source(call, std::move(inputs), TRY(ImportProgress::parse(place.value_or(""))));
  TRY(call.session.import_lines(source));
  if (call.job->stopped()) return Error{Error::Kind::unavailable, "The import was stopped.", {}};
  const ImportProgress& progress = source.finished();
  const record::ImportCounts& counts = progress.counts();
  std::string out = fmt::format(
      R"({{"transactionTime":"{}","created":{},"updated":{},"unchanged":{},"failed":{},"output":[],"error":[)",
      format_instant(now()), counts.created, counts.updated, counts.unchanged, counts.failed);
  if (counts.failed > 0) {
    TRY(call.job->keep("file/errors.ndjson", progress.errors()));
    out +=
        fmt::format(R"({{"type":"OperationOutcome","url":"{}/_jobs/{}/errors.ndjson","count":{}}})",
                    call.base, call.job->id(), std::ranges::count(progress.errors(), '\n'));
  }
  return Answer{.done = Answer::Done::ok, .body = out + "]}"};
}

}  // namespace tasuki::server::api
