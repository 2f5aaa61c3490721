// How a Redis master is deposed so that something is lost: its replication link is cut first
// (stopping a replica would lose nothing: the stream waits in its socket).

#include <algorithm>

#include "backends/redis/deployment.hpp"
#include "backends/redis/locks/entry.hpp"

namespace lockstep::redis {
namespace {

using Names = std::vector<std::string>;

Fault fault_of(std::string kind, Names targets, Duration after) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.when.after = after;
  return fault;
}

/// Each of `inside` and each of `outside` lose each other.
void part(Scenario& scenario, const Names& inside, const Names& outside) {
  for (const std::string& name : inside) {
    Fault cut = fault_of("partition", {name}, {});
    cut.targets.insert(cut.targets.end(), outside.begin(), outside.end());
    cut.detail = "pair";
    scenario.faults.push_back(std::move(cut));
  }
}

/// The master is cut off from its replicas, goes on granting, and dies.
void kill_master(Scenario& scenario, const Names& replicas, Duration lease, Random& random) {
  part(scenario, {"redis-1"}, replicas);
  const std::string kind = random.below(2) == 0 ? "crash" : "power-loss";
  const Duration later = random.scale_between(1ms, lease / 5);
  scenario.faults.push_back(fault_of(kind, {"redis-1"}, later));
}

/// The master goes on serving one client on the smaller side of a partition.
void isolate_master(Scenario& scenario, const Names& replicas, const Names& sentinels,
                    Random& random) {
  const std::int64_t with_it = random.between(1, scenario.clients);
  // A replica on its side receives what the master grants, and is not the one that is promoted.
  const bool with_replica = replicas.size() > 1 && random.below(2) == 0;
  Names inside{"redis-1"};
  if (with_replica) inside.push_back(replicas.front());
  if (!sentinels.empty()) inside.push_back(sentinels.front());
  Names outside(replicas.begin() + (with_replica ? 1 : 0), replicas.end());
  if (!sentinels.empty()) outside.insert(outside.end(), sentinels.begin() + 1, sentinels.end());
  for (std::int64_t i = 1; i <= scenario.clients; ++i) {
    if (i != with_it) outside.push_back("client-" + std::to_string(i));
  }
  const std::size_t before = scenario.faults.size();
  part(scenario, inside, outside);
  for (std::size_t i = before; i < scenario.faults.size(); ++i) {
    scenario.faults[i].when.client = "client-" + std::to_string(with_it);
  }
}

}  // namespace

void fail_over(Scenario& scenario, Random& random) {
  Settings& lock = scenario.lock_settings;
  const Duration lease = lock.duration("lease");
  if (lock.number("replicas") == 0) lock.put("replicas", random.between(1, 2));
  lock.put("sentinels", std::int64_t{3});
  // Somebody else must be granted the lock while its holder is at work.
  lock.put("down_after", lease / 6);
  lock.put("failover_timeout", lease / 2);
  scenario.workload_settings.put("work_min", lease * 3 / 10);
  scenario.workload_settings.put("work_max", lease * 17 / 20);
  Names replicas;
  Names sentinels;
  for (std::string& name : server_names<1>(lock)) {
    Names& kin = name.starts_with("redis-") ? replicas : sentinels;
    if (name != "redis-1") kin.push_back(std::move(name));
  }
  if (random.below(3) > 0) {
    kill_master(scenario, replicas, lease, random);
  } else {
    isolate_master(scenario, replicas, sentinels, random);
  }
}

}  // namespace lockstep::redis
