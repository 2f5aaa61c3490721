// lockstep explain: a saved run again, with every step kept, and its story told.
#include <fmt/core.h>

#include "cli/exports.hpp"
#include "cli/run_files.hpp"
#include "cli/scenario_source.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "reports/outcome_json.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace lockstep {
namespace {

/// The steps that led to the first violation, cause by cause, from the trace.
std::string steps_before(const Outcome& outcome) {
  const Verdict* first = nullptr;
  for (const Verdict& verdict : outcome.verdicts) {
    const bool earlier = verdict.at && (first == nullptr || *verdict.at < *first->at);
    if (verdict.status == Status::violated && earlier) first = &verdict;
  }
  if (first == nullptr) return "";
  const std::vector<TraceEntry>& entries = outcome.trace.entries;
  std::size_t end = 0;
  while (end < entries.size() && entries[end].at <= *first->at) ++end;
  constexpr std::size_t shown = 24;
  const std::size_t begin = end > shown ? end - shown : 0;
  std::string text =
      fmt::format("\n  the last {} steps before {} is violated\n\n", end - begin, first->property);
  for (std::size_t i = begin; i < end; ++i) {
    const TraceEntry& entry = entries[i];
    const std::string who =
        entry.node < outcome.trace.nodes.size() ? outcome.trace.nodes[entry.node] : "?";
    const bool between = entry.peer != entry.node && entry.peer < outcome.trace.nodes.size();
    text +=
        fmt::format("  {:>10}  {:<10} {:<8} {}{}\n", to_text(entry.at), who, name_of(entry.kind),
                    entry.text, between ? "  (" + outcome.trace.nodes[entry.peer] + ")" : "");
  }
  return text;
}

}  // namespace

Checked<ExitCode> explain(const ExplainRequest& request, VerbContext context) {
  const bool keep = !request.output.empty();
  if (keep) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  const auto exports = exports_of(request.exports, Told::run, request.output);
  if (!exports) return complain(exports.error());
  const Checked<SavedRun> saved = load_run(request.run);
  if (!saved) return complain(saved.error());
  TimedOutcome timed = timed_run(saved->scenario, true);
  Terminal& terminal = context.terminal;
  if (keep) {
    add_counterfactuals(timed.outcome);
  }
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
    text.again = context.command("run", saved->scenario_path);
    text.replay = context.command("replay", request.run);
    terminal.out << reports::tell(timed.outcome, text) << steps_before(timed.outcome);
  }
  return code_of(timed.outcome, false);
}

}  // namespace lockstep
