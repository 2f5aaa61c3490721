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

std::vector<std::string> granting_servers(const Scenario& scenario, const Backend& backend) {
  std::vector<std::string> servers = node_names(scenario).servers;
  if (backend.replicated) return servers;
  servers.resize(backend.quorum == 1 ? 1 : static_cast<std::size_t>(backend.servers));
  return servers;
}

std::vector<std::string> most_servers(const Scenario& scenario, const Backend& backend,
                                      Random& random) {
  std::vector<std::string> servers = granting_servers(scenario, backend);
  if (backend.quorum == 1) return servers;
  random.shuffle(servers);
  const std::int64_t enough = backend.servers - backend.quorum + 1;
  servers.resize(static_cast<std::size_t>(random.between(enough, backend.servers)));
  return servers;
}

namespace {

/// Of a group that agrees on a log: the leader more often than not.
std::vector<std::string> one_or_all(std::vector<std::string> servers, Random& random) {
  const std::uint64_t who = random.below(4);
  if (who == 0) return servers;
  if (who == 1) return {random.pick(servers)};
  return {servers.front()};
}

}  // namespace

Prey choose_prey(Scenario& scenario, const Backend& backend, Random& random) {
  std::vector<std::string> servers = granting_servers(scenario, backend);
  if (backend.replicated) return {one_or_all(std::move(servers), random)};
  if (backend.quorum == 1) return {servers};
  random.shuffle(servers);
  const bool several = random.below(4) == 0;
  if (several) {
    servers.resize(static_cast<std::size_t>(backend.servers - backend.quorum + 1));
    return {servers};
  }
  const std::string client = "client-" + std::to_string(random.between(1, scenario.clients));
  Fault cut = fault_of("partition", {client});
  cut.targets.insert(cut.targets.end(), servers.begin() + backend.quorum, servers.end());
  cut.detail = "pair";
  scenario.faults.push_back(std::move(cut));
  return {{servers.front()}, client};
}

void strike(Scenario& scenario, const Fault& fault, const Prey& prey) {
  for (const std::string& server : prey.servers) {
    Fault one = fault;
    one.targets = {server};
    one.when.client = prey.client;
    scenario.faults.push_back(std::move(one));
  }
}

void calm(Scenario&, const Backend&, Random&) {}

}  // namespace lockstep::aim
