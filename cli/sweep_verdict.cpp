#include "cli/sweep_verdict.hpp"

#include <fmt/core.h>

#include "cli/sweep_files.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

using reports::CheckCase;

/// Why nothing is known of a property that no run violated; empty: the runs tell.
std::string open_because(const FinishedSweep& sweep) {
  const SweepResult& result = sweep.result;
  const std::string runs = reports::counted(result.runs, "run");
  if (result.interrupted) return "interrupted after " + runs;
  if (result.diverged > 0) return "runs of this sweep can't be repeated";
  if (const std::string why = untested(sweep); !why.empty()) return why;
  if (result.given_up > 0) return reports::counted(result.given_up, "run") + " gave up";
  return {};
}

void add_broken_runs(const SweepResult& result, reports::CheckSuite& suite) {
  if (result.failures > 0) suite.cases.push_back({"no bug ends a run", result.first_failure});
  if (result.diverged == 0) return;
  CheckCase diverged{"a run can be repeated"};
  diverged.failure = fmt::format("two runs of seed {} differ", *result.first_diverged_seed);
  diverged.detail = result.first_divergence;
  suite.cases.push_back(std::move(diverged));
}

CheckCase search_of(const FinishedSweep& sweep, const std::string& open) {
  CheckCase search{"breaks"};
  if (violating_seed(sweep.result, true)) return search;
  search.undecided = !open.empty();
  (search.undecided ? search.remark : search.failure) =
      search.undecided ? open : "nothing was violated";
  return search;
}

}  // namespace

ExitCode code_of(const FinishedSweep& sweep, bool violation_expected) {
  const SweepResult& result = sweep.result;
  if (result.interrupted) return ExitCode::interrupted;
  if (result.failures > 0) return ExitCode::internal;
  if (result.diverged > 0) return ExitCode::diverged;
  if (violating_seed(result, violation_expected)) {
    return violation_expected ? ExitCode::met : ExitCode::violation;
  }
  if (sweep.planned == 0) return ExitCode::met;  // others have all the seeds
  if (!untested(sweep).empty()) return ExitCode::undecided;
  if (violation_expected) return ExitCode::violation;
  bool unknown = result.given_up > 0;
  for (const auto& [name, count] : result.properties) unknown = unknown || count.open > 0;
  return unknown ? ExitCode::undecided : ExitCode::met;
}

reports::CheckSuite suite_of(const FinishedSweep& sweep, bool violation_expected,
                             const SeeRun& see) {
  reports::CheckSuite suite{
      "lockstep sweep " + sweep.options.base.lock, std::to_string(sweep.options.base.seed), {}};
  const std::string open = open_because(sweep);
  if (violation_expected) {
    suite.cases.push_back(search_of(sweep, open));
    add_broken_runs(sweep.result, suite);
    return suite;
  }
  for (const auto& [name, count] : sweep.result.properties) {
    CheckCase one{name};
    if (count.broken > 0) {
      one.failure = fmt::format("violated in {} of {}", count.broken,
                                reports::counted(sweep.result.runs, "run"));
      one.detail = see(name, *count.first_broken_seed);
    } else {
      one.undecided = count.open > 0 || !open.empty();
      one.remark = open;
    }
    suite.cases.push_back(std::move(one));
  }
  if (sweep.result.runs == 0) {
    CheckCase none{"runs"};
    none.undecided = true;
    none.remark = open;
    suite.cases.push_back(std::move(none));
  }
  add_broken_runs(sweep.result, suite);
  return suite;
}

}  // namespace lockstep
