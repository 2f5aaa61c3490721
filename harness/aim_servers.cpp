// Restarts of servers, with and without their state, and failovers.
#include "harness/aim.hpp"

namespace lockstep::aim {

void restart_server(Scenario& scenario, const Backend& backend, Random& random) {
  put_if_there(scenario.lock_settings, "persistence", std::string("aof"));
  put_if_there(scenario.lock_settings, "appendfsync", std::string("always"));
  const Prey prey = choose_prey(scenario, backend, random);
  const std::string kind = random.below(2) == 0 ? "crash" : "power-loss";
  const Duration down = random.scale_between(5ms, lease_of(scenario) / 4);
  Fault fault = fault_of(kind, {}, down);
  at_any_step(fault, backend, random);
  into_round_trip(fault, scenario, random);
  strike(scenario, fault, prey);
}

namespace {

/// One member of a group loses its disk, and comes back as a new member. That more than a minority
/// does is beyond what a group promises.
void lose_one_disk(Scenario& scenario, const Backend& backend, Random& random) {
  const std::vector<std::string> servers = granting_servers(scenario, backend);
  const std::string whose = random.below(2) == 0 ? servers.front() : random.pick(servers);
  const Duration down = random.scale_between(5ms, lease_of(scenario) / 4);
  Fault fault = fault_of("state-loss", {whose}, down);
  at_any_step(fault, backend, random);
  into_round_trip(fault, scenario, random);
  scenario.faults.push_back(std::move(fault));
}

}  // namespace

void lose_server_state(Scenario& scenario, const Backend& backend, Random& random) {
  if (backend.replicated) return lose_one_disk(scenario, backend, random);
  const Prey prey = choose_prey(scenario, backend, random);
  std::string kind = "crash";
  const std::uint64_t how = random.below(4);
  if (how == 0) {
    put_if_there(scenario.lock_settings, "persistence", std::string("none"));
  } else if (how == 1) {
    put_if_there(scenario.lock_settings, "persistence", std::string("rdb"));
  } else {
    put_if_there(scenario.lock_settings, "persistence", std::string("aof"));
    const std::string sync = how == 2 ? "everysec" : "no";
    put_if_there(scenario.lock_settings, "appendfsync", sync);
    kind = "power-loss";
  }
  const Duration down = random.scale_between(5ms, lease_of(scenario) / 8);
  Fault fault = fault_of(kind, {}, down);
  if (random.below(3) > 0) {
    at_hold(fault, random);
  } else {
    at_any_step(fault, backend, random);
    into_round_trip(fault, scenario, random);
  }
  strike(scenario, fault, prey);
}

/// Whatever deposes the lock's primary strikes while a lock is held, or begins as it is asked for:
/// what is granted next is what the standby never hears of.
void fail_over(Scenario& scenario, const Backend& backend, Random& random) {
  const std::size_t before = scenario.faults.size();
  backend.fail_over(scenario, random);
  Fault moment;
  if (random.below(2) == 0) {
    moment.when.step = "acquiring";
    moment.when.occurrence = static_cast<std::uint32_t>(random.between(1, 6));
  } else if (random.below(2) == 0) {
    at_hold(moment, random);
  } else {
    at_any_step(moment, backend, random);
    into_round_trip(moment, scenario, random);
  }
  for (std::size_t i = before; i < scenario.faults.size(); ++i) {
    Trigger& when = scenario.faults[i].when;
    when.step = moment.when.step;
    when.occurrence = moment.when.occurrence;
    when.after += moment.when.after;
  }
}

}  // namespace lockstep::aim
