// Cut, lossy and slow networks.
#include "harness/aim.hpp"

#include <algorithm>

#include "harness/run.hpp"

namespace lockstep::aim {

/// A holder loses the lock service for longer than its lease, and works on; or a client loses it
/// as it asks for the lock.
void cut_client_off(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const Duration lasts = random.between(lease * 6 / 5, lease * 5 / 2);
  Fault fault = fault_of("partition", {"self"}, lasts);
  for (std::string& server : granting_servers(scenario, backend)) {
    fault.targets.push_back(std::move(server));
  }
  fault.detail = "pair";
  at_hold(fault, random);
  const bool while_asking = random.below(4) == 0;
  if (while_asking) {
    std::vector<std::string_view> steps = {"acquiring", "acquiring"};
    steps.insert(steps.end(), backend.steps.begin(), backend.steps.end());
    fault.when.step = std::string(random.pick(steps));
  } else {
    // Short work, too, where others can come and go before the cut heals.
    scenario.workload_settings.put("work_min", backend.quorum > 1 ? lease / 10 : lease);
    scenario.workload_settings.put("work_max", lease * 2);
  }
  scenario.faults.push_back(std::move(fault));
}

void lose_replies(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const std::vector<std::string> servers = most_servers(scenario, backend, random);
  const Duration lasts = random.between(lease / 4, lease * 3 / 2);
  Fault fault = fault_of("partition", {"", "self"}, lasts);
  fault.detail = "pair-one-way";
  at_any_step(fault, backend, random);
  if (random.below(2) == 0) fault.when.step = "acquiring";
  for (const std::string& server : servers) {
    fault.targets.front() = server;
    scenario.faults.push_back(fault);
  }
}

/// Messages to and from the lock service take up to a fifth of the lease: less than a lease, but
/// often more than the client's patience. Locks whose grants have no end can lose one in the middle
/// of an acquire, so for them it may begin there, too.
void delay_messages(Scenario& scenario, const Backend& backend, Random& random) {
  const Duration lease = lease_of(scenario);
  const NodeNames names = node_names(scenario);
  Fault begin;
  const bool later = !backend.claims.expires && random.below(4) == 0;
  if (later) at_any_step(begin, backend, random);
  for (const std::string& client : names.clients) {
    for (const std::string& server : names.servers) {
      Fault fault = fault_of("delay", {client, server});
      fault.amount = random.between(lease / 100, lease / 6).count();
      const std::uint64_t direction = random.below(3);
      if (direction > 0) fault.detail = "one-way";
      if (direction == 2) std::swap(fault.targets[0], fault.targets[1]);
      fault.when = begin.when;
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
    const std::vector<std::string> servers = most_servers(scenario, backend, random);
    Fault fault = fault_of("delay", {"", "self"}, lease / 20);
    fault.detail = "one-way";
    fault.amount = random.between(lease * 11 / 5, lease * 4).count();
    std::vector<std::string_view> steps = {"acquiring", "acquiring"};
    steps.insert(steps.end(), backend.steps.begin(), backend.steps.end());
    fault.when.step = std::string(random.pick(steps));
    fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 6));
    for (const std::string& server : servers) {
      fault.targets.front() = server;
      scenario.faults.push_back(fault);
    }
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

}  // namespace lockstep::aim
