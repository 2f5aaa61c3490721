// What the recipes share.
#include "harness/aim.hpp"

#include "harness/run.hpp"

namespace lockstep::aim {

Duration lease_of(const Scenario& scenario) {
  return scenario.lock_settings.duration(find_backend(scenario.lock)->lease);
}

void put_if_there(Settings& settings, std::string_view name, SettingValue value) {
  if (settings.contains(name)) settings.put(name, std::move(value));
}

Fault fault_of(std::string kind, std::vector<std::string> targets, Duration lasts) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.lasts = lasts;
  return fault;
}

void at_hold(Fault& fault, Random& random) {
  static constexpr std::string_view steps[] = {"granted", "read", "checked", "wrote"};
  fault.when.step = std::string(steps[random.below(4)]);
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
}

void at_any_step(Fault& fault, const Backend& backend, Random& random) {
  std::vector<std::string_view> steps = {"acquiring", "granted", "read",
                                         "checked",   "wrote",   "releasing"};
  for (int twice = 0; twice < 2; ++twice) {
    steps.insert(steps.end(), backend.steps.begin(), backend.steps.end());
  }
  fault.when.step = std::string(random.pick(steps));
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 4));
}

void into_round_trip(Fault& fault, const Scenario& scenario, Random& random) {
  fault.when.after = random.between(0ns, 4 * scenario.network.latency_max);
}

std::string a_server(const Scenario& scenario, const Backend& backend, Random& random) {
  const std::vector<std::string> servers = node_names(scenario).servers;
  if (backend.quorum == 1) return servers.front();
  return random.pick(servers);
}

void calm(Scenario&, const Backend&, Random&) {}

}  // namespace lockstep::aim
