#include "harness/fault_class.hpp"

#include <algorithm>

#include "harness/aim.hpp"
#include "harness/run.hpp"

namespace lockstep {

const std::vector<FaultClass>& all_fault_classes() {
  using namespace aim;
  static const std::vector<FaultClass> all{
      {"0", "interleavings only", calm, several_held},
      {"W", "work longer than the lease", overlong_work, hold_filled_its_lease},
      {"G", "client pause longer than the lease", pause_client, fault_met_hold},
      {"C", "client crash", crash_client, fault_met_hold},
      {"Rf", "server restart, state durable", restart_server, fault_met_hold},
      {"Rn", "server restart, state lost in part or whole", lose_server_state, fault_met_hold},
      {"Fo", "failover or change of leader", fail_over, fault_met_hold},
      {"J+", "server wall clock jumps ahead", server_jumps_ahead, fault_met_hold},
      {"J-", "server wall clock jumps back", server_jumps_back, fault_met_hold},
      {"Jc", "client wall clock jumps", client_jumps, fault_met_hold},
      {"d", "clock drift within the bound", drift_within, fault_met_hold},
      {"D", "clock drift beyond the bound", drift_beyond, fault_met_hold},
      {"Ps", "client cut from the lock service", cut_client_off, fault_met_hold},
      {"Pa", "requests arrive, replies do not", lose_replies, fault_met_hold},
      {"S", "delays shorter than the lease", delay_messages, fault_met_hold},
      {"X", "loss, with client-library retry", lose_packets, fault_met_hold},
      {"T", "reply slower than the lease, no client timeout", late_reply, acquire_outlasted_lease},
      {"E", "effect delayed on the way to the resource", late_effect, fault_met_hold},
  };
  return all;
}

const FaultClass* find_fault_class(std::string_view code) {
  for (const FaultClass& fault_class : all_fault_classes()) {
    if (fault_class.code == code) return &fault_class;
  }
  return nullptr;
}

Scenario aimed_scenario(const Backend& backend, const FaultClass& fault_class,
                        ResourcePolicy resource, std::uint64_t seed, Circumstances circumstances) {
  Random random(seed, "aim");
  Scenario scenario;
  scenario.lock = std::string(backend.name);
  scenario.resource = resource;
  scenario.seed = seed;
  if (!circumstances.workload.empty()) scenario.workload = circumstances.workload;
  fill_defaults(scenario);
  scenario.clients = random.between(2, 4);
  if (scenario.lock_settings.contains("permits")) {
    scenario.lock_settings.put("permits", random.between(1, scenario.clients - 1));
  }
  const Duration lease =
      std::chrono::floor<std::chrono::milliseconds>(random.scale_between(400ms, 20s));
  // A group's own talk costs the more the longer a run is.
  scenario.duration = lease * (backend.quorum > 1 ? 5 : backend.replicated ? 3 : 4);
  Settings& lock = scenario.lock_settings;
  lock.put(backend.lease, lease);
  aim::put_if_there(lock, "request_timeout", lease / 10);
  aim::put_if_there(lock, "connect_timeout", lease / 10);
  aim::put_if_there(lock, "retry_min", std::max<Duration>(lease / 200, 1ms));
  aim::put_if_there(lock, "retry_max", lease / 10);
  aim::put_if_there(lock, "wait", lease / 10);
  aim::put_if_there(lock, "down_after", lease / 2);
  aim::put_if_there(lock, "failover_timeout", lease * 2);
  // Each try costs many messages, so those who ask many servers ask less often; but not where
  // leases are short, and what tries do to each other takes a sizable part of them.
  if (backend.quorum > 1) {
    aim::put_if_there(lock, "retry_min", lease / 50);
    aim::put_if_there(lock, "retry_max", lease / (lease < 1s ? 16 : 4));
  }
  Settings& work = scenario.workload_settings;
  work.put("think_max", random.scale_between(lease / 64, lease / 2));
  work.put("work_min", Duration(1ms));
  // Locks that tell their clients when to stop are worked with to the last moment.
  work.put("work_max",
           backend.claims.checks_lease && random.below(2) == 0 ? lease * 11 / 10 : lease * 3 / 10);
  work.put("patience", random.below(4) == 0 ? lease / 2 : lease * 20);
  work.put("resource_timeout", lease / 4);
  aim::put_if_there(work, "order", std::string("unordered"));
  if (circumstances.unequal_leases) work.put("odd_lease", lease / 8);
  // Where that matters, somebody was there before the clients and set up what they share.
  aim::put_if_there(lock, "initialised", !circumstances.begin_together);
  if (circumstances.begin_together) {
    work.put("think_max", random.scale_between(1ms, 20ms));
    work.put("operations", std::int64_t{4});
  }
  if (circumstances.clocks_apart) aim::set_clocks_apart(scenario, random);
  fault_class.aim(scenario, backend, random);
  return scenario;
}

}  // namespace lockstep
