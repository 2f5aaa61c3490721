// lockstep scoreboard: what each strategy needs to find each known bug.
#include <fmt/format.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "cli/interrupt.hpp"
#include "cli/run_files.hpp"
#include "cli/saved_scenarios.hpp"
#include "cli/sweep_job.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "harness/scoreboard.hpp"
#include "harness/strategies/strategy.hpp"
#include "nemesis/fault_kind.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

std::string seconds(Duration d) {
  return fmt::format("{:.3f}", static_cast<double>(d.count()) / 1e9);
}

/// "12.3", or ">12.3" where some search gave up.
std::string at_least(const Score& score, const std::string& figure) {
  return (score.found < score.searches ? ">" : "") + figure;
}

std::string tenths(std::uint64_t value) {
  return fmt::format("{}.{}", value / 10, value % 10);
}

std::string json_of(const std::vector<ScoreLine>& lines, const ScoreOptions& options,
                    bool interrupted) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "scoreboard");
  json.field("interrupted", interrupted).field("repetitions", options.repetitions);
  json.key("strategies").array();
  for (const Standing& one : standings(lines)) {
    json.object().field("strategy", one.strategy).field("bugs", one.bugs);
    json.field("always_found", one.always_found).field("median_runs", one.median_runs);
    json.field("worst_runs", one.worst_runs).field("median_cpu_s", seconds(one.median_cpu));
    json.field("worst_median_cpu_s", seconds(one.worst_median_cpu));
    json.field("worst_cpu_s", seconds(one.worst_cpu));
    json.field("times_fewer_runs_than_random", tenths(one.times_fewer_tenths));
    json.field("times_fewer_on_hard_bugs", tenths(one.times_fewer_hard_tenths));
    json.field("hard_bugs", one.hard_bugs).end();
  }
  json.end().key("bugs").array();
  for (const ScoreLine& line : lines) {
    json.object().field("bug", line.bug.name).field("fault_classes", line.bug.faults);
    json.field("faults", line.bug.options.faults).field("properties", line.bug.properties);
    json.key("scores").array();
    for (const Score& score : line.scores) {
      json.object().field("strategy", score.strategy).field("searches", score.searches);
      json.field("found", score.found).field("median_runs", score.median_runs);
      json.field("worst_runs", score.worst_runs);
      json.field("median_cpu_s", seconds(score.median_cpu));
      json.field("worst_cpu_s", seconds(score.worst_cpu));
      if (!score.failure.empty()) json.field("failure", score.failure);
      json.end();
    }
    json.end().end();
  }
  json.end().end();
  return json.text() + "\n";
}

/// Without `random` there is nothing to be measured against.
std::string standings_table(const std::vector<ScoreLine>& lines, const ScoreOptions& options) {
  const bool against_random = std::ranges::count(options.strategies, "random") > 0;
  std::string text =
      "| strategy | bugs found in every search | runs, median (worst) | CPU s, median (worst "
      "median, worst) |";
  if (against_random) text += " times fewer runs than random | on bugs that take random 10 runs |";
  text += against_random ? "\n|---|---|---|---|---|---|\n" : "\n|---|---|---|---|\n";
  for (const Standing& one : standings(lines)) {
    text += fmt::format("| {} | {} of {} | {} ({}) | {} ({}, {}) |", one.strategy, one.always_found,
                        one.bugs, one.median_runs, one.worst_runs, seconds(one.median_cpu),
                        seconds(one.worst_median_cpu), seconds(one.worst_cpu));
    if (against_random) {
      text +=
          fmt::format(" {} | {} ({}) |", tenths(one.times_fewer_tenths),
                      tenths(one.times_fewer_hard_tenths), reports::counted(one.hard_bugs, "bug"));
    }
    text += "\n";
  }
  return text;
}

std::string bugs_table(const std::vector<ScoreLine>& lines, const ScoreOptions& options) {
  std::string text = "| bug | under |";
  std::string rule = "|---|---|";
  for (const std::string& strategy : options.strategies) {
    text += fmt::format(" {} |", strategy);
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const ScoreLine& line : lines) {
    const std::string kinds = fmt::format("{}", fmt::join(line.bug.options.faults, " "));
    text += fmt::format("| {} | {} |", line.bug.name,
                        line.bug.faults.empty() ? kinds : line.bug.faults);
    for (const Score& score : line.scores) {
      text += fmt::format(" {} ({}), {} s ({}){} |",
                          at_least(score, fmt::format("{}", score.median_runs)), score.worst_runs,
                          seconds(score.median_cpu), seconds(score.worst_cpu),
                          score.found < score.searches
                              ? fmt::format(", found {} of {}", score.found, score.searches)
                              : std::string());
    }
    text += "\n";
  }
  return text;
}

/// That asks for the same again.
std::string command_of(const ScoreboardRequest& request, const ScoreOptions& options) {
  const auto chosen = [](const char* flag, const std::vector<std::string>& names) {
    return names.empty() ? "" : fmt::format(" {} {}", flag, fmt::join(names, ","));
  };
  return fmt::format(
      "lockstep scoreboard --of {}{}{} --repetitions {} --runs {} --cpu {}{}{} -o DIR", request.of,
      chosen("--locks", request.locks), chosen("--strategy", request.strategies),
      options.repetitions, options.most_runs, request.cpu, request.cells ? " --cells" : "",
      request.all_kinds ? " --all-kinds" : "");
}

/// `bugs`: how many were to be measured.
std::string page_of(const std::vector<ScoreLine>& lines, const ScoreboardRequest& request,
                    const ScoreOptions& options, std::size_t bugs, bool interrupted) {
  const std::string partial = interrupted
                                  ? fmt::format("**Interrupted: {} of {} were measured.**\n\n",
                                                lines.size(), reports::counted(bugs, "bug"))
                                  : "";
  return fmt::format(
      "# Scoreboard\n\n"
      "Made by `{}`. Each known bug was searched for {} with each\nstrategy, from different base "
      "seeds, each search in one thread until the "
      "first violation (or {} s of CPU time\nor {} runs, when it gives up). What counts as a bug, "
      "and what a search is given, is told in [search.md](search.md).\n\n"
      "{}{}\nPer bug: runs, median (worst), then CPU seconds, median (worst). `>`: some search "
      "gave "
      "up.\n\n{}",
      command_of(request, options), reports::counted(options.repetitions, "time"),
      seconds(options.most_cpu), options.most_runs, partial, standings_table(lines, options),
      bugs_table(lines, options));
}

std::vector<KnownBug> chosen_bugs(const ScoreboardRequest& request) {
  std::vector<KnownBug> bugs;
  if (request.of != "scenarios") bugs = known_bugs(request.locks, request.cells);
  if (request.of == "locks") return bugs;
  for (const NamedScenario& saved : named_scenarios()) {
    const auto& names = request.locks;
    const bool named = std::find(names.begin(), names.end(), saved.name) != names.end();
    if (saved.fixed || !(names.empty() || named)) continue;
    bugs.push_back(known_bug(saved.name, saved.scenario, saved.about.violates));
  }
  return bugs;
}

/// What was named and is not searched for would be missed by nobody.
Checked<void> check_locks(const ScoreboardRequest& request) {
  for (const std::string& name : request.locks) {
    ScoreboardRequest alone = request;
    alone.locks = {name};
    if (!chosen_bugs(alone).empty()) continue;
    const std::string where = "--locks " + name;
    if (find_backend(name) != nullptr || find_named_scenario(name) != nullptr) {
      return wrong_usage(fmt::format("\"{}\" is no known bug of --of {}", name, request.of), where,
                         "see: lockstep matrix, lockstep list scenarios");
    }
    std::vector<std::string> known;
    for (const Backend& backend : all_backends()) known.emplace_back(backend.name);
    for (const NamedScenario& saved : named_scenarios()) known.push_back(saved.name);
    const std::string near = did_you_mean(name, known);
    return wrong_usage(fmt::format("there is no lock or saved scenario \"{}\"", name), where,
                       near.empty() ? "see: lockstep list locks, lockstep list scenarios" : near);
  }
  return {};
}

/// Nobody says what breaks it.
void give_all_kinds(std::vector<KnownBug>& bugs) {
  for (KnownBug& bug : bugs) {
    bug.options.faults.clear();
    for (const FaultKind& kind : all_fault_kinds()) bug.options.faults.emplace_back(kind.name);
  }
}

}  // namespace

Checked<ExitCode> keep_score(const ScoreboardRequest& request, VerbContext context) {
  ScoreOptions options;
  options.strategies = request.strategies;
  for (const Strategy& strategy : all_strategies()) {
    if (request.strategies.empty()) options.strategies.emplace_back(strategy.name);
  }
  for (const std::string& name : options.strategies) {
    if (const Checked<void> ok = check_strategy(name); !ok) return complain(ok.error());
  }
  if (const Checked<void> ok = check_locks(request); !ok) return complain(ok.error());
  std::vector<KnownBug> bugs = chosen_bugs(request);
  if (request.all_kinds) give_all_kinds(bugs);
  if (bugs.empty()) {
    return wrong_usage("none of these is known to be wrong", "--locks",
                       "see: lockstep matrix, lockstep list scenarios");
  }
  if (!request.output.empty()) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  InterruptScope interrupt;
  options.repetitions = request.repetitions;
  options.most_runs = request.runs;
  options.most_cpu = std::chrono::seconds(request.cpu);
  options.workers = static_cast<unsigned>(request.workers);
  options.interrupted = &interrupt.flag();
  Terminal& terminal = context.terminal;
  const auto lines = measure_scoreboard(bugs, options, [&](const ScoreLine& line) {
    if (terminal.quiet) return;
    terminal.err << fmt::format("{:<34}", line.bug.name);
    for (const Score& score : line.scores) {
      terminal.err << fmt::format(" {} {}", score.strategy,
                                  at_least(score, fmt::format("{}", score.median_runs)));
    }
    terminal.err << "\n" << std::flush;
  });
  const bool interrupted = interrupt.flag().load();
  const std::string json = json_of(lines, options, interrupted);
  const std::string page = page_of(lines, request, options, bugs.size(), interrupted);
  if (!request.output.empty()) {
    const auto kept =
        write_output(request.output, {{"scoreboard.json", json}, {"scoreboard.md", page}});
    if (!kept) return complain(kept.error());
  }
  terminal.out << (context.json ? json : page);
  if (interrupted) return ExitCode::interrupted;
  const auto missed = [](const ScoreLine& line) { return line.scores.front().found == 0; };
  return std::any_of(lines.begin(), lines.end(), missed) ? ExitCode::violation : ExitCode::met;
}

}  // namespace lockstep
