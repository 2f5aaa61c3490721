// redlock-replicated: redlock whose instances are masters, each with an asynchronous replica that
// the Sentinels promote when its master is down.
//
// Claims what redlock claims. But a failover may forget a key as a restart may, and it does so
// while all disks are well: what a master had granted and not yet replicated is gone with it.
// Source: Redis documentation, "Distributed Locks" (instances are independent, without replication;
// "Why failover-based implementations are not enough"). Fencing token: none.

#include "backends/redis/deployment.hpp"
#include "backends/redis/redlock/redlock.hpp"

namespace lockstep::redis {
namespace {

constexpr RedlockRules as_specified{};
constexpr std::int64_t masters = 5;

std::size_t standby_of(const Settings& settings, std::size_t server) {
  const NodeCounts counts = node_counts(settings, masters);
  const auto place = static_cast<std::int64_t>(server);
  if (place < counts.masters) return server;
  if (place >= counts.masters + counts.replicas) return std::string::npos;
  const std::int64_t replicas_of_each = counts.replicas / counts.masters;
  return static_cast<std::size_t>((place - counts.masters) / replicas_of_each);
}

Fault fault_of(std::string kind, std::vector<std::string> targets, const std::string& client) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.when.client = client;
  return fault;
}

/// A client can reach three masters alone. One of them loses its replica, goes on granting, and
/// dies.
void fail_one_over(Scenario& scenario, Random& random) {
  Settings& lock = scenario.lock_settings;
  const Duration lease = lock.duration("lease");
  lock.put("replicas", std::int64_t{1});
  lock.put("sentinels", std::int64_t{3});
  lock.put("down_after", lease / 10);
  lock.put("failover_timeout", lease / 2);
  scenario.workload_settings.put("work_min", lease * 3 / 10);
  scenario.workload_settings.put("work_max", lease * 17 / 20);
  const std::string client = "client-" + std::to_string(random.between(1, scenario.clients));
  Fault reach = fault_of("partition", {client, "redis-4", "redis-5"}, client);
  reach.detail = "pair";
  Fault link = fault_of("partition", {"redis-3", "redis-8"}, client);
  link.detail = "pair";
  const std::string kind = random.below(2) == 0 ? "crash" : "power-loss";
  Fault death = fault_of(kind, {"redis-3"}, client);
  death.when.after = random.scale_between(1ms, lease / 5);
  scenario.faults.push_back(std::move(reach));
  scenario.faults.push_back(std::move(link));
  scenario.faults.push_back(std::move(death));
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock_replicated() {
  Backend lock = redis::redlock_entry(
      {"redlock-replicated", "redlock on five masters with replicas and Sentinels",
       "Redis documentation, Distributed Locks (as a mistake)"},
      {{"replicas", std::int64_t{1}, "asynchronous replicas of each master"}});
  lock.stands_by = redis::standby_of;
  lock.fail_over = redis::fail_one_over;
  lock.connect = redis::make_redlock<redis::as_specified>;
  return lock;
}

}  // namespace lockstep
