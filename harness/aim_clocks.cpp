// Wall clocks that jump and clocks that drift.
#include "harness/aim.hpp"

#include "harness/run.hpp"

namespace lockstep::aim {

namespace {

std::string client_name(const Scenario& scenario, Random& random) {
  return "client-" + std::to_string(random.between(1, scenario.clients));
}

Fault jump(const Backend& backend, Random& random, Duration by) {
  Fault fault = fault_of("clock-jump", {});
  fault.amount = by.count();
  if (random.below(3) > 0) {
    at_hold(fault, random);
  } else {
    at_any_step(fault, backend, random);
  }
  return fault;
}

void drift(Scenario& scenario, std::string target, std::int64_t ppb) {
  Fault fault = fault_of("clock-drift", {std::move(target)});
  fault.amount = ppb;
  scenario.faults.push_back(std::move(fault));
}

/// Every second client's clock runs 1.6 to 2 times as fast as those of the others. Renewals go on,
/// so that it matters only once one of the others can't renew.
void drift_apart(Scenario& scenario, const Backend& backend, Random& random) {
  const std::vector<std::string> clients = node_names(scenario).clients;
  for (std::size_t i = 0; i < clients.size(); i += 2) {
    drift(scenario, clients[i], random.between(600'000'000, 1'000'000'000));
  }
  cut_client_off(scenario, backend, random);
}

}  // namespace

void server_jumps_ahead(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration by = random.between(lease, lease * 3);
  const Prey prey = choose_prey(scenario, backend, random);
  strike(scenario, jump(backend, random, by), prey);
}

void server_jumps_back(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration by = random.between(lease / 2, lease * 2);
  const Prey prey = choose_prey(scenario, backend, random);
  strike(scenario, jump(backend, random, -by), prey);
}

void client_jumps(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration by = random.between(lease, lease * 3);
  const bool self = random.below(2) == 0;
  std::string target = self ? std::string("self") : client_name(scenario, random);
  const bool ahead = random.below(2) == 0;
  Fault fault = jump(backend, random, ahead ? by : -by);
  fault.targets = {std::move(target)};
  scenario.faults.push_back(std::move(fault));
}

void set_clocks_apart(Scenario& scenario, Random& random) {
  const Duration most = lease_of(scenario) * 2;
  for (const std::string& client : node_names(scenario).clients) {
    const Duration by = random.scale_between(2ms, most);
    const bool ahead = random.below(2) == 0;
    Fault fault = fault_of("clock-jump", {client});
    fault.amount = (ahead ? by : -by).count();
    scenario.faults.push_back(std::move(fault));
  }
}

/// Rates whose ratio stays within the 1 % that the checking locks allow for.
void drift_within(Scenario& scenario, const Backend&, Random& random) {
  const NodeNames names = node_names(scenario);
  for (const std::string& server : names.servers) {
    drift(scenario, server, random.between(-4'000'000, 4'000'000));
  }
  for (const std::string& client : names.clients) {
    drift(scenario, client, random.between(-4'000'000, 4'000'000));
  }
}

/// Whoever measures the lease has a clock that runs up to twice as fast as the holder's.
void drift_beyond(Scenario& scenario, const Backend& backend, Random& random) {
  if (backend.clients_time_leases) {
    drift_apart(scenario, backend, random);
    return;
  }
  for (const std::string& server : node_names(scenario).servers) {
    drift(scenario, server, random.between(500'000'000, 1'000'000'000));
  }
  // A session that is renewed in time outlives any drift: those who trust their own clocks are
  // wrong once they can't renew.
  if (backend.replicated && backend.claims.checks_lease) {
    cut_client_off(scenario, backend, random);
    return;
  }
  const Duration lease = lease_of(scenario);
  scenario.workload_settings.put("work_min", lease / 2);
  scenario.workload_settings.put("work_max", lease * 9 / 10);
}

}  // namespace lockstep::aim
