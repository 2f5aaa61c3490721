// lockstep sweep: many seeds, each with its own faults, on all cores.
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "cli/check_output.hpp"
#include "cli/exports.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/see_again.hpp"
#include "cli/shrink_files.hpp"
#include "cli/sweep_files.hpp"
#include "cli/sweep_job.hpp"
#include "cli/sweep_verdict.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/odds.hpp"
#include "harness/sweep.hpp"
#include "reports/sweep_text.hpp"

namespace lockstep {
namespace {

void add_odds(JsonWriter& json, const char* name, const Odds& odds) {
  json.key(name).object().field("hits", odds.hits).field("trials", odds.trials);
  json.key("low").raw(fmt::format("{:.9f}", odds.low));
  json.key("high").raw(fmt::format("{:.9f}", odds.high)).end();
}

std::string json_of(const FinishedSweep& sweep) {
  const SweepResult& result = sweep.result;
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "sweep");
  json.field("lock", sweep.options.base.lock).field("workload", sweep.options.base.workload);
  json.field("resource", name_of(sweep.options.base.resource));
  json.field("strategy", sweep.strategy);
  json.field("faults", sweep.options.faults).field("first_seed", sweep.options.base.seed);
  if (sweep.shard.count > 1) {
    json.field("shard", fmt::format("{}/{}", sweep.shard.index + 1, sweep.shard.count));
  }
  json.field("runs", result.runs).field("interrupted", result.interrupted);
  json.field("overlapping_runs", result.overlapping_runs);
  if (const std::string why = untested(sweep); !why.empty()) json.field("untested", why);
  json.field("failures", result.failures);
  if (result.first_failure_seed) {
    json.field("first_failure_seed", *result.first_failure_seed);
    json.field("first_failure", result.first_failure);
  }
  json.field("given_up", result.given_up).field("diverged", result.diverged);
  if (result.first_given_up_seed) {
    json.field("first_given_up_seed", *result.first_given_up_seed);
    json.field("first_given_up", result.first_given_up);
  }
  if (result.first_diverged_seed) {
    json.field("first_diverged_seed", *result.first_diverged_seed);
    json.field("first_divergence", result.first_divergence);
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
    add_odds(json, "per_run", odds_of(count.violated, result.runs));
    add_odds(json, "per_hold", hazard_of(count));
    json.end();
  }
  json.end().end();
  return json.text() + "\n";
}

/// Keeps the run of the lowest seed that broke a promise, or else violated anything, made small,
/// and the first that broke each promise as it was found, beside the counts.
Checked<void> keep(const SweepRequest& request, const FinishedSweep& sweep,
                   const std::vector<OutputFile>& more, Terminal& terminal) {
  std::vector<OutputFile> files;
  if (const auto seed = seed_to_keep(sweep.result)) {
    const Scenario found = *kept_scenario(sweep.result, *seed);
    const auto shrunk = request.shrink ? shrink_run(found, {}) : std::nullopt;
    if (shrunk) {
      files = files_of(*shrunk);
      if (!terminal.quiet) terminal.err << "seed " << *seed << ": " << tell(*shrunk);
    } else {
      const TimedOutcome timed = timed_run(found, true, bounds_of(request.scenario));
      files = files_of(timed.outcome, timed.wall);
    }
  }
  for (const auto& [name, count] : sweep.result.properties) {
    if (!count.first_broken_seed) continue;
    const Scenario* first = kept_scenario(sweep.result, *count.first_broken_seed);
    files.push_back({first_run_file(name), write_scenario(*first)});
  }
  files.push_back({"sweep.json", json_of(sweep)});
  for (OutputFile& file : campaign_files(sweep)) files.push_back(std::move(file));
  files.insert(files.end(), more.begin(), more.end());
  Checked<void> kept = write_output(request.output, files);
  if (kept && !terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  return kept;
}

/// A kind of fault, as `exhaust` calls what it places of it.
constexpr std::pair<std::string_view, std::string_view> placeable[] = {{"gc-pause", "pause"},
                                                                       {"crash", "crash"},
                                                                       {"delay", "late"},
                                                                       {"loss", "lost"},
                                                                       {"clock-jump", "clock"}};

/// `exhaustive` draws nothing from seeds: it is what `lockstep exhaust` does, asked for in the
/// words of a sweep.
Checked<ExitCode> sweep_placements(const SweepRequest& request, VerbContext context) {
  const std::pair<bool, const char*> of_seeds[] = {{request.runs.has_value(), "--runs"},
                                                   {!request.campaign.empty(), "--campaign"},
                                                   {request.resume, "--resume"},
                                                   {!request.shard.empty(), "--shard"},
                                                   {request.budget.has_value(), "--budget"},
                                                   {!request.junit.empty(), "--junit"},
                                                   {!request.exports.empty(), "--export"}};
  for (const auto& [given, flag] : of_seeds) {
    if (!given) continue;
    return wrong_usage("every placement is tried once: this flag is about runs of seeds", flag,
                       "leave it out with --strategy exhaustive");
  }
  ExhaustRequest exhaust;
  for (const std::string& kind : request.scenario.faults) {
    const auto at = std::ranges::find(placeable, kind, [](const auto& one) { return one.first; });
    if (at == std::end(placeable)) {
      return wrong_usage("faults of this kind can't be placed", "--faults " + kind,
                         "these can: gc-pause, crash, delay, loss, clock-jump");
    }
    exhaust.kinds.emplace_back(at->second);
  }
  exhaust.scenario = request.scenario;
  exhaust.scenario.faults.clear();
  exhaust.faults = request.placed.value_or(1);
  exhaust.workers = request.workers;
  exhaust.expect = request.expect;
  exhaust.output = request.output;
  return place_faults(exhaust, context);
}

}  // namespace

Checked<ExitCode> sweep_seeds(const SweepRequest& request, VerbContext context) {
  if (request.strategy == "exhaustive") return sweep_placements(request, context);
  if (request.placed) {
    return wrong_usage("faults are placed by one strategy only",
                       fmt::format("--placed {}", *request.placed),
                       "say --strategy exhaustive, or leave it out");
  }
  const bool kept = !request.output.empty();
  if (kept) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  const auto exports = exports_of(request.exports, Told::checks, request.output);
  if (!exports) return complain(exports.error());
  const Checked<void> writable = check_machines(request.junit, request.output);
  if (!writable) return complain(writable.error());
  Terminal& terminal = context.terminal;
  const Checked<SweepJob> job = job_of(request, terminal);
  if (!job) return complain(job.error());
  const Checked<FinishedSweep> finished = carry_out(*job, terminal);
  if (!finished) return complain(finished.error());
  const SeeAgain again(request, *finished, context);
  const bool violation_expected = request.expect == "violation";
  const reports::CheckSuite suite = suite_of(
      *finished, violation_expected,
      [&](const std::string& property, std::uint64_t seed) { return again.of(property, seed); });
  // First what a person or a pipe gets: a file that can't be written then loses nothing.
  if (context.json) {
    terminal.out << json_of(*finished);
  } else {
    terminal.out << reports::tell(summary_of(*finished), terminal.colours_on_out(), again.first());
  }
  terminal.out << std::flush;
  const auto exported = write_exports(*exports, suite);
  if (!exported) return complain(exported.error());
  if (kept) {
    const Checked<void> ok = keep(request, *finished, *exported, terminal);
    if (!ok) return complain(ok.error());
  }
  const auto told = tell_machines(suite, request.junit, terminal);
  if (!told) return complain(told.error());
  return code_of(*finished, violation_expected);
}

}  // namespace lockstep
