#include "server/jobs/jobs.h"

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/log.h"
#include "base/uuid.h"
#include "net/http_write.h"
#include "server/api/outcome.h"
#include "server/jobs/result.h"

namespace tasuki::server::jobs {
namespace {

constexpr std::string_view prefix = "/fhir/_jobs/";
constexpr std::string_view poll_seconds = "1";

using State = Ticket::State;

std::string ticket_key(std::string_view id) {
  return fmt::format("job/{}", id);
}
std::string note_key(std::string_view id, std::string_view name) {
  return fmt::format("job-of/{}/{}", id, name);
}
bool has_ended(State state) {
  return state == State::done || state == State::failed || state == State::cancelled;
}

// One job in memory. Its ticket is touched under the jobs' lock, but for what is atomic.
class Running final : public Job {
 public:
  Running(record::Door& door, Ticket ticket, std::string body, const std::atomic<bool>& stopping)
      : ticket_(std::move(ticket)), body_(std::move(body)), notebook_(door), stopping_(stopping) {}

  bool accepting() const override { return accepting_; }
  const std::string& id() const override { return ticket_.id; }
  const std::string& plan() const override { return ticket_.plan; }
  Result<void> set_plan(std::string plan) override {
    ticket_.plan = std::move(plan);
    if (accepting_) return {};  // kept with the ticket in a moment
    return save();
  }
  void progress(std::string text) override {
    const std::lock_guard lock(mutex_);
    ticket_.progress = std::move(text);
  }
  bool stopped() const override { return cancelled_ || stopping_; }
  Result<void> keep(std::string_view name, std::string_view text) override {
    return notebook_.set(note_key(ticket_.id, name), text);
  }
  Result<std::optional<std::string>> kept(std::string_view name) override {
    return notebook_.find(note_key(ticket_.id, name));
  }

  Ticket ticket() const {
    const std::lock_guard lock(mutex_);
    return ticket_;
  }
  void set_state(State state, Instant ended = {}) {
    const std::lock_guard lock(mutex_);
    ticket_.state = state;
    ticket_.ended = ended;
  }
  Result<void> save() { return notebook_.set(ticket_key(ticket_.id), print(ticket())); }
  net::HttpRequest request() const {
    return {.method = ticket_.method,
            .target = ticket_.target,
            .headers = ticket_.headers,
            .body = body_,
            .peer = {}};
  }
  void accepted() { accepting_ = false; }
  void cancel() { cancelled_ = true; }
  bool cancelled() const { return cancelled_; }

 private:
  mutable std::mutex mutex_;
  Ticket ticket_;
  const std::string body_;
  record::Notebook notebook_;
  const std::atomic<bool>& stopping_;
  std::atomic<bool> accepting_ = true, cancelled_ = false;
};

using Shared = std::shared_ptr<Running>;

class StoredJobs final : public Jobs {
 public:
  StoredJobs(record::Door& door, const JobSettings& settings, Run run, Stream stream)
      : door_(door),
        settings_(settings),
        run_(std::move(run)),
        stream_(std::move(stream)),
        notebook_(door) {
    if (const auto loaded = load(); !loaded) log::error("stored jobs could not be read", {});
    for (unsigned i = 0; i < std::max(1U, settings_.threads); ++i)
      threads_.emplace_back([this] { work(); });
  }
  ~StoredJobs() override {
    stopping_ = true;
    wake_.notify_all();
    for (std::thread& thread : threads_)
      thread.join();
  }

  net::HttpResponse accept(const net::HttpRequest& request, const record::Principal& principal,
                           std::string_view base) override {
    forget_old();
    if (waiting() >= settings_.waiting_max)
      return refused({api::Refusal::too_many, "Too many jobs are waiting; try again later."});
    Ticket ticket;
    ticket.id = random_uuid();
    ticket.principal = principal;
    ticket.method = request.method;
    ticket.target = request.target;
    ticket.headers = kept_headers(request);
    ticket.accepted = now();
    auto job = std::make_shared<Running>(door_, std::move(ticket), request.body, stopping_);
    if (checks_first(request)) {
      net::HttpResponse response = run_(request, principal, job.get());
      if (response.status >= 400) return response;
    }
    job->accepted();
    const auto saved = notebook_.set_all({{ticket_key(job->id()), print(job->ticket())},
                                          {note_key(job->id(), "body"), request.body}});
    if (!saved) return refused(saved.error());
    {
      const std::lock_guard lock(mutex_);
      jobs_[job->id()] = job;
      queue_.push_back(job);
    }
    wake_.notify_one();
    net::HttpResponse response = answer(202);
    response.headers.emplace_back("Content-Location", fmt::format("{}/_jobs/{}", base, job->id()));
    return response;
  }

  net::HttpResponse handle(const net::HttpRequest& request,
                           const std::optional<record::Principal>& principal,
                           std::string_view base) override {
    if (!principal)
      return refused(Error{Error::Kind::unauthenticated, "Sign in first.", "Authorization"});
    std::string_view rest = request.path().substr(prefix.size());
    const size_t slash = rest.find('/');
    const Shared job = find(rest.substr(0, slash));
    // Whose it is not learns not even that it exists.
    if (!job ||
        (job->ticket().principal.id != principal->id && principal->role != record::Role::system))
      return refused(Error{Error::Kind::not_found, "There is no such job.", "url"});
    const bool reads = request.method == "GET" || request.method == "HEAD";
    if (slash != std::string_view::npos)
      return reads ? file(*job, rest.substr(slash + 1), request) : not_allowed("GET");
    if (request.method == "DELETE") return cancel(job);
    return reads ? status(*job, base) : not_allowed("GET, DELETE");
  }

 private:
  // ---- asking

  net::HttpResponse status(const Running& job, std::string_view base) {
    const Ticket ticket = job.ticket();
    if (!has_ended(ticket.state)) {
      net::HttpResponse response = answer(202);
      response.headers.emplace_back("X-Progress",
                                    ticket.progress.empty() ? "accepted" : ticket.progress);
      response.headers.emplace_back("Retry-After", poll_seconds);
      return response;
    }
    auto text = notebook_.find(note_key(ticket.id, "result"));
    if (!text) return refused(text.error());
    if (!*text) return refused(Error{Error::Kind::internal, "The job's answer was lost.", {}});
    net::HttpResponse response = response_of(**text);
    response = checks_first(job.request()) ? manifest(std::move(response))
                                           : batch_response(response, base);
    const auto until = ticket.ended + std::chrono::hours(settings_.hours_kept);
    response.headers.emplace_back(
        "Expires",
        net::http_date(
            std::chrono::duration_cast<std::chrono::seconds>(until.time_since_epoch()).count()));
    return response;
  }

  net::HttpResponse file(Running& job, std::string_view name, const net::HttpRequest& request) {
    if (job.ticket().state != State::done)
      return refused(Error{Error::Kind::not_found, "The job has not ended yet.", "url"});
    net::HttpResponse response = answer(200);
    response.headers.emplace_back("Content-Type", "application/fhir+ndjson");
    auto text = job.kept(fmt::format("file/{}", name));
    if (!text) return refused(text.error());
    if (*text) {
      response.body = **std::move(text);
      return response;
    }
    auto source = stream_(job.ticket(), name);
    if (!source) return refused(source.error());
    response.source = *std::move(source);
    if (request.header("Accept-Encoding").contains("gzip")) {
      response.headers.emplace_back("Content-Encoding", "gzip");
      response.source = net::gzipped(std::move(response.source));
    }
    return response;
  }

  // Bulk Data IG "Bulk Data Delete Request": 202, and whoever asks afterwards is told 404.
  net::HttpResponse cancel(const Shared& job) {
    job->cancel();
    if (const auto removed = forget(job->id()); !removed) return refused(removed.error());
    return answer(202);
  }

  // ---- running

  void work() {
    for (;;) {
      Shared job;
      {
        std::unique_lock lock(mutex_);
        wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        job = std::move(queue_.front());
        queue_.pop_front();
      }
      if (!job->cancelled()) run(*job);
    }
  }

  void run(Running& job) {
    job.set_state(State::running);
    if (!job.save()) return;  // the disk is full: it waits for the next start
    net::HttpResponse response;
    try {
      response = run_(job.request(), job.ticket().principal, &job);
    } catch (const std::exception&) {
      log::error("a job threw", {});
      response = refused(Error{Error::Kind::internal, "The job failed.", {}});
    }
    if (job.cancelled()) {
      if (!forget(job.id())) log::warning("a cancelled job could not be removed", {});
      return;
    }
    // Stopped by the program's end: it stays as it is, for the next start.
    if (stopping_ && response.status >= 500) return;
    if (response.body.size() > settings_.result_bytes_max)
      response = refused(
          Error{Error::Kind::too_costly, "The answer is too large to be kept; ask for less.", {}});
    Ticket ended = job.ticket();
    ended.state = response.status < 400 ? State::done : State::failed;
    ended.ended = now();
    const auto saved = notebook_.set_all(
        {{note_key(job.id(), "result"), text_of(response)}, {ticket_key(job.id()), print(ended)}});
    if (!saved) log::error("a job's answer could not be kept", {});
    job.set_state(ended.state, ended.ended);  // last: who asks now finds the answer
  }

  // ---- keeping

  Result<void> load() {
    std::string after;
    for (;;) {
      const auto notes = TRY(notebook_.all("job/", after));
      if (notes.empty()) return {};
      for (const record::Note& note : notes)
        TRY(take_up(note.value));
      after = notes.back().key;
    }
  }

  // What ran when the program ended: once more where nothing can happen twice.
  Result<void> take_up(std::string_view text) {
    Ticket ticket = TRY(parse_ticket(text));
    const bool was_running = ticket.state == State::running;
    const auto body = TRY(notebook_.find(note_key(ticket.id, "body"))).value_or("");
    auto job = std::make_shared<Running>(door_, std::move(ticket), body, stopping_);
    job->accepted();
    jobs_[job->id()] = job;
    if (has_ended(job->ticket().state)) return {};
    const net::HttpRequest request = job->request();
    if (!was_running || request.method == "GET" || checks_first(request)) {
      queue_.push_back(job);
      return {};
    }
    job->set_state(State::failed, now());
    const auto response = refused(
        Error{Error::Kind::unavailable,
              "The program was restarted while this request ran. Look whether it was done before "
              "sending it again.",
              {}});
    return notebook_.set_all({{note_key(job->id(), "result"), text_of(response)},
                              {ticket_key(job->id()), print(job->ticket())}});
  }

  Result<void> forget(const std::string& id) {
    {
      const std::lock_guard lock(mutex_);
      jobs_.erase(id);
    }
    std::vector<std::string> keys = {ticket_key(id)};
    for (const record::Note& note : TRY(notebook_.all(note_key(id, ""))))
      keys.push_back(note.key);
    return notebook_.remove_all(keys);
  }

  void forget_old() {
    const Instant oldest = now() - std::chrono::hours(settings_.hours_kept);
    std::vector<std::string> old;
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [id, job] : jobs_) {
        const Ticket ticket = job->ticket();
        if (has_ended(ticket.state) && ticket.ended < oldest) old.push_back(id);
      }
    }
    for (const std::string& id : old)
      if (!forget(id)) log::warning("an old job could not be removed", {});
  }

  Shared find(std::string_view id) {
    const std::lock_guard lock(mutex_);
    const auto found = jobs_.find(id);
    return found == jobs_.end() ? nullptr : found->second;
  }
  size_t waiting() {
    const std::lock_guard lock(mutex_);
    return queue_.size();
  }

  record::Door& door_;
  const JobSettings settings_;
  const Run run_;
  const Stream stream_;
  record::Notebook notebook_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Shared, std::less<>> jobs_;
  std::deque<Shared> queue_;
  std::atomic<bool> stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

bool Jobs::wants_job(const net::HttpRequest& request) {
  return request.header("Prefer").contains("respond-async");
}

bool Jobs::serves(std::string_view path) {
  return path.starts_with(prefix);
}

std::unique_ptr<Jobs> Jobs::make(record::Door& door, const JobSettings& settings, Run run,
                                 Stream stream) {
  return std::make_unique<StoredJobs>(door, settings, std::move(run), std::move(stream));
}

}  // namespace tasuki::server::jobs
