#include "harness/fault_class.hpp"

#include <algorithm>
#include <string>

#include "backends/backend.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

Duration lease_of(const Scenario& scenario) {
  return scenario.lock_settings.duration("lease");
}

/// Not every lock or server has every parameter.
void put_if_there(Settings& settings, std::string_view name, SettingValue value) {
  if (settings.contains(name)) settings.put(name, std::move(value));
}

Fault fault_of(std::string kind, std::vector<std::string> targets, Duration lasts = {}) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.lasts = lasts;
  return fault;
}

/// At one of the steps between the grant and the release, of whichever client gets there.
void aim_at_hold(Fault& fault, Random& random) {
  static constexpr std::string_view steps[] = {"granted", "read", "checked", "wrote"};
  fault.when.step = std::string(steps[random.below(4)]);
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
}

/// At any step of the protocol, the lock's own steps included.
void aim_at_any_step(Fault& fault, const Backend& backend, Random& random) {
  std::vector<std::string_view> steps = {"acquiring", "granted", "read",
                                         "checked",   "wrote",   "releasing"};
  for (int twice = 0; twice < 2; ++twice) {
    steps.insert(steps.end(), backend.steps.begin(), backend.steps.end());
  }
  fault.when.step = std::string(random.pick(steps));
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
}

/// A moment that covers a request, its execution and its reply.
void aim_into_round_trip(Fault& fault, const Scenario& scenario, Random& random) {
  fault.when.after = random.between(0ns, 4 * scenario.network.latency_max);
}

std::string client_name(const Scenario& scenario, Random& random) {
  return "client-" + std::to_string(random.between(1, scenario.clients));
}

void calm(Scenario&, const Backend&, Random&) {}

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
      aim_at_hold(fault, random);
    } else {
      aim_at_any_step(fault, backend, random);
    }
    scenario.faults.push_back(std::move(fault));
  }
}

void crash_client(Scenario& scenario, const Backend& backend, Random& random) {
  Fault fault = fault_of("crash", {"self"});
  if (random.below(2) == 0) fault.lasts = random.scale_between(10ms, lease_of(scenario) * 2);
  aim_at_any_step(fault, backend, random);
  aim_into_round_trip(fault, scenario, random);
  scenario.faults.push_back(std::move(fault));
}

void restart_server(Scenario& scenario, const Backend& backend, Random& random) {
  put_if_there(scenario.lock_settings, "persistence", std::string("aof"));
  put_if_there(scenario.lock_settings, "appendfsync", std::string("always"));
  const std::string server = node_names(scenario).servers.front();
  const std::string kind = random.below(2) == 0 ? "crash" : "power-loss";
  const Duration down = random.scale_between(5ms, lease_of(scenario) / 4);
  Fault fault = fault_of(kind, {server}, down);
  aim_at_any_step(fault, backend, random);
  aim_into_round_trip(fault, scenario, random);
  scenario.faults.push_back(std::move(fault));
}

void lose_server_state(Scenario& scenario, const Backend& backend, Random& random) {
  const std::string server = node_names(scenario).servers.front();
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
  Fault fault = fault_of(kind, {server}, down);
  if (random.below(3) > 0) {
    aim_at_hold(fault, random);
  } else {
    aim_at_any_step(fault, backend, random);
    aim_into_round_trip(fault, scenario, random);
  }
  scenario.faults.push_back(std::move(fault));
}

void jump(Scenario& scenario, const Backend& backend, Random& random, std::string target,
          Duration by) {
  Fault fault = fault_of("clock-jump", {std::move(target)});
  fault.amount = by.count();
  if (random.below(3) > 0) {
    aim_at_hold(fault, random);
  } else {
    aim_at_any_step(fault, backend, random);
  }
  scenario.faults.push_back(std::move(fault));
}

void server_jumps_ahead(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration by = random.between(lease, lease * 3);
  jump(scenario, backend, random, node_names(scenario).servers.front(), by);
}

void server_jumps_back(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration by = random.between(lease / 2, lease * 2);
  jump(scenario, backend, random, node_names(scenario).servers.front(), -by);
}

void client_jumps(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration by = random.between(lease, lease * 3);
  const bool self = random.below(2) == 0;
  std::string target = self ? std::string("self") : client_name(scenario, random);
  const bool ahead = random.below(2) == 0;
  jump(scenario, backend, random, std::move(target), ahead ? by : -by);
}

void drift(Scenario& scenario, std::string target, std::int64_t ppb) {
  Fault fault = fault_of("clock-drift", {std::move(target)});
  fault.amount = ppb;
  scenario.faults.push_back(std::move(fault));
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

/// The server's clock runs up to twice as fast as the clients'.
void drift_beyond(Scenario& scenario, const Backend&, Random& random) {
  for (const std::string& server : node_names(scenario).servers) {
    drift(scenario, server, random.between(500'000'000, 1'000'000'000));
  }
  const Duration lease = lease_of(scenario);
  scenario.workload_settings.put("work_min", lease / 2);
  scenario.workload_settings.put("work_max", lease * 9 / 10);
}

/// A holder loses the lock service for longer than its lease, and works on; or a client loses it
/// as it asks for the lock.
void cut_client_off(Scenario& scenario, const Backend&, Random& random) {
  const Duration lease = lease_of(scenario);
  const std::string server = node_names(scenario).servers.front();
  const Duration lasts = random.between(lease * 6 / 5, lease * 5 / 2);
  Fault fault = fault_of("partition", {"self", server}, lasts);
  fault.detail = "pair";
  aim_at_hold(fault, random);
  const bool while_asking = random.below(4) == 0;
  if (while_asking) {
    fault.when.step = "acquiring";
  } else {
    scenario.workload_settings.put("work_min", lease);
    scenario.workload_settings.put("work_max", lease * 2);
  }
  scenario.faults.push_back(std::move(fault));
}

void lose_replies(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const std::string server = node_names(scenario).servers.front();
  const Duration lasts = random.between(lease / 4, lease * 3 / 2);
  Fault fault = fault_of("partition", {server, "self"}, lasts);
  fault.detail = "pair-one-way";
  aim_at_any_step(fault, backend, random);
  if (random.below(2) == 0) fault.when.step = "acquiring";
  scenario.faults.push_back(std::move(fault));
}

/// Messages to and from the lock service take up to a fifth of the lease: less than a lease, but
/// often more than the client's patience.
void delay_messages(Scenario& scenario, const Backend&, Random& random) {
  const Duration lease = lease_of(scenario);
  const NodeNames names = node_names(scenario);
  for (const std::string& client : names.clients) {
    for (const std::string& server : names.servers) {
      Fault fault = fault_of("delay", {client, server});
      fault.amount = random.between(lease / 100, lease / 6).count();
      const std::uint64_t direction = random.below(3);
      if (direction > 0) fault.detail = "one-way";
      if (direction == 2) std::swap(fault.targets[0], fault.targets[1]);
      scenario.faults.push_back(std::move(fault));
    }
  }
}

/// Lost packets under a client library that sends again what it got no answer to.
void lose_packets(Scenario& scenario, const Backend&, Random& random) {
  const Duration lease = lease_of(scenario);
  put_if_there(scenario.lock_settings, "request_timeout",
               std::max<Duration>(std::min<Duration>(lease / 20, 150ms), 3ms));
  put_if_there(scenario.lock_settings, "retries", random.between(1, 3));
  const NodeNames names = node_names(scenario);
  for (const std::string& client : names.clients) {
    for (const std::string& server : names.servers) {
      Fault fault = fault_of("loss", {client, server});
      fault.amount = random.between(50'000, 400'000);
      scenario.faults.push_back(std::move(fault));
    }
  }
}

/// An acquire's reply takes longer than the lease, and the client waits for it.
void late_reply(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  put_if_there(scenario.lock_settings, "request_timeout", Duration(0));
  const std::int64_t count = random.between(1, 3);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string server = node_names(scenario).servers.front();
    Fault fault = fault_of("delay", {server, "self"}, lease / 20);
    fault.detail = "one-way";
    fault.amount = random.between(lease * 11 / 5, lease * 4).count();
    std::vector<std::string_view> steps = {"acquiring", "acquiring"};
    steps.insert(steps.end(), backend.steps.begin(), backend.steps.end());
    fault.when.step = std::string(random.pick(steps));
    fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 6));
    scenario.faults.push_back(std::move(fault));
  }
}

/// The effect itself is late: it passed every check and then sat in the network.
void late_effect(Scenario& scenario, const Backend&, Random& random) {
  const Duration lease = lease_of(scenario);
  const std::string resource = node_names(scenario).resources.front();
  Fault fault = fault_of("delay", {"self", resource}, lease / 20);
  fault.detail = "one-way";
  fault.amount = random.between(lease * 12 / 5, lease * 5).count();
  fault.when.step = "checked";
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
  scenario.faults.push_back(std::move(fault));
  if (random.below(2) == 0) {
    scenario.workload_settings.put("resource_timeout", lease * 8);
  } else if (random.below(2) == 0) {
    scenario.workload_settings.put("await_ack", false);
  }
}

// Did it meet a hold?

bool fault_met_hold(const Outcome& outcome) {
  if (outcome.stats.faults_in_hold > 0) return true;
  // A fault aimed at an acquire meets the grant that the client does not know of.
  const Record& record = outcome.record;
  for (const FaultSpan& span : record.faults) {
    for (const ServiceEvent& event : record.service) {
      if (event.change == GrantChange::granted && event.at >= span.from - 1s &&
          event.at <= std::max(span.to, span.from)) {
        return true;
      }
    }
  }
  return false;
}

bool several_held(const Outcome& outcome) {
  return outcome.stats.holds >= 2;
}

bool hold_filled_its_lease(const Outcome& outcome) {
  const Duration lease = lease_of(outcome.scenario);
  for (const Belief& belief : outcome.record.beliefs) {
    if (belief.to - belief.from >= lease * 9 / 10) return true;
  }
  return false;
}

bool acquire_outlasted_lease(const Outcome& outcome) {
  const Duration lease = lease_of(outcome.scenario);
  const History& history = outcome.record.history;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].f != "acquire" || history[i].type != OpType::invoke) continue;
    for (std::size_t j = i + 1; j < history.size(); ++j) {
      if (history[j].process != history[i].process) continue;
      if (history[j].time - history[i].time > lease) return true;
      break;
    }
  }
  return false;
}

}  // namespace

const std::vector<FaultClass>& all_fault_classes() {
  static const std::vector<FaultClass> all{
      {"0", "interleavings only", calm, several_held},
      {"W", "work longer than the lease", overlong_work, hold_filled_its_lease},
      {"G", "client pause longer than the lease", pause_client, fault_met_hold},
      {"C", "client crash", crash_client, fault_met_hold},
      {"Rf", "server restart, state durable", restart_server, fault_met_hold},
      {"Rn", "server restart, state lost in part or whole", lose_server_state, fault_met_hold},
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
                        ResourcePolicy resource, std::uint64_t seed, bool unequal_leases) {
  Random random(seed, "aim");
  Scenario scenario;
  scenario.lock = std::string(backend.name);
  scenario.resource = resource;
  scenario.seed = seed;
  fill_defaults(scenario);
  scenario.clients = random.between(2, 4);
  const Duration lease =
      std::chrono::floor<std::chrono::milliseconds>(random.scale_between(400ms, 20s));
  scenario.duration = lease * 5;
  Settings& lock = scenario.lock_settings;
  put_if_there(lock, "lease", lease);
  put_if_there(lock, "request_timeout", lease / 10);
  put_if_there(lock, "connect_timeout", lease / 10);
  put_if_there(lock, "retry_min", std::max<Duration>(lease / 200, 1ms));
  put_if_there(lock, "retry_max", lease / 20);
  Settings& work = scenario.workload_settings;
  work.put("think_max", random.scale_between(lease / 64, lease / 2));
  work.put("work_min", Duration(1ms));
  // Locks that tell their clients when to stop are worked with to the last moment.
  work.put("work_max",
           backend.claims.checks_lease && random.below(2) == 0 ? lease * 11 / 10 : lease * 3 / 10);
  work.put("patience", random.below(4) == 0 ? lease / 2 : lease * 20);
  work.put("resource_timeout", lease / 4);
  if (unequal_leases) work.put("odd_lease", lease / 8);
  fault_class.aim(scenario, backend, random);
  return scenario;
}

}  // namespace lockstep
