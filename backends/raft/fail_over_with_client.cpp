#include "backends/raft/fail_over_with_client.hpp"

#include <string>
#include <vector>

#include "backends/backend.hpp"

namespace lockstep::raft {

void fail_over_with_client(Scenario& scenario, Random& random) {
  const Backend& backend = *find_backend(scenario.lock);
  const Duration lease = scenario.lock_settings.duration(backend.lease);
  const std::vector<std::string> servers = server_names(backend, scenario.lock_settings);
  scenario.workload_settings.put("work_min", lease * 3 / 2);
  scenario.workload_settings.put("work_max", lease * 3);
  const std::int64_t with_it = random.between(1, scenario.clients);
  const std::string client = "client-" + std::to_string(with_it);
  std::vector<std::string> outside(servers.begin() + 1, servers.end());
  const Duration lasts = random.between(lease * 5 / 2, lease * 4);
  for (std::int64_t i = 1; i <= scenario.clients; ++i) {
    if (i != with_it) outside.push_back("client-" + std::to_string(i));
  }
  for (const std::string& inside : {servers.front(), client}) {
    Fault cut;
    cut.kind = "partition";
    cut.targets = {inside};
    cut.targets.insert(cut.targets.end(), outside.begin(), outside.end());
    cut.detail = "pair";
    cut.lasts = lasts;
    cut.when.client = client;
    scenario.faults.push_back(std::move(cut));
  }
}

}  // namespace lockstep::raft
