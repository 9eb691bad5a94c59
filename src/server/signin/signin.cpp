#include "server/signin/signin.h"

#include "json/parse.h"
#include "json/print.h"
#include "server/faces/answer.h"
#include "server/faces/facilities.h"
#include "server/faces/words.h"

namespace tasuki::server::signin {
namespace {

using faces::problem;

constexpr std::string_view cookie_name = "tasuki_session=";
constexpr int checking_max = 4;  // at a time
constexpr size_t token_bytes_max = 128;

bool changes(const net::HttpRequest& request) {
  return request.method != "GET" && request.method != "HEAD";
}

std::string_view bearer_token(const net::HttpRequest& request) {
  const std::string_view header = request.header("Authorization");
  constexpr std::string_view scheme = "Bearer ";
  return header.starts_with(scheme) ? header.substr(scheme.size()) : std::string_view();
}

std::string_view cookie_token(const net::HttpRequest& request) {
  std::string_view cookies = request.header("Cookie");
  while (!cookies.empty()) {
    while (cookies.starts_with(' '))
      cookies.remove_prefix(1);
    const size_t end = cookies.find(';');
    const std::string_view cookie = cookies.substr(0, end);
    if (cookie.starts_with(cookie_name)) return cookie.substr(cookie_name.size());
    cookies = end == std::string_view::npos ? std::string_view() : cookies.substr(end + 1);
  }
  return {};
}

std::string_view token_of(const net::HttpRequest& request) {
  const std::string_view bearer = bearer_token(request);
  const std::string_view token = bearer.empty() ? cookie_token(request) : bearer;
  return token.size() <= token_bytes_max ? token : std::string_view();
}

// Neither can be sent by a form of another site; JSON as content type needs its consent (CORS),
// which is never given.
bool guarded(const net::HttpRequest& request) {
  return request.header("X-Tasuki") == "1";
}
bool guarded_or_json(const net::HttpRequest& request) {
  return guarded(request) || request.header("Content-Type").starts_with("application/json");
}

net::HttpResponse no_content() {
  net::HttpResponse response;
  response.status = 204;
  response.headers = {{"Cache-Control", "no-store"}};
  return response;
}

struct Given {
  std::string account, password, code;
};

Result<Given> given(const net::HttpRequest& request) {
  const json::Limits limits{.bytes_max = 4096, .depth_max = 4};
  const auto document = TRY(json::parse(request.body, limits));
  Given given{std::string(document.root.text_of("account")),
              std::string(document.root.text_of("password")),
              std::string(document.root.text_of("code"))};
  if (given.account.empty())
    return Error{Error::Kind::invalid,
                 "The body is {\"account\", \"password\", \"code\"}; account is missing.",
                 "account"};
  return given;
}

net::HttpResponse not_here() {
  return problem(405, "この操作はここではできません。", "This method is not served here.");
}

}  // namespace

std::optional<record::Principal> SignIn::principal(const net::HttpRequest& request) const {
  const std::string_view token = token_of(request);
  if (token.empty()) return std::nullopt;
  if (changes(request) && bearer_token(request).empty() && !guarded(request)) return std::nullopt;
  auto principal = door_.accounts().principal_of(token);
  if (!principal) return std::nullopt;
  return *std::move(principal);
}

std::optional<record::Principal> SignIn::websocket_principal(
    const net::HttpRequest& request) const {
  const std::string_view origin = request.header("Origin");
  const std::string_view host = origin.substr(std::min(origin.size(), origin.find("://") + 3));
  if (!origin.empty() && host != request.header("Host")) return std::nullopt;
  return principal(request);
}

bool SignIn::serves(std::string_view path) {
  return path == "/signin" || path == "/signin/options" || path == "/signin/demo" ||
         path == "/signout";
}

net::HttpResponse SignIn::handle(const net::HttpRequest& request) {
  const std::string_view path = request.path();
  if (path == "/signin/options") return changes(request) ? not_here() : options();
  if (request.method != "POST") return not_here();
  // Signing somebody in by a foreign page is a forgery too (login CSRF).
  if (!guarded_or_json(request))
    return problem(403, "この画面からやり直してください。",
                   "A request that changes something carries the header X-Tasuki: 1.");
  if (path == "/signin") return sign_in(request);
  if (path == "/signin/demo") return sign_in_demo(request);
  return sign_out(request);
}

net::HttpResponse SignIn::options() const {
  std::string body =
      settings_.demo ? R"({"demo":true,"accounts":[)" : R"({"demo":false,"accounts":[)";
  bool first = true;
  const auto accounts = settings_.demo
                            ? door_.accounts().demo_accounts()
                            : Result<std::vector<record::Account>>(std::vector<record::Account>{});
  if (!accounts) return problem(accounts.error());
  const faces::Facilities facilities(door_);
  for (const record::Account& account : *accounts) {
    const std::pair<std::string_view, std::string> members[] = {
        {"id", account.id},
        {"role", std::string(faces::role_ja(account.role))},
        {"name", account.name},
        {"facility", facilities.name(account.organisation)}};
    body += first ? "{" : ",{";
    first = false;
    for (const auto& [name, value] : members) {
      if (!body.ends_with('{')) body += ',';
      fmt::format_to(std::back_inserter(body), "\"{}\":", name);
      json::print_string(value, body);
    }
    body += '}';
  }
  return faces::json_answer(body + "]}");
}

net::HttpResponse SignIn::sign_in(const net::HttpRequest& request) {
  const auto who = given(request);
  if (!who) return problem(who.error());
  const auto wait = throttle_.wait(who->account, request.peer, Throttle::Clock::now());
  if (wait.count() > 0) {
    net::HttpResponse response =
        problem(429, fmt::format("続けて失敗したため、あと{}秒お待ちください。", wait.count()),
                fmt::format("Too many failures; try again in {} seconds.", wait.count()));
    response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return response;
  }
  if (++checking_ > checking_max) {
    --checking_;
    return problem(503, "サインインが混み合っています。もう一度お試しください。",
                   "Too many people are signing in; try again.");
  }
  const auto session = door_.accounts().sign_in(who->account, who->password, who->code);
  --checking_;
  if (session) {
    throttle_.succeeded(who->account);
    return entered(*session);
  }
  if (session.error().kind == Error::Kind::unauthenticated) {
    throttle_.failed(who->account, request.peer, Throttle::Clock::now());
    return problem(401, "サインインできませんでした。入力した内容を確かめてください。",
                   session.error().message);
  }
  return problem(session.error());
}

net::HttpResponse SignIn::sign_in_demo(const net::HttpRequest& request) {
  if (!settings_.demo)
    return problem(403, "見本のデータベースではありません。",
                   "One-press sign-in exists in a demo database only.");
  const auto who = given(request);
  if (!who) return problem(who.error());
  const auto session = door_.accounts().sign_in_demo(who->account);
  return session ? entered(*session) : problem(session.error());
}

net::HttpResponse SignIn::entered(const record::SignedIn& session) const {
  net::HttpResponse response = no_content();
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(session.expires - now()).count();
  response.headers.emplace_back(
      "Set-Cookie", fmt::format("{}{}; Path=/; HttpOnly; SameSite=Strict; Max-Age={}{}",
                                cookie_name, session.token, std::max<int64_t>(0, seconds),
                                settings_.secure_cookie ? "; Secure" : ""));
  return response;
}

net::HttpResponse SignIn::sign_out(const net::HttpRequest& request) {
  const std::string_view token = token_of(request);
  if (!token.empty()) {
    // Signing out twice is signing out.
    const auto done = door_.accounts().sign_out(token);
    if (!done && done.error().kind != Error::Kind::unauthenticated &&
        done.error().kind != Error::Kind::not_found)
      return problem(done.error());
  }
  net::HttpResponse response = no_content();
  response.headers.emplace_back(
      "Set-Cookie", fmt::format("{}; Path=/; HttpOnly; SameSite=Strict; Max-Age=0{}", cookie_name,
                                settings_.secure_cookie ? "; Secure" : ""));
  return response;
}

}  // namespace tasuki::server::signin
