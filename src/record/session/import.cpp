// Session: import_lines. Threads make lines ready beside one another; the store's one writer takes
// their units of work as they come, so that both cores have work and the index gets long runs.
#include <algorithm>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include <fmt/core.h>

#include "base/utf8.h"
#include "base/uuid.h"
#include "json/parse.h"
#include "record/session/trace.h"
#include "record/session/unit.h"

namespace tasuki::record {

namespace {

// A unit of work: long enough to share its commit and index segment among many, short enough that
// others' writes do not wait long behind it.
constexpr size_t unit_changes_max = 2000;
constexpr size_t unit_bytes_max = size_t{8} << 20U;  // of lines
constexpr size_t threads_max = 16;

// The next line and its end, without the line's own; blank lines count as lines.
std::string_view cut_line(std::string_view& rest) {
  const size_t end = rest.find('\n');
  const auto line = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t") == std::string_view::npos;
}

// The lines of one unit of work, made ready.
struct Load {
  UnitOfWork unit;
  std::vector<uint64_t> lines;  // of each change
  size_t bytes = 0;
  // What the changes point at: they must not move.
  std::deque<Change> changes;
};

class Import {
 public:
  Import(Inside& inside, const Session& session, ImportSource& source,
         const ImportSettings& settings)
      : inside_(inside), session_(session), source_(source), settings_(settings) {}

  Result<ImportCounts> run() {
    std::vector<std::jthread> helpers;
    const size_t threads = std::clamp<size_t>(settings_.threads, 1, threads_max);
    for (size_t i = 1; i < threads; ++i)
      helpers.emplace_back([this] { work(); });
    work();
    helpers.clear();
    if (error_) return *std::move(error_);
    return counts_;
  }

 private:
  void work() {
    try {
      for (auto piece = next(); piece; piece = next()) {
        auto taken = take(*piece);
        if (!taken) stop(std::move(taken).error());
      }
    } catch (const std::exception&) {
      stop({Error::Kind::internal, "The import threw; what was committed stands.", {}});
    }
  }

  std::optional<ImportPiece> next() {
    const std::lock_guard lock(mutex_);
    if (stops_) return std::nullopt;
    auto piece = source_.next();
    if (!piece) error_ = std::move(piece).error();
    if (!piece || !*piece) stops_ = true;
    return piece ? std::move(*piece) : std::nullopt;
  }

  void stop(Error error) {
    const std::lock_guard lock(mutex_);
    if (!error_) error_ = std::move(error);
    stops_ = true;
  }

  Result<void> take(const ImportPiece& piece) {
    Load load;
    std::string_view rest = piece.text;
    for (uint64_t number = piece.line; !rest.empty(); ++number) {
      const auto line = cut_line(rest);
      if (is_blank(line)) continue;
      load.bytes += line.size();
      if (auto made = make_ready(piece, number, line, load); !made) {
        fail({piece.source, number, std::move(made).error()});
      } else {
        load.lines.push_back(number);
      }
      if (load.lines.size() == unit_changes_max || load.bytes >= unit_bytes_max) {
        TRY(write(piece, load));
        load = {};
      }
    }
    return write(piece, load);
  }

  Result<void> make_ready(const ImportPiece& piece, uint64_t number, std::string_view line,
                          Load& load) {
    auto document = TRY(json::parse(line));
    const auto name = document.root.text_of("resourceType");
    const auto type = inside_.definitions().resource_type(name);
    if (!type) {
      return Error{
          Error::Kind::invalid,
          fmt::format("There is no resource type \"{}\" in FHIR R4.", utf8::head(name, 64)),
          "resourceType"};
    }
    if (piece.type != fhir::no_type && *type != piece.type) {
      return Error{Error::Kind::invalid,
                   fmt::format("The line is a {}, the import said {}.", name,
                               inside_.definitions().name(piece.type)),
                   "resourceType"};
    }
    Change change;
    change.type = *type;
    change.id = document.root.text_of("id");
    if (change.id.empty() && !piece.id_space.empty()) {
      change.id = named_uuid(piece.id_space, fmt::format("{}:{}", piece.source, number));
      document.root.set(document.arena, "id", json::Value::string(document.arena, change.id));
    }
    change.action = change.id.empty() ? Change::Action::create : Change::Action::update;
    change.resource = &document.root;
    change.unless_same = true;
    std::vector<fhir::Finding> findings;
    auto prepared = TRY(prepare(inside_, session_.principal(), change, findings));
    if (!settings_.organisation.empty()) prepared.put.owner = settings_.organisation;
    prepared.body = {};  // nobody asks for it back
    change.resource = nullptr;
    load.changes.push_back(std::move(change));
    prepared.change = &load.changes.back();
    load.unit.changes.push_back(std::move(prepared));
    return {};
  }

  Result<void> write(const ImportPiece& piece, Load& load) {
    if (load.lines.empty()) return {};
    load.unit.each_alone = true;
    load.unit.detail = fmt::format("import of {}, lines {} to {}", piece.source, load.lines.front(),
                                   load.lines.back());
    auto reader = inside_.store().read();
    const auto access =
        TRY(inside_.access(*reader, session_.principal(), session_.purpose(), session_.time()));
    reader.reset();
    auto result = TRY(UnitRunner(inside_, session_, access).run(load.unit));
    for (auto& [change, error] : result.refused)
      fail({piece.source, load.lines[change], std::move(error)});
    count(load, result);
    return {};
  }

  void fail(const ImportFailure& failure) {
    const std::lock_guard lock(mutex_);
    ++counts_.failed;
    source_.failed(failure);
  }

  void count(const Load& load, const UnitResult& result) {
    const std::lock_guard lock(mutex_);
    for (const auto& resource : result.resources) {
      if (resource.type == fhir::no_type) continue;  // refused, and counted so
      ++(resource.unchanged ? counts_.unchanged
         : resource.created ? counts_.created
                            : counts_.updated);
    }
    counts_.bytes += load.bytes;
    if (!source_.committed(counts_)) stops_ = true;
  }

  Inside& inside_;
  const Session& session_;
  ImportSource& source_;
  const ImportSettings& settings_;
  std::mutex mutex_;  // of all below, and of the source
  bool stops_ = false;
  std::optional<Error> error_;
  ImportCounts counts_;
};

}  // namespace

Result<ImportCounts> Session::import_lines(ImportSource& source, const ImportSettings& settings) {
  if (!settings.organisation.empty() && settings.organisation != principal_.organisation &&
      principal_.role != Role::system) {
    return Error{Error::Kind::forbidden,
                 fmt::format("The principal belongs to organisation {}, the import to {}.",
                             principal_.organisation, settings.organisation),
                 {}};
  }
  return Import(record::inside(door_), *this, source, settings).run();
}

}  // namespace tasuki::record
