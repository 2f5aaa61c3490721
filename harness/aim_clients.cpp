// Work that is too long, pauses and crashes of clients.
#include "harness/aim.hpp"

namespace lockstep::aim {

void overlong_work(Scenario& scenario, const Backend&, Random& random) {
  const Duration lease = lease_of(scenario);
  scenario.workload_settings.put("work_min", lease / 2);
  scenario.workload_settings.put("work_max", random.between(lease * 6 / 5, lease * 2));
}

void pause_client(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const std::int64_t count = random.between(1, 2);
  for (std::int64_t i = 0; i < count; ++i) {
    Fault fault = fault_of("gc-pause", {"self"}, random.between(lease * 21 / 20, lease * 5 / 2));
    if (random.below(3) > 0) {
      at_hold(fault, random);
    } else {
      at_any_step(fault, backend, random);
    }
    scenario.faults.push_back(std::move(fault));
  }
}

void crash_client(Scenario& scenario, const Backend& backend, Random& random) {
  Fault fault = fault_of("crash", {"self"});
  if (random.below(2) == 0) fault.lasts = random.scale_between(10ms, lease_of(scenario) * 2);
  at_any_step(fault, backend, random);
  into_round_trip(fault, scenario, random);
  scenario.faults.push_back(std::move(fault));
}

}  // namespace lockstep::aim
