// How Sentinels agree that a master is down, elect who fails over, and set everybody's role.
#include <algorithm>
#include <utility>

#include "backends/redis/sentinel.hpp"
#include "backends/redis/text.hpp"
#include "core/join.hpp"

namespace lockstep::redis {

bool Sentinel::down(const WatchedServer& server) const {
  return env_.steady_now() - server.heard > down_after_;
}

bool Sentinel::master_down(std::size_t index) const {
  const WatchedGroup& group = groups_[index];
  const auto master = std::find_if(group.servers.begin(), group.servers.end(),
                                   [&](const WatchedServer& s) { return s.node == group.master; });
  return master != group.servers.end() && down(*master);
}

bool Sentinel::agreed_down(std::size_t index) const {
  const SteadyTime stale = env_.steady_now() - 5 * period_;
  const auto& called = groups_[index].called_down;
  const auto others =
      std::count_if(called.begin(), called.end(), [stale](SteadyTime at) { return at > stale; });
  return master_down(index) && others + 1 >= quorum_;
}

Task<void> Sentinel::guard(std::size_t index) {
  for (;;) {
    co_await env_.sleep_for(period_);
    co_await correct_roles(index);
    const bool due = env_.steady_now() >= groups_[index].no_failover_before;
    if (due && agreed_down(index)) co_await fail_over(index);
  }
}

// Roles

/// Tells those to follow the master who have not done so for a while: a replica that follows
/// another, or an old master that came back.
Task<void> Sentinel::correct_roles(std::size_t index) {
  for (std::size_t i = 0; i < groups_[index].servers.size(); ++i) {
    WatchedServer& server = groups_[index].servers[i];
    const NodeId master = groups_[index].master;
    const bool right = server.node == master || (!server.is_master && server.follows == master);
    const SteadyTime now = env_.steady_now();
    if (right || !server.known || down(server)) {
      server.right_at = now;
      continue;
    }
    if (now - server.right_at < 4 * period_ || master_down(index)) continue;
    const bool turned = co_await turn(server, master);
    if (turned) server.right_at = env_.steady_now();
  }
}

/// Tells a server to follow `master`, or nobody when it is itself the one, and to send everybody
/// away who is connected.
Task<bool> Sentinel::turn(WatchedServer& server, NodeId master) {
  Words order = words("REPLICAOF", "NO", "ONE");
  if (server.node != master) order = words("REPLICAOF", address_of(master), default_port);
  auto obeyed = co_await server.client.call(std::move(order));
  if (!obeyed || obeyed->is_error()) co_return false;
  auto killed = co_await server.client.call(words("CLIENT", "KILL", "TYPE", "normal"));
  co_return killed.has_value();
}

// Failover

Task<void> Sentinel::fail_over(std::size_t index) {
  // Not all at once, or each votes for itself.
  const Duration pause = env_.random().between(Duration(0), period_);
  co_await env_.sleep_for(pause);
  const bool due = env_.steady_now() >= groups_[index].no_failover_before;
  if (!due || !agreed_down(index)) co_return;
  const std::uint64_t epoch = ++epoch_;
  groups_[index].no_failover_before = env_.steady_now() + 2 * failover_timeout_;
  const bool elected = co_await win_election(index, epoch);
  if (!elected) co_return;
  WatchedServer* const promoted = best_replica(index);
  if (promoted == nullptr) co_return;
  const bool turned = co_await turn(*promoted, promoted->node);
  if (!turned) co_return;
  WatchedGroup& group = groups_[index];
  if (group.config_epoch > epoch) co_return;  // a later failover has been heard of meanwhile
  group.master = promoted->node;
  group.config_epoch = epoch;
  std::fill(group.called_down.begin(), group.called_down.end(), SteadyTime::min());
  // Those that still have another role are put right at once.
  for (WatchedServer& server : group.servers) server.right_at = SteadyTime{} - 24h;
  co_await save();
  std::vector<Task<bool>> greetings;
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) greetings.push_back(announce(peer));
  if (greetings.empty()) co_return;
  const auto announced = co_await when_all(std::move(greetings));
  (void)announced;
}

Task<bool> Sentinel::announce(std::size_t peer) {
  co_await greet_once(peer);
  co_return true;
}

Task<bool> Sentinel::win_election(std::size_t index, std::uint64_t epoch) {
  groups_[index].voted_epoch = epoch;
  groups_[index].voted_for = env_.id();
  co_await save();
  std::vector<Task<std::int64_t>> asking;
  for (std::size_t peer = 0; peer < peers_.size(); ++peer) {
    asking.push_back(ask_for_vote(peer, index, epoch));
  }
  std::vector<std::int64_t> answers;
  if (!asking.empty()) answers = co_await when_all(std::move(asking));
  const std::int64_t votes = 1 + std::count(answers.begin(), answers.end(), 1);
  const auto majority = static_cast<std::int64_t>((peers_.size() + 1) / 2 + 1);
  co_return votes >= std::max(majority, quorum_);
}

Task<std::int64_t> Sentinel::ask_for_vote(std::size_t peer, std::size_t index,
                                          std::uint64_t epoch) {
  Words question = words("SENTINEL", "VOTE", master_name(index), epoch, address_of(env_.id()));
  auto answer = co_await peers_[peer].client.call(std::move(question));
  if (!answer || answer->elements.size() != 2) co_return 0;
  const bool ours = node_at(answer->elements[0].text) == env_.id();
  co_return ours && answer->elements[1].is(static_cast<std::int64_t>(epoch)) ? 1 : 0;
}

/// The replica that is up and has received most; the first of those that have as much. Null when
/// there is none.
WatchedServer* Sentinel::best_replica(std::size_t index) {
  WatchedServer* best = nullptr;
  const SteadyTime stale = env_.steady_now() - 5 * period_;
  for (WatchedServer& server : groups_[index].servers) {
    if (server.node == groups_[index].master || !server.known || server.is_master) continue;
    if (down(server) || server.heard < stale) continue;
    if (best == nullptr || server.offset > best->offset) best = &server;
  }
  return best;
}

}  // namespace lockstep::redis
