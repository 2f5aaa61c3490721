// lockstep ci: the checks of lockstep.json, first on what once failed, then on new seeds.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include "campaign/rows.hpp"
#include "checker/property.hpp"
#include "cli/campaign_rows.hpp"
#include "cli/check_output.hpp"
#include "cli/ci_file.hpp"
#include "cli/corpus.hpp"
#include "cli/exports.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/shell_word.hpp"
#include "cli/sweep_job.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "harness/run.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;
using reports::CheckCase;

constexpr Duration usual_budget = 60s;

bool counts(const CiCheck& check, const std::string& property, bool promise_broken) {
  if (check.properties.empty()) return check.violation_expected || promise_broken;
  return std::find(check.properties.begin(), check.properties.end(), property) !=
         check.properties.end();
}

/// The violations that matter to the check.
std::vector<const Verdict*> violations_in(const Outcome& outcome, const CiCheck& check) {
  std::vector<const Verdict*> violations;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == Status::violated && counts(check, verdict.property, verdict.claimed)) {
      violations.push_back(&verdict);
    }
  }
  return violations;
}

/// Why a run that violated nothing of the check does not tell that all of it holds; empty: it does.
std::string left_open(const Outcome& outcome, const CiCheck& check) {
  if (!outcome.gave_up.empty()) return outcome.gave_up;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == Status::unknown && counts(check, verdict.property, verdict.claimed)) {
      return verdict.property + ": " + verdict.explanation;
    }
  }
  for (const std::string& name : check.properties) {
    const auto at = std::ranges::find(outcome.verdicts, name, &Verdict::property);
    if (at == outcome.verdicts.end()) return why_never_judged(name);
  }
  return {};
}

/// The same of all runs of a sweep.
std::string left_open(const SweepResult& result, const CiCheck& check) {
  const std::string runs = reports::counted(result.runs, "run");
  if (result.given_up > 0) {
    return fmt::format("{} of {} gave up, that of seed {}: {}", reports::grouped(result.given_up),
                       runs, *result.first_given_up_seed,
                       reports::printable(result.first_given_up));
  }
  for (const auto& [name, count] : result.properties) {
    const std::uint64_t open = check.properties.empty()     ? count.open
                               : counts(check, name, false) ? count.unknown
                                                            : 0;
    if (open > 0)
      return fmt::format("{} is unknown in {} of {}", name, reports::grouped(open), runs);
  }
  for (const std::string& name : check.properties) {
    const auto at =
        std::ranges::find(result.properties, name, [](const auto& p) { return p.first; });
    if (at == result.properties.end()) return why_never_judged(name);
  }
  return {};
}

/// For SweepJob::note: groups the runs by the first violation that matters.
std::string note_of(const Outcome& outcome, const CiCheck& check) {
  const std::vector<const Verdict*> violations = violations_in(outcome, check);
  return violations.empty() ? std::string() : pattern_note(outcome, *violations.front());
}

/// What may go into the corpus: a run and the property that it violates.
struct Candidate {
  std::string property;
  Scenario scenario;
};

struct Found {
  std::string property;
  std::uint64_t runs = 0;
  std::uint64_t seed = 0;
  bool promised = false;
};

/// "belief-exclusion is violated in 3 of 40 runs, first at seed 7; linearizable in 2".
std::string told(const std::vector<Found>& found, std::uint64_t runs) {
  std::string text;
  for (const Found& one : found) {
    text += text.empty()
                ? fmt::format("{} is violated in {} of {}, first at seed {}", one.property,
                              reports::grouped(one.runs), reports::counted(runs, "run"), one.seed)
                : fmt::format("; {} in {}", one.property, reports::grouped(one.runs));
  }
  return text;
}

/// "belief-exclusion is violated, at seed 2"; a promise that was broken, if any was.
std::string told_as_expected(const std::vector<Found>& found) {
  const auto broken = std::ranges::find(found, true, &Found::promised);
  const Found& one = broken == found.end() ? found.front() : *broken;
  return fmt::format("breaks as expected: {} is violated, at seed {}{}", one.property, one.seed,
                     one.promised ? "" : " (not promised by this lock)");
}

/// "1 of 2,000 runs, the budget ended".
std::string runs_told(const SweepResult& result, const CiCheck& check) {
  if (!check.runs || result.runs >= *check.runs || result.interrupted) {
    return reports::counted(result.runs, "run");
  }
  return fmt::format("{} of {}, the budget ended", reports::grouped(result.runs),
                     reports::counted(*check.runs, "run"));
}

/// Why a sweep says nothing of a check that found no violation; empty: it does.
std::string nothing_said_by(const SweepResult& result, const CiCheck& check) {
  const std::string runs = reports::counted(result.runs, "run");
  if (result.interrupted) return "interrupted after " + runs;
  if (result.runs == 0) return "no run fitted into the budget";
  if (result.holds == 0)
    return runs + ", and in none did anybody hold the lock: nothing was tested";
  const bool with_faults = !check.options.faults.empty() || !check.options.base.faults.empty();
  if (!with_faults || result.overlapping_runs > 0) return {};
  return runs + ", and in none did a fault meet a hold: nothing was tested";
}

std::vector<Found> found_in(const SweepResult& result, const CiCheck& check) {
  std::vector<Found> found;
  for (const auto& [name, count] : result.properties) {
    const bool any = check.violation_expected || !check.properties.empty();
    const auto& seed = any ? count.first_seed : count.first_broken_seed;
    if (!seed || !counts(check, name, count.broken > 0)) continue;
    found.push_back({name, any ? count.violated : count.broken, *seed, count.broken > 0});
  }
  return found;
}

/// How many runs a check is told from, and was to be; none: as many as fit into the budget.
struct Extent {
  std::uint64_t runs = 0;
  std::optional<std::uint64_t> planned{};
};

/// The checks of one file, one after the other.
class Session {
 public:
  Session(const CiRequest& request, const CiFile& file, const VerbContext& context)
      : file_(file),
        request_(request),
        terminal_(context.terminal),
        explain_(context.command("explain") + " "),
        corpus_(std::filesystem::path(request.file).parent_path() / file.corpus) {}

  Checked<ExitCode> run(Duration budget) {
    const Clock::time_point end = Clock::now() + budget;
    for (const std::string& path : corpus_.idle(file_)) {
      terminal_.err << fmt::format(
          "warning: {} is not replayed: it belongs to no check that expects safe\n", path);
    }
    for (const CiCheck& check : file_.checks) {
      if (enough()) break;
      replay_corpus(check);
    }
    for (std::size_t i = 0; i < file_.checks.size(); ++i) {
      if (enough() || code_ == ExitCode::interrupted) {
        leave_out(file_.checks[i]);
        continue;
      }
      const auto left = static_cast<std::int64_t>(file_.checks.size() - i);
      const Duration share = std::max<Duration>((end - Clock::now()) / left, 1ms);
      if (const Checked<void> ok = sweep(file_.checks[i], share); !ok) return complain(ok.error());
    }
    return code_;
  }

  const std::vector<CheckCase>& cases() const { return cases_; }
  /// Of each of cases().
  const std::vector<Extent>& extents() const { return extents_; }

 private:
  bool enough() const { return request_.fail_fast && code_ != ExitCode::met; }

  /// It is in no report as if it had passed.
  void leave_out(const CiCheck& check) {
    CheckCase one{check.name};
    one.file = request_.file;
    one.undecided = true;
    one.remark = "not reached";
    tell(std::move(one), {0, check.runs});
  }

  /// A saved scenario with the lock, its settings and the resource as the check has them today.
  static Checked<Scenario> saved(const CiCheck& check, const std::string& path) {
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
    return scenario;
  }

  void replay(const CiCheck& check, const std::string& path) {
    CheckCase one{check.name + "/" + std::filesystem::path(path).filename().string()};
    one.file = path;
    const Checked<Scenario> scenario = saved(check, path);
    if (!scenario) {
      const Complaint& complaint = scenario.error();
      one.failure = fmt::format("{}: {}", complaint.where, complaint.what);
      one.detail = complaint.advice;
      code_ = worse(code_, ExitCode::bad_file);
      return tell(std::move(one), {0, 1});
    }
    const TimedOutcome timed = timed_run(*scenario, false);
    const Outcome& outcome = timed.outcome;
    one.wall = timed.wall;
    if (!outcome.failure.empty()) {
      one.failure = "a bug ended the run: " + outcome.failure;
      code_ = worse(code_, ExitCode::internal);
    } else if (!outcome.diverged.empty()) {
      one.failure = "two runs of it differ";
      one.detail = outcome.diverged;
      code_ = worse(code_, ExitCode::diverged);
    } else if (const auto violations = violations_in(outcome, check); !violations.empty()) {
      corpus_.remember(check, outcome, violations);
      one.failure = fmt::format("{} is violated again", violations.front()->property);
      one.detail = explain_ + shell_word(path);
      code_ = worse(code_, ExitCode::violation);
    } else {
      one.remark = left_open(outcome, check);
      one.undecided = !one.remark.empty();
      if (one.undecided) code_ = worse(code_, ExitCode::undecided);
    }
    tell(std::move(one), {1, 1}, "as saved");
  }

  void replay_corpus(const CiCheck& check) {
    if (check.violation_expected) return;
    for (const std::string& path : corpus_.files_of(check)) {
      if (enough()) break;
      replay(check, path);
    }
  }

  Checked<FinishedSweep> search(const CiCheck& check, Duration budget) {
    SweepJob job;
    job.name = check.name;
    job.options = check.options;
    job.strategy = check.strategy;
    job.runs = check.runs.value_or(without_end);
    job.budget = budget;
    job.keep_failures = !check.violation_expected;
    job.note = [&](const Outcome& outcome) { return note_of(outcome, check); };
    const bool first = check.violation_expected || request_.fail_fast;
    job.enough = [&](const SweepResult& so_far) {
      return first && !found_in(so_far, check).empty();
    };
    return carry_out(job, terminal_);
  }

  Checked<void> sweep(const CiCheck& check, Duration budget) {
    const Checked<FinishedSweep> finished = search(check, budget);
    if (!finished) return complain(finished.error());
    const SweepResult& result = finished->result;
    CheckCase one{check.name};
    one.file = request_.file;
    one.wall = finished->wall;
    const std::vector<Found> found = found_in(result, check);
    std::string more = runs_told(result, check);
    if (result.failures > 0) {
      one.failure = "a bug ended a run: " + result.first_failure;
      code_ = worse(code_, ExitCode::internal);
    } else if (result.diverged > 0) {
      one.failure = "two runs of one seed differ, first at seed " +
                    std::to_string(*result.first_diverged_seed);
      one.detail = result.first_divergence;
      code_ = worse(code_, ExitCode::diverged);
    } else if (!found.empty() && check.violation_expected) {
      more = told_as_expected(found);
    } else if (!found.empty()) {
      one.failure = told(found, result.runs);
      const Checked<std::string> saved = save(check, *finished, found);
      if (!saved) return complain(saved.error());
      one.detail = *saved;
      code_ = worse(code_, ExitCode::violation);
    } else if (const std::string why = nothing_said_by(result, check); !why.empty()) {
      one.undecided = true;
      one.remark = why;
      code_ = worse(code_, ExitCode::undecided);
    } else if (check.violation_expected) {
      one.failure = "nothing was violated in " + more;
      one.detail = left_open(result, check);
      code_ = worse(code_, ExitCode::violation);
    } else if (const std::string open = left_open(result, check); !open.empty()) {
      one.undecided = true;
      one.remark = open;
      code_ = worse(code_, ExitCode::undecided);
    }
    tell(std::move(one), {result.runs, check.runs}, more);
    if (result.interrupted) code_ = ExitCode::interrupted;
    return {};
  }

  /// The smallest run of each kind of failure, then the first of each property: some show only
  /// where another one is violated, too.
  static Checked<std::vector<Candidate>> candidates(const FinishedSweep& finished,
                                                    const std::vector<Found>& found) {
    std::vector<Candidate> all;
    for (const FailureRow& failure : finished.failures) {
      if (failure.property.empty()) continue;
      const Checked<Scenario> scenario =
          scenario_in(failure.scenario, fmt::format("the run of seed {}", failure.seed));
      if (!scenario) return complain(scenario.error());
      all.push_back({failure.property, *scenario});
    }
    for (const Found& one : found) {
      const Scenario* scenario = kept_scenario(finished.result, one.seed);
      if (scenario != nullptr) all.push_back({one.property, *scenario});
    }
    return all;
  }

  /// Adds to the corpus what it does not know yet, made small. Says what to do with it.
  Checked<std::string> save(const CiCheck& check, const FinishedSweep& finished,
                            const std::vector<Found>& found) {
    std::vector<std::string> saved;
    const auto all = candidates(finished, found);
    if (!all) return complain(all.error());
    for (const Candidate& one : *all) {
      const Checked<std::string> path = corpus_.add(check, one.scenario, one.property);
      if (!path) return complain(path.error());
      if (!path->empty()) saved.push_back(*path);
    }
    if (saved.empty()) return "the corpus has it already";
    if (saved.size() == 1) return explain_ + shell_word(saved.front());
    return fmt::format("{}{}  # {} are new in {}", explain_, shell_word(saved.front()),
                       reports::counted(saved.size(), "failure"), corpus_.folder_of(check));
  }

  /// `more`: what is told of one that passed.
  void tell(CheckCase one, Extent extent, const std::string& more = {}) {
    const bool failed = !one.failure.empty();
    const Status status = failed          ? Status::violated
                          : one.undecided ? Status::unknown
                                          : Status::holds;
    if (!request_.json) {
      const char* mark = failed ? "FAIL   " : one.undecided ? "UNKNOWN" : "PASS   ";
      terminal_.out << fmt::format("{}  {}: {}\n", terminal_.paint(mark, status), one.name,
                                   failed          ? one.failure
                                   : one.undecided ? one.remark
                                                   : more);
      if (failed && !one.detail.empty()) terminal_.out << "         " << one.detail << "\n";
      terminal_.out << std::flush;
    }
    cases_.push_back(std::move(one));
    extents_.push_back(extent);
  }

  const CiFile& file_;
  const CiRequest& request_;
  Terminal& terminal_;
  std::string explain_;  // the beginning of a command to look at a failure with
  Corpus corpus_;
  std::vector<CheckCase> cases_;
  std::vector<Extent> extents_;
  ExitCode code_ = ExitCode::met;
};

void tell_json(const Session& session, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "ci").key("checks").array();
  for (std::size_t i = 0; i < session.cases().size(); ++i) {
    const CheckCase& one = session.cases()[i];
    const Extent& extent = session.extents()[i];
    json.object().field("name", one.name).field("met", one.failure.empty() && !one.undecided);
    json.field("undecided", one.undecided).field("failure", one.failure);
    json.field("detail", one.detail).field("reason", one.remark);
    json.field("runs", extent.runs).key("planned");
    extent.planned ? json.value(*extent.planned) : json.null();
    json.end();
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
  if (const Checked<void> ok = check_machines(request.junit); !ok) return complain(ok.error());
  Session session(request, *file, context);
  const Checked<ExitCode> code = session.run(budget);
  if (!code) return complain(code.error());
  if (context.json) tell_json(session, context.terminal);
  const std::string seed = std::to_string(file->checks.front().options.base.seed);
  const reports::CheckSuite suite{"lockstep ci", seed, session.cases()};
  if (const auto ok = write_exports(*exports, suite); !ok) return complain(ok.error());
  const auto told = tell_machines(suite, request.junit, context.terminal);
  if (!told) return complain(told.error());
  return *code;
}

}  // namespace lockstep
