// lockstep run: one scenario, judged.
#include "cli/exports.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "harness/plug_in.hpp"
#include "reports/outcome_json.hpp"
#include "reports/text.hpp"

namespace lockstep {

namespace {

constexpr std::uint64_t most_events = 1'000'000;  // of a run that is run again for its messages

/// The story of a violation is told from the messages, too, which a run keeps only when asked.
void add_trace(TimedOutcome& timed, const Bounds& bounds) {
  Outcome& outcome = timed.outcome;
  const bool kept = !outcome.trace.entries.empty();
  if (kept || code_of(outcome, false) != ExitCode::violation) return;
  if (outcome.stats.events > most_events || needs_plug_in(outcome.scenario)) return;
  outcome = timed_run(outcome.scenario, true, bounds).outcome;
}

}  // namespace

Checked<ExitCode> run_one(const RunRequest& request, VerbContext context) {
  if (!request.output.empty()) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  const auto exports = exports_of(request.exports, Told::run, request.output);
  if (!exports) return complain(exports.error());
  const Checked<DrawOptions> options = drawing(request.scenario);
  if (!options) return complain(options.error());
  const Scenario scenario = draw(*options, options->base.seed);
  const bool keep = !request.output.empty();
  TimedOutcome timed = timed_run(scenario, keep || !exports->empty(), bounds_of(request.scenario));
  Terminal& terminal = context.terminal;
  if (keep) {
    add_counterfactuals(timed.outcome, find_named_scenario(request.scenario.lock + "-fixed"));
  }
  add_trace(timed, bounds_of(request.scenario));
  const auto exported = write_exports(*exports, timed.outcome);
  if (!exported) return complain(exported.error());
  if (keep) {
    auto files = files_of(timed.outcome, timed.wall);
    files.insert(files.end(), exported->begin(), exported->end());
    const auto kept = write_output(request.output, files);
    if (!kept) return complain(kept.error());
    if (!terminal.quiet) terminal.err << "kept in " << request.output << "\n";
  }
  if (context.json) {
    terminal.out << reports::outcome_json(timed.outcome, timed.wall);
  } else {
    reports::TextOptions text;
    text.colour = terminal.colours_on_out();
    text.again = command_of(request.scenario, true);
    if (keep) text.replay = context.command("replay", request.output);
    terminal.out << reports::tell(timed.outcome, text);
  }
  return code_of(timed.outcome, request.expect == "violation");
}

}  // namespace lockstep
