#include "harness/draw.hpp"

#include <algorithm>

#include "backends/backend.hpp"
#include "harness/run.hpp"
#include "harness/strategies/stroke.hpp"

namespace lockstep {
namespace {

/// The kinds that this seed uses: each with an even chance, at least one.
std::vector<const FaultKind*> choose_kinds(const DrawOptions& options, Random random) {
  std::vector<const FaultKind*> kinds;
  for (const std::string& name : options.faults) {
    const FaultKind* kind = find_fault_kind(name);
    const bool in = !options.swarm || random.below(2) == 0;
    if (in) kinds.push_back(kind);
  }
  if (kinds.empty() && !options.faults.empty()) {
    kinds.push_back(find_fault_kind(random.pick(options.faults)));
  }
  return kinds;
}

std::int64_t whole_ms(std::int64_t ns) {
  constexpr std::int64_t ms = 1'000'000;
  return ns > -ms && ns < ms ? ns : ns / ms * ms;
}

/// Milliseconds are exact enough for a person to read.
void round(Fault& fault) {
  fault.lasts = Duration(whole_ms(fault.lasts.count()));
  fault.when.at = WorldTime(Duration(whole_ms(nanos(fault.when.at))));
  if (fault.kind == "clock-jump" || fault.kind == "delay") fault.amount = whole_ms(fault.amount);
}

/// A pause, crash or partition that waits for a client to reach a step of the protocol hits
/// windows of milliseconds that a random instant misses.
void maybe_aim(Fault& fault, const Backend& backend, Random& random) {
  if (random.below(2) == 0) return;
  std::vector<std::string_view> steps = {"granted", "read", "checked", "wrote", "releasing"};
  steps.insert(steps.end(), backend.steps.begin(), backend.steps.end());
  fault.when.step = std::string(random.pick(steps));
  fault.when.at = WorldTime{};
  fault.when.occurrence = static_cast<std::uint32_t>(random.between(1, 5));
  const bool client = fault.targets.front().starts_with("client-");
  if (client && (fault.kind == "gc-pause" || fault.kind == "crash")) fault.targets = {"self"};
}

/// Of the seeds of a swarm, one in so many strikes as the strategies that learn begin to.
constexpr std::uint64_t strokes_one_in = 4;

/// Bugs that need two things within a few steps of the protocol are seldom met by faults that are
/// each drawn on their own, from half of the kinds.
Scenario with_strokes(const Arsenal& arsenal, Scenario scenario, std::int64_t count,
                      Random& random) {
  scenario = arsenal.with(std::move(scenario), arsenal.varied(count, random));
  for (Fault& fault : scenario.faults) round(fault);
  return scenario;
}

/// Uniform up to twice the mean, so that some runs are calm and some are stormy.
std::int64_t fault_count(const DrawOptions& options, const Scenario& scenario, Random random) {
  const bool often = options.fault_every > Duration::zero();
  const Duration lease = cluster_of(scenario).lease;
  const Duration every = often ? options.fault_every : lease * 3 / 2;
  const std::int64_t mean = scenario.duration / std::max<Duration>(every, 1ms);
  return random.between(1, std::clamp<std::int64_t>(mean * 2, 1, 1000));
}

void vary_workload(Scenario& scenario, Random random) {
  NetworkProfile& network = scenario.network;
  if (random.below(2) == 0) network.latency_max = random.scale_between(200us, 20ms);
  network.latency_min = std::min(network.latency_min, network.latency_max);
  if (random.below(4) == 0) network.loss_millionths = 1'000;
  if (random.below(4) == 0) network.tail_millionths = 10'000;
  if (random.below(2) == 0 && scenario.workload_settings.contains("think_max")) {
    scenario.workload_settings.put("think_max", random.scale_between(2ms, 2s));
  }
}

}  // namespace

Cluster cluster_of(const Scenario& scenario) {
  NodeNames names = node_names(scenario);
  Cluster cluster;
  cluster.clients = std::move(names.clients);
  cluster.servers = std::move(names.servers);
  cluster.resources = std::move(names.resources);
  const std::string_view lease = find_backend(scenario.lock)->lease;
  if (scenario.lock_settings.contains(lease)) {
    cluster.lease = scenario.lock_settings.duration(lease);
  }
  return cluster;
}

Scenario calm_scenario(const DrawOptions& options, std::uint64_t seed) {
  if (options.base_of) return options.base_of(seed);
  Scenario scenario = options.base;
  scenario.seed = seed;
  fill_defaults(scenario);
  if (options.swarm) vary_workload(scenario, Random(seed, "draw").fork(1));
  return scenario;
}

Scenario draw(const DrawOptions& options, std::uint64_t seed) {
  Scenario scenario = calm_scenario(options, seed);
  const Random root(seed, "draw");
  const auto kinds = choose_kinds(options, root.fork(2));
  if (kinds.empty()) return scenario;
  const std::int64_t count = fault_count(options, scenario, root.fork(3));
  Random random = root.fork(4);
  if (options.swarm && options.aim && random.below(strokes_one_in) == 0) {
    const Arsenal arsenal(options);
    if (!arsenal.empty()) return with_strokes(arsenal, std::move(scenario), count, random);
  }
  const Cluster cluster = cluster_of(scenario);
  const Backend& backend = *find_backend(scenario.lock);
  for (std::int64_t i = 0; i < count; ++i) {
    Random own = root.fork(100 + static_cast<std::uint64_t>(i));
    const FaultKind* kind = own.pick(kinds);
    Fault fault = kind->draw(own, cluster, scenario.duration);
    round(fault);
    if (options.aim) maybe_aim(fault, backend, own);
    scenario.faults.push_back(std::move(fault));
  }
  return scenario;
}

}  // namespace lockstep
