// The least that can be judged: two clients, one server, about twenty operations. What a sweep
// pays for each run whatever happens in it.
#include <benchmark/benchmark.h>

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

}  // namespace
}  // namespace lockstep
