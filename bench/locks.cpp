// Runs a second of each lock, calm and under a pause: the same three clients, ten acquires each.
#include <benchmark/benchmark.h>

#include "backends/backend.hpp"
#include "harness/fault_class.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

Scenario calm(const Backend& lock) {
  Scenario scenario;
  scenario.lock = std::string(lock.name);
  scenario.workload = "counter";
  scenario.duration = 60s;
  fill_defaults(scenario);
  Settings& work = scenario.workload_settings;
  work.put("operations", std::int64_t{10});
  work.put("think_max", Duration(20ms));
  work.put("work_max", Duration(20ms));
  return scenario;
}

void count(benchmark::State& state, std::uint64_t events) {
  const auto runs = static_cast<double>(state.iterations());
  state.SetItemsProcessed(state.iterations());
  state.counters["events"] = static_cast<double>(events) / runs;
}

void calm_runs(benchmark::State& state, const Backend* lock) {
  Scenario scenario = calm(*lock);
  std::uint64_t events = 0;
  for (auto _ : state) {
    ++scenario.seed;
    events += run(scenario).stats.events;
  }
  count(state, events);
}

/// As `lockstep matrix` runs them.
void matrix_runs(benchmark::State& state, const Backend* lock) {
  const FaultClass& pause = *find_fault_class("G");
  std::uint64_t seed = 0;
  std::uint64_t events = 0;
  for (auto _ : state) {
    events += run(aimed_scenario(*lock, pause, ResourcePolicy::none, ++seed)).stats.events;
  }
  count(state, events);
}

const bool registered = [] {
  for (const Backend& lock : all_backends()) {
    const std::string name(lock.name);
    benchmark::RegisterBenchmark(("lock/" + name).c_str(), calm_runs, &lock)
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.1);
    benchmark::RegisterBenchmark(("lock_paused/" + name).c_str(), matrix_runs, &lock)
        ->Unit(benchmark::kMicrosecond)
        ->MinTime(0.1);
  }
  return true;
}();

}  // namespace
}  // namespace lockstep
