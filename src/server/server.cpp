#include "server/server.h"

#include <fmt/core.h>

#include "record/accounts.h"
#include "server/api/operation/export.h"
#include "server/api/rest.h"
#include "server/faces/answer.h"
#include "server/faces/care.h"
#include "server/faces/console.h"
#include "server/faces/pages.h"
#include "server/faces/workbench.h"
#include "server/jobs/jobs.h"
#include "server/purpose.h"
#include "server/signin/signin.h"
#include "server/subscription/engine.h"

namespace tasuki::server {
namespace {

bool is_rest(std::string_view path) {
  return path == "/fhir" || path.starts_with("/fhir/");
}
bool is_care(std::string_view path) {
  return path.starts_with(faces::care_prefix);
}
bool is_console(std::string_view path) {
  return path.starts_with(faces::console_prefix);
}

class TasukiServer final : public Server {
 public:
  TasukiServer(const ServerSettings& settings, record::Door& door, faces::Pages pages)
      : settings_(settings),
        rest_(settings_, door),
        sign_in_(settings_, door),
        care_(door),
        console_(settings.operation),
        workbench_(door, settings.operation),
        pages_(std::move(pages)),
        jobs_(jobs::Jobs::make(
            door, settings_.jobs,
            [this](const auto& request, const auto& principal, jobs::Job* job) {
              return rest_.handle(request, principal, job);
            },
            [&door](const jobs::Ticket& ticket, std::string_view file) {
              auto session = door.session(ticket.principal, purpose_of(ticket.principal));
              return api::export_file(session, ticket.plan, file);
            })),
        subscriptions_(subscription::Engine::start(
            door, settings_.subscriptions,
            settings_.base.empty() ? "http://localhost/fhir" : settings_.base)) {}

  net::HttpServer::Handlers handlers() override {
    return {.is_quick = [](const net::HttpRequest& request) { return is_quick(request); },
            .handle = [this](const net::HttpRequest& request) { return handle(request); }};
  }

 private:
  // Answered on the network thread: what never waits for a commit and touches little.
  static bool is_quick(const net::HttpRequest& request) {
    const std::string_view path = request.path();
    if (is_rest(path))
      return api::Rest::is_quick(request) && !jobs::Jobs::serves(path) &&
             !jobs::Jobs::wants_job(request);
    return !is_care(path) && !is_console(path) && !signin::SignIn::serves(path);
  }

  net::HttpResponse handle(const net::HttpRequest& request) {
    const std::string_view path = request.path();
    if (path == subscription::websocket_path) return websocket(request);
    if (is_rest(path)) return rest(request);
    if (is_care(path)) return care_.handle(request, sign_in_.principal(request));
    if (faces::Workbench::serves(path))
      return workbench_.handle(request, sign_in_.principal(request));
    if (is_console(path)) return console_.handle(request, sign_in_.principal(request));
    if (signin::SignIn::serves(path)) return sign_in_.handle(request);
    if (path == "/health") return health();
    return pages_.handle(request);
  }

  net::HttpResponse rest(const net::HttpRequest& request) {
    const auto principal = sign_in_.principal(request);
    if (jobs::Jobs::serves(request.path()))
      return jobs_->handle(request, principal, rest_.base_of(request));
    if (principal && jobs::Jobs::wants_job(request))
      return jobs_->accept(request, *principal, rest_.base_of(request));
    return rest_.handle(request, principal);
  }

  net::HttpResponse websocket(const net::HttpRequest& request) {
    net::HttpResponse response;
    response.status = 101;
    response.websocket = subscriptions_->sockets().talk(
        {.principal = sign_in_.websocket_principal(request), .is_signed_in = [this, request] {
           return sign_in_.websocket_principal(request).has_value();
         }});
    return response;
  }

  net::HttpResponse health() const {
    const std::string feeds = settings_.feeds ? settings_.feeds() : "[]";
    return faces::json_answer(
        fmt::format(R"({{"status":"ok","version":"{}","feeds":{}}})", settings_.version, feeds));
  }

  const ServerSettings settings_;
  api::Rest rest_;
  signin::SignIn sign_in_;
  faces::Care care_;
  faces::Console console_;
  faces::Workbench workbench_;
  faces::Pages pages_;
  // Last: their threads use the others.
  std::unique_ptr<jobs::Jobs> jobs_;
  std::unique_ptr<subscription::Engine> subscriptions_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::make(const ServerSettings& settings, record::Door& door) {
  faces::Pages pages = TRY(faces::Pages::load(settings.web_folder));
  return std::unique_ptr<Server>(std::make_unique<TasukiServer>(settings, door, std::move(pages)));
}

}  // namespace tasuki::server
