// lockstep sweep: many seeds, each with its own faults, on all cores.
#include <fmt/core.h>

#include <chrono>
#include <optional>

#include "cli/interrupt.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "harness/strategies/strategy.hpp"
#include "harness/sweep.hpp"
#include "reports/sweep_text.hpp"

namespace lockstep {
namespace {

struct FinishedSweep {
  DrawOptions options;
  std::string strategy;
  SweepResult result;
  Duration wall{};
};

/// The lowest seed that broke a promise; or, with `any`, that violated anything.
std::optional<std::uint64_t> violating_seed(const SweepResult& result, bool any) {
  std::optional<std::uint64_t> lowest;
  for (const auto& [name, count] : result.properties) {
    const auto& first = any ? count.first_seed : count.first_broken_seed;
    if (first && (!lowest || *first < *lowest)) lowest = first;
  }
  return lowest;
}

/// Whether what became of a property is to be held against the lock's promises.
bool promised(const PropertyCount& count) {
  return count.violated > 0 ? count.broken > 0 : count.claimed;
}

FinishedSweep run_sweep(const SweepRequest& request, const DrawOptions& options,
                        Terminal& terminal) {
  InterruptScope interrupt;
  SweepOptions sweeping;
  sweeping.first_seed = options.base.seed;
  sweeping.runs = request.runs;
  sweeping.workers = static_cast<unsigned>(request.workers);
  sweeping.stop_at_first = request.stop_at_first;
  sweeping.interrupted = &interrupt.flag();
  const bool progress = terminal.err_is_terminal && !terminal.quiet;
  if (progress) {
    sweeping.progress = [&](const SweepResult& so_far) {
      terminal.err << fmt::format("\r  {} of {} runs, {} violations ", so_far.runs, request.runs,
                                  so_far.violations)
                   << std::flush;
    };
  }
  const auto begin = std::chrono::steady_clock::now();
  FinishedSweep finished{options, request.strategy, {}, {}};
  const Strategy& strategy = *find_strategy(request.strategy);
  const std::unique_ptr<Seeker> seeker = strategy.begin(options);
  finished.result = sweep(*seeker, strategy.learns, sweeping);
  finished.wall = std::chrono::steady_clock::now() - begin;
  if (progress) terminal.err << "\r\x1b[K" << std::flush;
  return finished;
}

reports::SweepSummary summary_of(const FinishedSweep& sweep) {
  const Scenario& base = sweep.options.base;
  const SweepResult& result = sweep.result;
  reports::SweepSummary summary;
  summary.what = fmt::format("{} {}, {}, {} clients", base.lock, base.workload,
                             name_of(base.resource), base.clients);
  summary.first_seed = base.seed;
  summary.last_seed = result.runs == 0 ? base.seed : base.seed + result.runs - 1;
  summary.runs = result.runs;
  summary.failures = result.failures;
  summary.overlapping_runs = result.overlapping_runs;
  summary.with_faults = !sweep.options.faults.empty() || !base.faults.empty();
  summary.interrupted = result.interrupted;
  summary.simulated = result.simulated;
  summary.wall = sweep.wall;
  for (const auto& [name, count] : result.properties) {
    summary.properties.push_back(
        {name, promised(count), count.holds, count.unknown, count.violated, count.first_seed});
  }
  return summary;
}

std::string json_of(const FinishedSweep& sweep) {
  const SweepResult& result = sweep.result;
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "sweep");
  json.field("lock", sweep.options.base.lock).field("workload", sweep.options.base.workload);
  json.field("resource", name_of(sweep.options.base.resource));
  json.field("strategy", sweep.strategy);
  json.field("faults", sweep.options.faults).field("first_seed", sweep.options.base.seed);
  json.field("runs", result.runs).field("interrupted", result.interrupted);
  json.field("overlapping_runs", result.overlapping_runs).field("failures", result.failures);
  if (result.first_failure_seed) {
    json.field("first_failure_seed", *result.first_failure_seed);
    json.field("first_failure", result.first_failure);
  }
  json.field("digest", fmt::format("{:016x}", result.digest));
  json.field("events", result.events).field("messages", result.messages);
  json.field("holds", result.holds).field("simulated_ms", result.simulated.count() / 1'000'000);
  json.field("wall_ms", sweep.wall.count() / 1'000'000);
  json.key("properties").array();
  for (const auto& [name, count] : result.properties) {
    json.object().field("property", name).field("claimed", promised(count));
    json.field("holds", count.holds).field("unknown", count.unknown);
    json.field("violated", count.violated).key("first_seed");
    count.first_seed ? json.value(*count.first_seed) : json.null();
    json.end();
  }
  json.end().end();
  return json.text() + "\n";
}

ExitCode code_of(const SweepResult& result, bool violation_expected) {
  if (result.interrupted) return ExitCode::interrupted;
  if (result.failures > 0) return ExitCode::internal;
  bool unknown = false;
  for (const auto& [name, count] : result.properties) {
    unknown = unknown || count.open > 0;
  }
  const bool found = violating_seed(result, violation_expected).has_value();
  if (found != violation_expected) return ExitCode::violation;
  return unknown && !violation_expected ? ExitCode::undecided : ExitCode::met;
}

/// Keeps the run of the lowest violating seed, if there is one, beside the counts.
Checked<void> keep(const SweepRequest& request, const FinishedSweep& sweep, Terminal& terminal) {
  std::vector<OutputFile> files;
  if (const auto seed = violating_seed(sweep.result, true)) {
    const TimedOutcome timed = timed_run(*kept_scenario(sweep.result, *seed), true);
    files = files_of(timed.outcome, timed.wall);
  }
  files.push_back({"sweep.json", json_of(sweep)});
  Checked<void> kept = write_output(request.output, files);
  if (kept && !terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  return kept;
}

}  // namespace

Checked<ExitCode> sweep_seeds(const SweepRequest& request, VerbContext context) {
  const bool kept = !request.output.empty();
  if (kept) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  if (const Checked<void> ok = check_strategy(request.strategy); !ok) return complain(ok.error());
  Checked<DrawOptions> options = drawing(request.scenario);
  if (!options) return complain(options.error());
  options->swarm = true;
  Terminal& terminal = context.terminal;
  const FinishedSweep finished = run_sweep(request, *options, terminal);
  if (kept) {
    if (const Checked<void> ok = keep(request, finished, terminal); !ok)
      return complain(ok.error());
  }
  if (context.json) {
    terminal.out << json_of(finished);
  } else {
    ScenarioRequest one = request.scenario;
    one.swarm = true;
    // Only what swarm draws can be asked of `run`.
    const std::string again = request.strategy == "swarm" ? command_of(one, false) : std::string();
    terminal.out << reports::tell(summary_of(finished), terminal.colours_on_out(), again);
  }
  return code_of(finished.result, request.expect == "violation");
}

}  // namespace lockstep
