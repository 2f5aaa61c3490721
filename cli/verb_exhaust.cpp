// lockstep exhaust: every placement of up to k faults in one small scenario.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "backends/backend.hpp"
#include "checker/property.hpp"
#include "cli/interrupt.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "core/suggest.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/exhaust.hpp"
#include "harness/run.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

Checked<void> check_names(const std::vector<std::string>& names,
                          const std::vector<std::string>& known, const std::string& what,
                          const std::string& flag) {
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return wrong_usage(fmt::format("there is no {} \"{}\"", what, name), flag + " " + name,
                       fmt::format("it is one of {}", fmt::join(known, ", ")));
  }
  return {};
}

/// What was set on the command line stays as it was set.
std::vector<std::string> set_by_user(const ScenarioRequest& request) {
  std::vector<std::string> names;
  for (const std::string& setting : request.settings) {
    names.push_back(setting.substr(0, setting.find('=')));
  }
  if (request.clients) names.emplace_back("clients");
  if (request.duration) names.emplace_back("duration");
  return names;
}

Checked<ExhaustOptions> options_of(const ExhaustRequest& request) {
  Checked<void> known =
      check_names(request.kinds, names_in(exhaustive_kinds()), "kind of fault to place", "--kinds");
  if (known) {
    known = check_names(request.properties, names_in(all_properties()), "property", "--property");
  }
  if (!known) return complain(known.error());
  Checked<DrawOptions> drawn = drawing(request.scenario);
  if (!drawn) return complain(drawn.error());
  ExhaustOptions options;
  options.base = std::move(drawn->base);
  options.base.faults.clear();
  const bool from_file = find_backend(request.scenario.lock) == nullptr;
  if (!from_file) make_small(options.base, set_by_user(request.scenario));
  for (const Problem& problem : problems_of(options.base)) {
    return wrong_usage(fmt::format("{}: {}", problem.where, problem.what));
  }
  options.faults = request.faults;
  options.kinds = request.kinds;
  options.properties =
      request.properties.empty() ? exhaustive_properties(options.base) : request.properties;
  options.bounds = bounds_of(request.scenario);
  options.workers = static_cast<unsigned>(request.workers);
  return options;
}

std::string bound_of(const ExhaustOptions& options) {
  const Scenario& base = options.base;
  std::string text = fmt::format(
      "up to {} fault{} in the one schedule of seed {}: {}, {}, {}, {}", options.faults,
      options.faults == 1 ? "" : "s", base.seed, base.lock, base.workload, name_of(base.resource),
      reports::counted(static_cast<std::uint64_t>(base.clients), "client"));
  if (base.workload_settings.contains("operations")) {
    const std::int64_t count = base.workload_settings.number("operations");
    text += fmt::format(", {} operation{} each", count, count == 1 ? "" : "s");
  }
  text += fmt::format(
      ", one-way latencies of {} to {}.\nPlaced right before each event of a node, or on each "
      "message between any two nodes:\n",
      to_text(base.network.latency_min), to_text(base.network.latency_max));
  for (const ExhaustKind& kind : exhaustive_kinds()) {
    const auto& chosen = options.kinds;
    const bool in =
        chosen.empty() || std::find(chosen.begin(), chosen.end(), kind.name) != chosen.end();
    if (in) text += fmt::format("  {:<6} {}\n", kind.name, kind.summary);
  }
  return text + fmt::format("Asked of each run: {}\n", fmt::join(options.properties, ", "));
}

/// What the search can't speak for, a line each.
std::string doubts(const ExhaustResult& result) {
  std::string text;
  if (!result.failure.empty()) text += "a run ended in a bug: " + result.failure + "\n";
  if (!result.diverged.empty()) {
    text += "two runs of one placement differ: " + result.diverged + "\n";
  }
  const auto& placements = result.placements;
  if (!result.interrupted && placements.size() > 1 && placements[1] == 0) {
    text +=
        "UNDECIDED everything: there is nowhere to place a fault; give the run more --duration\n";
  }
  if (result.undecided > 0) {
    text += fmt::format("UNDECIDED {}: a verdict is open, or the run gave up\n",
                        reports::counted(result.undecided, "run"));
  }
  for (const std::string& property : result.unjudged) {
    text += fmt::format("UNDECIDED {}: it does not apply here and was never judged\n", property);
  }
  return text;
}

std::string json_of(const ExhaustOptions& options, const ExhaustResult& result, Duration wall) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "exhaust");
  json.field("lock", options.base.lock).field("resource", name_of(options.base.resource));
  json.field("faults", std::uint64_t{options.faults}).field("bound", bound_of(options));
  json.field("runs", result.runs).field("interrupted", result.interrupted);
  json.key("placements").array();
  for (const std::uint64_t count : result.placements) json.value(count);
  json.end().field("complete", !result.interrupted && !result.violation && doubts(result).empty());
  json.field("undecided", result.undecided).key("unjudged").array();
  for (const std::string& property : result.unjudged) json.value(property);
  json.end();
  json.field("base", write_scenario(options.base));
  if (!result.failure.empty()) json.field("failure", result.failure);
  if (!result.diverged.empty()) json.field("diverged", result.diverged);
  if (result.violation) {
    json.field("property", result.property).field("scenario", write_scenario(*result.violation));
  }
  json.field("wall_ms", wall.count() / 1'000'000).end();
  return json.text() + "\n";
}

ExitCode code_of(const ExhaustResult& result, bool violation_expected) {
  if (result.interrupted) return ExitCode::interrupted;
  if (!result.failure.empty()) return ExitCode::internal;
  if (!result.diverged.empty()) return ExitCode::diverged;
  if (result.violation) return violation_expected ? ExitCode::met : ExitCode::violation;
  if (!doubts(result).empty()) return ExitCode::undecided;
  return violation_expected ? ExitCode::violation : ExitCode::met;
}

std::string told(const ExhaustOptions& options, const ExhaustResult& result, Duration wall) {
  std::string text;
  for (std::size_t i = 0; i < result.placements.size(); ++i) {
    text += fmt::format("{} placement{} of {} fault{}\n", result.placements[i],
                        result.placements[i] == 1 ? "" : "s", i, i == 1 ? "" : "s");
  }
  text += fmt::format("{} in {}.{} s\n\n", reports::counted(result.runs, "run"), wall / 1s,
                      wall / 100ms % 10);
  const std::string doubt = doubts(result);
  text += doubt;
  if (result.violation) {
    text += fmt::format("VIOLATION of {} with {} fault{}:\n", result.property,
                        result.violation->faults.size(),
                        result.violation->faults.size() == 1 ? "" : "s");
    const Outcome outcome = watched_run(*result.violation, {}, options.bounds);
    for (const FaultSpan& span : outcome.record.faults) {
      text += fmt::format("  at {}  {}\n", to_text(span.from - WorldTime{}), span.text);
    }
    text += doubt.empty() ? "No smaller number of faults violates anything, within this bound:\n"
                          : "Within this bound:\n";
    return text + bound_of(options);
  }
  if (result.interrupted) return text + "Interrupted: nothing violated so far.\n";
  text += doubt.empty() ? "No violation within the bound:\n"
                        : "No violation seen, but not everything was judged, within the bound:\n";
  return text + bound_of(options);
}

Checked<void> keep(const ExhaustRequest& request, const ExhaustOptions& options,
                   const ExhaustResult& result, Duration wall, Terminal& terminal) {
  std::vector<OutputFile> files;
  if (result.violation) {
    const TimedOutcome timed = timed_run(*result.violation, true, options.bounds);
    files = files_of(timed.outcome, timed.wall);
  }
  files.push_back({"exhaust.json", json_of(options, result, wall)});
  Checked<void> kept = write_output(request.output, files);
  if (kept && !terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  return kept;
}

}  // namespace

Checked<ExitCode> place_faults(const ExhaustRequest& request, VerbContext context) {
  if (!request.output.empty()) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  Checked<ExhaustOptions> options = options_of(request);
  if (!options) return complain(options.error());
  InterruptScope interrupt;
  options->interrupted = &interrupt.flag();
  Terminal& terminal = context.terminal;
  const auto begin = std::chrono::steady_clock::now();
  if (!terminal.quiet) terminal.err << fmt::format("seed {}\n", options->base.seed) << std::flush;
  const bool progress = terminal.err_is_terminal && !terminal.quiet;
  if (!terminal.quiet) {
    const Duration often = progress ? 200ms : 10s;  // a changing line, or a log's
    options->progress = [&terminal, progress, often, next = begin + often](
                            std::size_t level, std::uint64_t done, std::uint64_t known) mutable {
      const auto now = std::chrono::steady_clock::now();
      if (now < next) return;
      next = now + often;
      const std::string line = fmt::format("{} of {} placements of {} faults", done, known, level);
      terminal.err << (progress ? "\r\x1b[K  " + line : line + "\n") << std::flush;
    };
  }
  const ExhaustResult result = exhaust(*options);
  const Duration wall = std::chrono::steady_clock::now() - begin;
  if (progress) terminal.err << "\r\x1b[K" << std::flush;
  if (!request.output.empty()) {
    const Checked<void> ok = keep(request, *options, result, wall, terminal);
    if (!ok) return complain(ok.error());
  }
  terminal.out << (context.json ? json_of(*options, result, wall) : told(*options, result, wall));
  return code_of(result, request.expect == "violation");
}

}  // namespace lockstep
