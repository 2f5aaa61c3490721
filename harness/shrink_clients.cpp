// Fewer clients, who do less.
#include <algorithm>

#include "core/scenario.hpp"
#include "harness/shrinking.hpp"

namespace lockstep {
namespace {

std::string client_named(std::int64_t number) {
  return "client-" + std::to_string(number);
}

/// The name that a node has once `gone` has left; empty for the one that left.
std::string moved_up(const std::string& name, std::int64_t gone, std::int64_t clients) {
  for (std::int64_t i = gone; i <= clients; ++i) {
    if (name == client_named(i)) return i == gone ? "" : client_named(i - 1);
  }
  return name;
}

/// False when nothing is left of the fault.
bool move_up(Fault& fault, std::int64_t gone, std::int64_t clients) {
  const std::size_t before = fault.targets.size();
  for (std::string& target : fault.targets) target = moved_up(target, gone, clients);
  std::erase(fault.targets, "");
  if (fault.targets.empty() || (before == 2 && fault.targets.size() == 1)) return false;
  if (fault.when.client.empty()) return true;
  fault.when.client = moved_up(fault.when.client, gone, clients);
  return !fault.when.client.empty();
}

/// With faults that wait for the first time that a step is reached: who does less reaches it less.
Scenario with_first_occurrences(Scenario scenario) {
  for (Fault& fault : scenario.faults) fault.when.occurrence = 1;
  return scenario;
}

/// Of a semaphore: a permit less for a client less.
bool lower_permits(Scenario& scenario) {
  Settings& lock = scenario.lock_settings;
  if (!lock.contains("permits") || lock.number("permits") <= 1) return false;
  lock.put("permits", lock.number("permits") - 1);
  return true;
}

/// Who is fewer meets as often when each is busier.
Scenario busier(Scenario scenario) {
  Settings& work = scenario.workload_settings;
  work.put("think_max", work.duration("think_min"));
  work.put("work_max", 4 * work.duration("work_max"));
  return scenario;
}

/// And meets more often in a longer run.
Scenario without_end(Scenario scenario) {
  scenario.workload_settings.put("operations", std::int64_t{0});
  return scenario;
}

/// Is there anything that sets it apart from other clients?
bool is_special(const Scenario& scenario, std::int64_t client) {
  const std::string name = client_named(client);
  const auto names = [&name](const Fault& fault) {
    return fault.when.client == name ||
           std::ranges::find(fault.targets, name) != fault.targets.end();
  };
  return scenario.workload_settings.duration("odd_lease") > Duration::zero() ||
         std::ranges::any_of(scenario.faults, names);
}

bool keep_without(Shrinking& shrinking, std::int64_t client) {
  Scenario fewer = without_client(shrinking.smallest(), client);
  if (shrinking.keep_with_luck(fewer)) return true;
  const Scenario sooner = with_first_occurrences(fewer);
  if (sooner != fewer && shrinking.keep_with_luck(sooner)) return true;
  if (shrinking.keep_with_luck(busier(fewer))) return true;
  if (shrinking.keep_with_luck(without_end(fewer), 4)) return true;
  if (shrinking.keep_with_luck(without_end(busier(fewer)), 4)) return true;
  if (shrinking.keep_with_luck(without_end(busier(busier(fewer))), 4)) return true;
  return lower_permits(fewer) && shrinking.keep_with_luck(fewer);
}

}  // namespace

Scenario without_client(const Scenario& scenario, std::int64_t client) {
  Scenario fewer = scenario;
  fewer.faults.clear();
  for (Fault fault : scenario.faults) {
    if (move_up(fault, client, scenario.clients)) fewer.faults.push_back(std::move(fault));
  }
  --fewer.clients;
  return fewer;
}

bool reductions::fewer_clients(Shrinking& shrinking) {
  bool any = false;
  bool needed = false;  // a client like any other was
  std::int64_t client = shrinking.smallest().clients;
  while (client >= 1 && shrinking.smallest().clients > 1 && !shrinking.ended()) {
    const bool special = is_special(shrinking.smallest(), client);
    const bool gone = (special || !needed) && keep_without(shrinking, client);
    needed = !gone && (needed || !special);
    any |= gone;
    client = std::min(client - 1, shrinking.smallest().clients);
  }
  return any;
}

bool reductions::fewer_operations(Shrinking& shrinking) {
  const std::int64_t now = shrinking.smallest().workload_settings.number("operations");
  for (const std::int64_t operations : {1, 2, 3, 4, 6, 8, 12, 16, 24, 32}) {
    if (now != 0 && operations >= now) break;
    Scenario fewer = shrinking.smallest();
    fewer.workload_settings.put("operations", operations);
    if (shrinking.keep_with_luck(fewer)) return true;
    if (shrinking.keep_with_luck(with_first_occurrences(fewer))) return true;
  }
  return false;
}

}  // namespace lockstep
