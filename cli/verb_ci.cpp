// lockstep ci: the checks of lockstep.json, first on what once failed, then on new seeds.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <set>

#include "campaign/rows.hpp"
#include "cli/check_output.hpp"
#include "cli/ci_file.hpp"
#include "cli/exports.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/sweep_job.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/run.hpp"
#include "harness/shrink.hpp"
#include "harness/witness_pattern.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using reports::CheckCase;

constexpr Duration usual_budget = 60s;

bool counts(const CiCheck& check, const std::string& property, bool promise_broken) {
  if (check.properties.empty()) return check.violation_expected || promise_broken;
  return std::find(check.properties.begin(), check.properties.end(), property) !=
         check.properties.end();
}

/// The first violation that matters to the check; null when there is none.
const Verdict* violation_in(const Outcome& outcome, const CiCheck& check) {
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == Status::violated && counts(check, verdict.property, verdict.claimed)) {
      return &verdict;
    }
  }
  return nullptr;
}

struct Found {
  std::string property;
  std::uint64_t runs = 0;
  std::uint64_t seed = 0;
};

std::vector<Found> found_in(const SweepResult& result, const CiCheck& check) {
  std::vector<Found> found;
  for (const auto& [name, count] : result.properties) {
    const bool any = check.violation_expected || !check.properties.empty();
    const auto& seed = any ? count.first_seed : count.first_broken_seed;
    if (!seed || !counts(check, name, count.broken > 0)) continue;
    found.push_back({name, any ? count.violated : count.broken, *seed});
  }
  return found;
}

/// The checks of one file, one after the other.
class Session {
 public:
  Session(const CiRequest& request, const CiFile& file, Terminal& terminal)
      : file_(file),
        request_(request),
        terminal_(terminal),
        corpus_(fs::path(request.file).parent_path() / file.corpus) {}

  Checked<ExitCode> run(Duration budget) {
    const Clock::time_point end = Clock::now() + budget;
    for (const CiCheck& check : file_.checks) {
      if (enough()) break;
      if (const Checked<void> ok = replay_corpus(check); !ok) return complain(ok.error());
    }
    for (std::size_t i = 0; i < file_.checks.size(); ++i) {
      if (enough()) break;
      const auto left = static_cast<std::int64_t>(file_.checks.size() - i);
      const Duration share = std::max<Duration>((end - Clock::now()) / left, 1ms);
      if (const Checked<void> ok = sweep(file_.checks[i], share); !ok) return complain(ok.error());
      if (code_ == ExitCode::interrupted) break;
    }
    return code_;
  }

  const std::vector<CheckCase>& cases() const { return cases_; }

 private:
  bool enough() const { return request_.fail_fast && code_ != ExitCode::met; }

  /// A saved scenario with the lock, its settings and the resource as the check has them today.
  Checked<void> replay(const CiCheck& check, const std::string& path) {
    Checked<Scenario> scenario = load_scenario(path);
    if (!scenario) return complain(scenario.error());
    scenario->lock = check.options.base.lock;
    scenario->lock_settings = check.options.base.lock_settings;
    scenario->resource = check.options.base.resource;
    for (const Problem& problem : problems_of(*scenario)) {
      return complain({ExitCode::bad_file,
                       fmt::format("with the lock of check {}: {}: {}", check.name, problem.where,
                                   problem.what),
                       path,
                       {},
                       "take it out of the corpus if it fits this check no more"});
    }
    const TimedOutcome timed = timed_run(*scenario, false);
    const Outcome& outcome = timed.outcome;
    CheckCase one{check.name + "/" + fs::path(path).filename().string()};
    one.file = path;
    one.wall = timed.wall;
    if (!outcome.failure.empty()) {
      one.failure = "a bug ended the run: " + outcome.failure;
      code_ = worse(code_, ExitCode::internal);
    } else if (!outcome.diverged.empty()) {
      one.failure = "two runs of it differ";
      one.detail = outcome.diverged;
      code_ = worse(code_, ExitCode::diverged);
    } else if (!outcome.gave_up.empty()) {
      one.undecided = true;
      code_ = worse(code_, ExitCode::undecided);
    } else if (const Verdict* verdict = violation_in(outcome, check)) {
      known_.insert(check.name + " " + witness_pattern(outcome, *verdict));
      one.failure = fmt::format("{} is violated again", verdict->property);
      one.detail = "lockstep explain " + path;
      code_ = worse(code_, ExitCode::violation);
    }
    tell(std::move(one), "as saved");
    return {};
  }

  Checked<void> replay_corpus(const CiCheck& check) {
    if (check.violation_expected) return {};
    std::vector<std::string> paths;
    std::error_code absent;
    for (const auto& entry : fs::directory_iterator(corpus_ / check.name, absent)) {
      if (entry.path().extension() == ".toml") paths.push_back(entry.path().string());
    }
    std::sort(paths.begin(), paths.end());
    for (const std::string& path : paths) {
      if (enough()) break;
      if (const Checked<void> ok = replay(check, path); !ok) return ok;
    }
    return {};
  }

  Checked<void> sweep(const CiCheck& check, Duration budget) {
    SweepJob job;
    job.options = check.options;
    job.strategy = check.strategy;
    job.runs = check.runs.value_or(without_end);
    job.budget = budget;
    const bool first = check.violation_expected || request_.fail_fast;
    job.enough = [&](const SweepResult& so_far) {
      return first && !found_in(so_far, check).empty();
    };
    const Checked<FinishedSweep> finished = carry_out(job, terminal_);
    if (!finished) return complain(finished.error());
    const SweepResult& result = finished->result;
    CheckCase one{check.name};
    one.file = request_.file;
    one.wall = finished->wall;
    const std::vector<Found> found = found_in(result, check);
    if (result.failures > 0) {
      one.failure = "a bug ended a run: " + result.first_failure;
      code_ = worse(code_, ExitCode::internal);
    } else if (result.diverged > 0) {
      one.failure = "two runs of one seed differ, first at seed " +
                    std::to_string(*result.first_diverged_seed);
      one.detail = result.first_divergence;
      code_ = worse(code_, ExitCode::diverged);
    } else if (check.violation_expected && found.empty() && !result.interrupted) {
      one.failure = "nothing was violated in " + reports::counted(result.runs, "run");
      code_ = worse(code_, ExitCode::violation);
    } else if (!check.violation_expected && !found.empty()) {
      one.failure = fmt::format("{} is violated in {} of {}, first at seed {}",
                                found.front().property, reports::grouped(found.front().runs),
                                reports::counted(result.runs, "run"), found.front().seed);
      const Checked<std::string> saved = save(check, result, found);
      if (!saved) return complain(saved.error());
      one.detail = *saved;
      code_ = worse(code_, ExitCode::violation);
    } else if (!check.violation_expected && open(result, check)) {
      one.undecided = true;
      code_ = worse(code_, ExitCode::undecided);
    }
    const std::string told = check.violation_expected && !found.empty()
                                 ? fmt::format("breaks as expected, at seed {}", found.front().seed)
                                 : reports::counted(result.runs, "run");
    tell(std::move(one), told);
    if (result.interrupted) code_ = ExitCode::interrupted;
    return {};
  }

  static bool open(const SweepResult& result, const CiCheck& check) {
    return result.given_up > 0 || std::ranges::any_of(result.properties, [&](const auto& named) {
             const auto& [name, count] = named;
             return check.properties.empty() ? count.open > 0
                                             : count.unknown > 0 && counts(check, name, false);
           });
  }

  /// Adds to the corpus what it does not know yet, made small. Says what to do with it.
  Checked<std::string> save(const CiCheck& check, const SweepResult& result,
                            const std::vector<Found>& found) {
    std::string advice = "the corpus has it already";
    for (const Found& one : found) {
      const Scenario* scenario = kept_scenario(result, one.seed);
      if (scenario == nullptr) continue;
      const Outcome outcome = timed_run(*scenario, false).outcome;
      const Verdict* verdict = violation_of(outcome, one.property);
      if (verdict == nullptr) continue;
      const std::string pattern = check.name + " " + witness_pattern(outcome, *verdict);
      if (!known_.insert(pattern).second) continue;
      ShrinkOptions shrinking;
      shrinking.property = one.property;
      const std::optional<Shrunk> shrunk = shrink(*scenario, shrinking);
      const Scenario& small = shrunk ? shrunk->scenario : *scenario;
      const std::string path =
          (corpus_ / check.name / fmt::format("{}-seed-{}.toml", one.property, one.seed)).string();
      if (const Checked<void> kept = write_whole_file(path, write_scenario(small)); !kept) {
        return complain(kept.error());
      }
      if (advice.starts_with("the corpus")) advice = "lockstep explain " + path;
    }
    return advice;
  }

  void tell(CheckCase one, const std::string& more) {
    const bool failed = !one.failure.empty();
    const Status status = failed          ? Status::violated
                          : one.undecided ? Status::unknown
                                          : Status::holds;
    if (!request_.json) {
      const char* mark = failed ? "FAIL   " : one.undecided ? "UNKNOWN" : "PASS   ";
      terminal_.out << fmt::format("{}  {}: {}\n", terminal_.paint(mark, status), one.name,
                                   failed ? one.failure : more);
      if (failed && !one.detail.empty()) terminal_.out << "         " << one.detail << "\n";
      terminal_.out << std::flush;
    }
    cases_.push_back(std::move(one));
  }

  const CiFile& file_;
  const CiRequest& request_;
  Terminal& terminal_;
  fs::path corpus_;
  std::vector<CheckCase> cases_;
  std::set<std::string> known_;  // "check pattern" of what the corpus shows
  ExitCode code_ = ExitCode::met;
};

void tell_json(const std::vector<CheckCase>& cases, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "ci").key("checks").array();
  for (const CheckCase& one : cases) {
    json.object().field("name", one.name).field("met", one.failure.empty() && !one.undecided);
    json.field("undecided", one.undecided).field("failure", one.failure);
    json.field("detail", one.detail).end();
  }
  json.end().end();
  terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> check_repository(const CiRequest& asked, VerbContext context) {
  CiRequest request = asked;
  request.json = context.json;
  const Checked<CiFile> file = load_ci_file(request.file);
  if (!file) return complain(file.error());
  Duration budget = file->budget.value_or(usual_budget);
  if (request.budget) {
    const Checked<Duration> typed = length_of_time("--budget", *request.budget);
    if (!typed) return complain(typed.error());
    budget = *typed;
  }
  const auto exports = exports_of(request.exports, Told::checks, {});
  if (!exports) return complain(exports.error());
  Session session(request, *file, context.terminal);
  const Checked<ExitCode> code = session.run(budget);
  if (!code) return complain(code.error());
  if (context.json) tell_json(session.cases(), context.terminal);
  const std::string seed = std::to_string(file->checks.front().options.base.seed);
  const reports::CheckSuite suite{"lockstep ci", seed, session.cases()};
  if (const auto ok = write_exports(*exports, suite); !ok) return complain(ok.error());
  const auto told = tell_machines(suite, request.junit, context.terminal);
  if (!told) return complain(told.error());
  return *code;
}

}  // namespace lockstep
