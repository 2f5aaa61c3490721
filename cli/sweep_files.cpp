#include "cli/sweep_files.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/envelope.hpp"
#include "harness/odds.hpp"
#include "harness/plug_in.hpp"
#include "reports/campaign_page.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"

namespace lockstep {
namespace {

constexpr std::size_t most_timelines = 24;

bool has_faults(const FinishedSweep& sweep) {
  const bool told = !sweep.drawn.empty() && sweep.drawn.find("faults: none") == std::string::npos;
  return told || !sweep.options.faults.empty() || !sweep.options.base.faults.empty();
}

/// How sure the count of a property is. Runs that no fault met say nothing of its absence.
std::string odds_text(const FinishedSweep& sweep, const PropertyCount& count) {
  const SweepResult& result = sweep.result;
  const bool faults = has_faults(sweep);
  if (count.violated == 0) {
    const std::uint64_t tested = faults ? result.overlapping_runs : result.runs;
    if (tested == 0 || count.holds < result.runs) return "";
    return percent(odds_of(0, tested)) + " at 95 %";
  }
  return fmt::format("{}, {}", percent(odds_of(count.violated, result.runs)),
                     per_million(hazard_of(count), "holds"));
}

/// How its faults were drawn.
std::string drawn(const FinishedSweep& sweep) {
  const DrawOptions& options = sweep.options;
  if (!sweep.drawn.empty()) return "Faults " + sweep.drawn + " on average.";
  if (options.faults.empty() && options.base.faults.empty()) return "Without faults.";
  if (options.faults.empty()) return "The faults are those of the scenario.";
  return fmt::format("Faults drawn by the strategy {}: {}; one every {} on average.",
                     sweep.strategy, fmt::join(options.faults, ", "), to_text(options.fault_every));
}

/// The timeline of a failure's smallest run; nothing when it can't be run here.
std::optional<std::string> timeline_of(const FailureRow& failure, const std::string& name) {
  const auto file = read_scenario(failure.scenario);
  if (!file) return std::nullopt;
  const Checked<Scenario> scenario = checked_scenario(name, failure.scenario, *file);
  if (!scenario || needs_plug_in(*scenario)) return std::nullopt;
  return find_report("timeline")->write(timed_run(*scenario, true).outcome);
}

/// What shows more of a failure: when it became inevitable, and how much of its trouble is too
/// much.
std::vector<reports::CampaignFailure::Command> commands_for(const FailureRow& failure,
                                                            const std::string& name) {
  std::vector<reports::CampaignFailure::Command> commands;
  const auto file = read_scenario(failure.scenario);
  if (!file || failure.property.empty()) return commands;
  const Checked<Scenario> scenario = checked_scenario(name, failure.scenario, *file);
  if (!scenario || needs_plug_in(*scenario)) return commands;
  commands.push_back(
      {fmt::format("lockstep odds {0}.toml -p {1} -o {0}.odds", name, failure.property),
       name + ".odds/odds.html", "when it became inevitable"});
  const Backend* backend = find_backend(scenario->lock);
  const std::vector<std::string> axes = axes_for(*scenario, std::string(backend->lease));
  if (axes.empty()) return commands;
  commands.push_back(
      {fmt::format("lockstep envelope base.toml --x {1} --y {2} -p {3} -o {0}.envelope", name,
                   axes[0], axes[1], failure.property),
       name + ".envelope/envelope.html", "how much of it the lock takes"});
  return commands;
}

/// The scenario of all runs, without a fault.
Scenario base_of(const FinishedSweep& sweep) {
  Scenario base = sweep.options.base;
  base.faults.clear();
  return base;
}

}  // namespace

bool promised(const PropertyCount& count) {
  return count.violated > 0 ? count.broken > 0 : count.claimed;
}

std::string untested(const FinishedSweep& sweep) {
  const SweepResult& result = sweep.result;
  if (sweep.planned == 0) return "there are more shards than seeds: this one has none";
  if (result.runs == 0) {
    return result.interrupted ? "interrupted before the first run ended"
                              : "no run fitted into the budget";
  }
  if (result.holds == 0) return "nobody ever held the lock: nothing was tested";
  const bool missed = has_faults(sweep) && result.overlapping_runs == 0;
  return missed ? "no fault ever met a hold: nothing was tested" : "";
}

Odds hazard_of(const PropertyCount& count) {
  return odds_of(count.violated, count.tried);
}

reports::SweepSummary summary_of(const FinishedSweep& sweep) {
  const Scenario& base = sweep.options.base;
  const SweepResult& result = sweep.result;
  reports::SweepSummary summary;
  summary.what = fmt::format("{} {}, {}, {}", base.lock, base.workload, name_of(base.resource),
                             reports::counted(static_cast<std::uint64_t>(base.clients), "client"));
  if (sweep.shard.count > 1) {
    summary.what += fmt::format(", shard {} of {}", sweep.shard.index + 1, sweep.shard.count);
  }
  summary.first_seed = result.lowest_seed;
  summary.last_seed = result.highest_seed;
  summary.runs = result.runs;
  summary.earlier = sweep.earlier;
  summary.failures = result.failures;
  summary.given_up = result.given_up;
  summary.diverged = result.diverged;
  const auto one = [](const std::optional<std::uint64_t>& seed, const std::string& text) {
    return seed ? fmt::format("seed {}: {}", *seed, text) : std::string();
  };
  summary.first_failure = one(result.first_failure_seed, result.first_failure);
  summary.first_given_up = one(result.first_given_up_seed, result.first_given_up);
  summary.first_divergence = one(result.first_diverged_seed, result.first_divergence);
  summary.overlapping_runs = result.overlapping_runs;
  summary.with_faults = has_faults(sweep);
  summary.untested = untested(sweep);
  summary.interrupted = result.interrupted;
  summary.simulated = result.simulated;
  summary.wall = sweep.wall;
  for (const auto& [name, count] : result.properties) {
    summary.properties.push_back({name, promised(count), count.holds, count.unknown, count.violated,
                                  count.first_seed, odds_text(sweep, count)});
  }
  return summary;
}

std::vector<OutputFile> campaign_files(const FinishedSweep& sweep) {
  std::vector<OutputFile> files;
  reports::CampaignPage page{summary_of(sweep), drawn(sweep), {}};
  std::size_t number = 0;
  for (const FailureRow& failure : sweep.failures) {
    const std::string name = fmt::format("failure.{}", ++number);
    reports::CampaignFailure told{
        failure.pattern,
        failure.promised,
        failure.runs,
        failure.seed,
        static_cast<std::uint64_t>(std::max<std::int64_t>(failure.clients, 0)),
        static_cast<std::uint64_t>(failure.faults)};
    files.push_back({name + ".toml", failure.scenario});
    told.scenario = name + ".toml";
    auto timeline = number <= most_timelines ? timeline_of(failure, told.scenario) : std::nullopt;
    if (timeline) {
      files.push_back({name + ".html", std::move(*timeline)});
      told.timeline = name + ".html";
    }
    told.commands = commands_for(failure, name);
    page.failures.push_back(std::move(told));
  }
  if (number > 0) files.push_back({"base.toml", write_scenario(base_of(sweep))});
  files.push_back({"index.html", reports::campaign_page(page)});
  return files;
}

}  // namespace lockstep
