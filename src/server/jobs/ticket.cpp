#include <array>

#include "json/parse.h"
#include "json/print.h"
#include "record/accounts.h"
#include "server/jobs/job.h"

namespace tasuki::server::jobs {
namespace {

constexpr std::array<std::string_view, 5> states = {"waiting", "running", "done", "failed",
                                                    "cancelled"};
constexpr std::array<std::string_view, 8> roles = {"doctor", "pharmacist", "nurse", "care_worker",
                                                   "clerk",  "patient",    "feed",  "system"};

void append(std::string& out, std::string_view name, std::string_view text) {
  out += out.back() == '{' ? "\"" : ",\"";
  out += name;
  out += "\":";
  json::print_string(text, out);
}

Instant instant_of(std::string_view text) {
  return parse_instant(text).value_or(Instant());
}

template <size_t count>
size_t place_of(const std::array<std::string_view, count>& names, std::string_view name) {
  return static_cast<size_t>(std::ranges::find(names, name) - names.begin());
}

}  // namespace

std::string print(const Ticket& ticket) {
  std::string out = "{";
  append(out, "id", ticket.id);
  append(out, "state", states[static_cast<size_t>(ticket.state)]);
  append(out, "principal", ticket.principal.id);
  append(out, "name", ticket.principal.name);
  append(out, "role", roles[static_cast<size_t>(ticket.principal.role)]);
  append(out, "organisation", ticket.principal.organisation);
  append(out, "person", ticket.principal.person);
  append(out, "method", ticket.method);
  append(out, "target", ticket.target);
  append(out, "accepted", format_instant(ticket.accepted));
  append(out, "ended", format_instant(ticket.ended));
  append(out, "progress", ticket.progress);
  append(out, "plan", ticket.plan);
  out += ",\"headers\":{";
  for (const auto& [name, value] : ticket.headers)
    append(out, name, value);
  return out + "}}";
}

Result<Ticket> parse_ticket(std::string_view text) {
  const json::Document document = TRY(json::parse(text));
  const json::Value& root = document.root;
  Ticket ticket;
  const size_t state = place_of(states, root.text_of("state"));
  const size_t role = place_of(roles, root.text_of("role"));
  if (state == states.size() || role == roles.size())
    return Error{Error::Kind::internal, "A job's ticket cannot be read.", {}};
  ticket.state = static_cast<Ticket::State>(state);
  ticket.id = root.text_of("id");
  ticket.principal = {.id = std::string(root.text_of("principal")),
                      .name = std::string(root.text_of("name")),
                      .role = static_cast<record::Role>(role),
                      .organisation = std::string(root.text_of("organisation")),
                      .person = std::string(root.text_of("person"))};
  ticket.method = root.text_of("method");
  ticket.target = root.text_of("target");
  ticket.accepted = instant_of(root.text_of("accepted"));
  ticket.ended = instant_of(root.text_of("ended"));
  ticket.progress = root.text_of("progress");
  ticket.plan = root.text_of("plan");
  if (const json::Value* headers = root.find("headers"))
    for (const json::Member& member : headers->members())
      ticket.headers.emplace_back(member.name, member.value.text());
  return ticket;
}

}  // namespace tasuki::server::jobs
