#include "cli/run_files.hpp"

#include <algorithm>
#include <chrono>

#include "formats/history_jsonl.hpp"
#include "formats/history_proto.hpp"
#include "formats/scenario_toml.hpp"
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
    if (std::none_of(files.begin(), files.end(), same)) {
      files.push_back({name, report.write(outcome)});
    }
  }
  return files;
}

ExitCode code_of(const Outcome& outcome, bool violation_expected) {
  if (!outcome.failure.empty()) return ExitCode::internal;
  Status claimed = Status::holds;
  bool violated = false;
  for (const Verdict& verdict : outcome.verdicts) {
    violated = violated || verdict.status == Status::violated;
    if (verdict.claimed) claimed = worse(claimed, verdict.status);
  }
  if (violation_expected && violated) return ExitCode::met;
  if (claimed == Status::unknown) return ExitCode::undecided;
  if (violation_expected) return ExitCode::violation;
  return claimed == Status::violated ? ExitCode::violation : ExitCode::met;
}

TimedOutcome timed_run(const Scenario& scenario, bool trace) {
  const auto begin = std::chrono::steady_clock::now();
  TimedOutcome timed{run(scenario, RunOptions{.trace = trace}), {}};
  timed.wall = std::chrono::steady_clock::now() - begin;
  return timed;
}

}  // namespace lockstep
