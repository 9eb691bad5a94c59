#include "subject.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <vector>

#include <fmt/format.h>

namespace tasuki::bench {
namespace {

using Clock = std::chrono::steady_clock;

bool is_healthy(uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  bool healthy = false;
  if (connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    constexpr std::string_view request =
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    std::array<char, 512> answer{};
    healthy = send(socket, request.data(), request.size(), MSG_NOSIGNAL) > 0 &&
              recv(socket, answer.data(), answer.size() - 1, 0) > 12 &&
              std::string_view(answer.data()).starts_with("HTTP/1.1 200");
  }
  close(socket);
  return healthy;
}

}  // namespace

Subject::Subject(const std::filesystem::path& program, const std::filesystem::path& settings,
                 uint16_t port) {
  const auto start = Clock::now();
  process_ = fork();
  if (process_ == 0) {
    const int log =
        open((settings.parent_path() / "server.log").c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(log, 1);
    dup2(log, 2);
    execl(program.c_str(), program.c_str(), "serve", "--settings", settings.c_str(), nullptr);
    _exit(127);
  }
  while (!is_healthy(port)) {
    if (waitpid(process_, nullptr, WNOHANG) != 0 ||
        Clock::now() - start > std::chrono::seconds(20)) {
      std::fprintf(stderr, "the server did not start; see server.log beside %s\n",
                   settings.c_str());
      std::exit(1);
    }
    usleep(500);
  }
  start_ms_ = std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

Subject::~Subject() {
  stop();
}

void Subject::stop() {
  if (process_ == 0) return;
  kill(process_, SIGTERM);
  waitpid(process_, nullptr, 0);
  process_ = 0;
}

double Subject::cpu_seconds() const {
  std::ifstream file(fmt::format("/proc/{}/stat", process_));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  std::istringstream fields(text.substr(text.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i)
    fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double Subject::memory_mb() const {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", process_));
  std::string word;
  double kilobytes = 0;
  while (file >> word) {
    if (word == "Pss:") {
      file >> kilobytes;
      break;
    }
  }
  return kilobytes / 1024;
}

double fsync_rate(const std::filesystem::path& folder) {
  const auto path = folder / "fsync-probe";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const std::vector<char> page(4096, 'x');
  const auto start = Clock::now();
  int count = 0;
  while (Clock::now() - start < std::chrono::seconds(1)) {
    if (write(file, page.data(), page.size()) < 0 || fdatasync(file) != 0) break;
    ++count;
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  close(file);
  std::filesystem::remove(path);
  return count / seconds;
}

uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(socket, reinterpret_cast<const sockaddr*>(&address), size) != 0) std::exit(1);
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  close(socket);
  return ntohs(address.sin_port);
}

}  // namespace tasuki::bench
