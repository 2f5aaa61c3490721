#include "backends/raft/fail_over.hpp"

#include <vector>

#include "backends/backend.hpp"

namespace lockstep::raft {
namespace {

using Names = std::vector<std::string>;

Fault fault_of(std::string kind, Names targets, Duration lasts) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.lasts = lasts;
  return fault;
}

/// `one` and each of `others` can't reach each other.
void part(Scenario& scenario, const std::string& one, const Names& others, Duration lasts) {
  if (others.empty()) return;
  Fault cut = fault_of("partition", {one}, lasts);
  cut.targets.insert(cut.targets.end(), others.begin(), others.end());
  cut.detail = "pair";
  scenario.faults.push_back(std::move(cut));
}

/// The leader goes on serving the clients on its side, as far as it can without the others.
void cut_off(Scenario& scenario, const Names& servers, Duration lasts, Random& random) {
  const Names others(servers.begin() + 1, servers.end());
  part(scenario, servers.front(), others, lasts);
  const std::uint64_t sides = random.below(3);
  if (sides == 0) return;  // clients reach everybody
  Names beyond;
  for (std::int64_t i = 1; i <= scenario.clients; ++i) {
    const std::string client = "client-" + std::to_string(i);
    const bool with_leader = sides == 1 && random.below(2) == 0;
    if (with_leader) {
      part(scenario, client, others, lasts);
    } else {
      beyond.push_back(client);
    }
  }
  part(scenario, servers.front(), beyond, lasts);
}

}  // namespace

void fail_over(Scenario& scenario, Random& random) {
  const Backend& backend = *find_backend(scenario.lock);
  const Duration lease = scenario.lock_settings.duration(backend.lease);
  const Names servers = server_names(backend, scenario.lock_settings);
  // Somebody else should ask, and somebody hold, while the others elect.
  scenario.workload_settings.put("work_min", lease / 10);
  scenario.workload_settings.put("work_max", lease * 4 / 5);
  const std::uint64_t how = random.below(4);
  if (how == 0) {
    const std::string kind = random.below(2) == 0 ? "crash" : "power-loss";
    const Duration down = random.scale_between(5ms, lease);
    scenario.faults.push_back(fault_of(kind, {servers.front()}, down));
  } else if (how == 1) {
    const Duration pause = random.between(lease / 3, lease * 3 / 2);
    scenario.faults.push_back(fault_of("gc-pause", {servers.front()}, pause));
  } else {
    const Duration lasts = random.between(lease / 2, lease * 2);
    cut_off(scenario, servers, lasts, random);
  }
}

}  // namespace lockstep::raft
