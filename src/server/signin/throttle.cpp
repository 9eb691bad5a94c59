#include "server/signin/throttle.h"

#include <algorithm>

namespace tasuki::server::signin {
namespace {

using namespace std::chrono_literals;
constexpr unsigned free_tries_account = 5;
constexpr unsigned free_tries_peer = 30;  // a hospital's many people may share one address
constexpr auto wait_max = 15min;
constexpr auto forgotten_after = 30min;
constexpr size_t counts_max = 10'000;

std::string account_key(const std::string& account) {
  return "a:" + account.substr(0, 128);
}
std::string peer_key(const std::string& peer) {
  return "p:" + peer;
}

}  // namespace

std::chrono::seconds Throttle::wait(const std::string& account, const std::string& peer,
                                    Clock::time_point now) const {
  return counts_.with([&](const Counts& counts) {
    auto longest = 0s;
    for (const std::string& key : {account_key(account), peer_key(peer)}) {
      const auto found = counts.find(key);
      if (found == counts.end() || found->second.free_from <= now) continue;
      longest =
          std::max(longest, std::chrono::ceil<std::chrono::seconds>(found->second.free_from - now));
    }
    return longest;
  });
}

void Throttle::failed(const std::string& account, const std::string& peer, Clock::time_point now) {
  counts_.with([&](Counts& counts) {
    if (counts.size() >= counts_max)
      std::erase_if(counts,
                    [&](const auto& each) { return now - each.second.last > forgotten_after; });
    if (counts.size() >= counts_max)
      counts.clear();  // bounded memory; an attacker with as many addresses has other walls
    add(counts, account_key(account), free_tries_account, now);
    add(counts, peer_key(peer), free_tries_peer, now);
  });
}

void Throttle::add(Counts& counts, const std::string& key, unsigned allowed,
                   Clock::time_point now) {
  Count& count = counts[key];
  if (now - count.last > forgotten_after) count.failures = 0;
  count.last = now;
  if (++count.failures < allowed) return;
  const unsigned beyond = std::min(count.failures - allowed, 10U);
  count.free_from = now + std::min<Clock::duration>(std::chrono::seconds(1U << beyond), wait_max);
}

void Throttle::succeeded(const std::string& account) {
  counts_.with([&](Counts& counts) { counts.erase(account_key(account)); });
}

}  // namespace tasuki::server::signin
