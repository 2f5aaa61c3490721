#include "cli/run_files.hpp"

#include <algorithm>
#include <chrono>

#include "formats/history_jsonl.hpp"
#include "formats/history_proto.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/counterfactual.hpp"
#include "harness/plug_in.hpp"
#include "harness/run.hpp"
#include "reports/outcome_json.hpp"
#include "reports/report.hpp"

namespace lockstep {

std::vector<OutputFile> files_of(const Outcome& outcome, std::optional<Duration> wall) {
  std::vector<OutputFile> files;
  files.push_back({"scenario.toml", write_scenario(outcome.scenario)});
  files.push_back({"history.jsonl", write_history_jsonl(outcome.record.history)});
  files.push_back({"history.pb", write_history_proto(outcome.record.history)});
  files.push_back({"outcome.json", reports::outcome_json(outcome, wall)});
  for (const Report& report : all_reports()) {
    const std::string name(report.file_name);
    const auto same = [&](const OutputFile& file) { return file.name == name; };
    if (!report.on_request && std::none_of(files.begin(), files.end(), same)) {
      files.push_back({name, report.write(outcome)});
    }
  }
  return files;
}

ExitCode code_of(const Outcome& outcome, bool violation_expected) {
  if (!outcome.failure.empty()) return ExitCode::internal;
  if (!outcome.diverged.empty()) return ExitCode::diverged;
  Status claimed = Status::holds;
  bool violated = false;
  for (const Verdict& verdict : outcome.verdicts) {
    violated = violated || verdict.status == Status::violated;
    if (verdict.claimed) claimed = worse(claimed, verdict.status);
  }
  if (violation_expected && violated) return ExitCode::met;
  const bool cut_short = !outcome.gave_up.empty() && claimed != Status::violated;
  if (claimed == Status::unknown || cut_short) return ExitCode::undecided;
  if (violation_expected) return ExitCode::violation;
  return claimed == Status::violated ? ExitCode::violation : ExitCode::met;
}

void add_counterfactuals(Outcome& outcome, const NamedScenario* fixed) {
  constexpr std::uint64_t most_events = 300'000;
  if (outcome.stats.events > most_events) return;
  std::vector<Alternative> tried = alternatives(outcome);
  const bool violated =
      std::any_of(outcome.verdicts.begin(), outcome.verdicts.end(),
                  [](const Verdict& verdict) { return verdict.status == Status::violated; });
  if (fixed != nullptr && violated) {
    Scenario scenario = fixed->scenario;
    scenario.seed = outcome.scenario.seed;
    std::string why = fixed->about.fix;
    std::replace(why.begin(), why.end(), '\n', ' ');
    while (why.ends_with(' ') || why.ends_with('.')) why.pop_back();
    tried.push_back({"with the fix, " + fixed->name + " (" + why + ")", std::move(scenario)});
  }
  outcome.counterfactuals = try_out(outcome, tried);
}

TimedOutcome timed_run(const Scenario& scenario, bool trace, const Bounds& bounds) {
  const auto begin = std::chrono::steady_clock::now();
  TimedOutcome timed{watched_run(scenario, RunOptions{.trace = trace}, bounds), {}};
  timed.wall = std::chrono::steady_clock::now() - begin;
  return timed;
}

}  // namespace lockstep
