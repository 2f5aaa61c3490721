// Two runs of a sweep: the least that can be judged, with two clients, one server and about twenty
// operations, and a whole Redlock under drift, pauses and loss.
#include <benchmark/benchmark.h>

#include "harness/draw.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

Scenario minimal() {
  Scenario scenario;
  scenario.lock = "redis-setpx";
  scenario.workload = "mutex";
  scenario.clients = 2;
  scenario.duration = 10s;
  fill_defaults(scenario);
  Settings& work = scenario.workload_settings;
  work.put("operations", std::int64_t{5});  // acquires: twice as many operations, for each client
  work.put("think_max", Duration(10ms));
  work.put("work_max", Duration(10ms));
  return scenario;
}

void minimal_scenario(benchmark::State& state) {
  Scenario scenario = minimal();
  std::size_t operations = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    ++scenario.seed;
    const Outcome outcome = run(scenario);
    operations += outcome.record.history.size();
    events += outcome.stats.events;
  }
  const auto runs = static_cast<double>(state.iterations());
  state.counters["operations"] = static_cast<double>(operations) / 2 / runs;
  state.counters["events"] = static_cast<double>(events) / runs;
}
BENCHMARK(minimal_scenario)->Unit(benchmark::kMicrosecond);

/// What `lockstep sweep redlock --clients 5 --faults gc-pause,clock-drift,loss --strategy random`
/// draws, with twenty acquisitions: operations=4, work_max=20ms, think_max=1s.
DrawOptions five_servers() {
  DrawOptions options;
  options.base.lock = "redlock";
  options.base.clients = 5;
  fill_defaults(options.base);
  Settings& work = options.base.workload_settings;
  work.put("operations", std::int64_t{4});
  work.put("work_max", Duration(20ms));
  work.put("think_max", Duration(1s));
  options.faults = {"gc-pause", "clock-drift", "loss"};
  options.swarm = options.aim = false;
  return options;
}

void redlock_run(benchmark::State& state) {
  const DrawOptions options = five_servers();
  std::uint64_t seed = 0;
  std::size_t holds = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    const Outcome outcome = run(draw(options, ++seed));
    holds += outcome.stats.holds;
    events += outcome.stats.events;
  }
  const auto runs = static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations());
  state.counters["holds"] = static_cast<double>(holds) / runs;
  state.counters["events"] = static_cast<double>(events) / runs;
}
BENCHMARK(redlock_run)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace lockstep
