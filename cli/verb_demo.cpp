// lockstep demo: the same pause with and without fencing, told side by side.
#include <fmt/core.h>

#include <algorithm>

#include "cli/run_files.hpp"
#include "cli/shell_word.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "harness/run.hpp"
#include "reports/text.hpp"

namespace lockstep {
namespace {

/// A client is stopped right after it has checked its lease, for longer than the lease lasts.
Scenario pause_after_check(const std::string& lock, ResourcePolicy resource) {
  Scenario scenario;
  scenario.lock = lock;
  scenario.workload = "counter";
  scenario.resource = resource;
  scenario.clients = 3;
  scenario.duration = 30s;
  scenario.seed = 42;
  fill_defaults(scenario);
  Fault pause;
  pause.kind = "gc-pause";
  pause.targets = {"self"};
  pause.when.step = "checked";
  pause.when.occurrence = 3;
  pause.lasts = scenario.lock_settings.duration("lease") + 2400ms;
  scenario.faults.push_back(pause);
  return scenario;
}

struct Act {
  std::string name;
  std::string title;
  TimedOutcome timed;
  std::string folder;
};

/// Did the resource take a write that it should not have?
bool harmed(const Outcome& outcome) {
  return std::any_of(outcome.verdicts.begin(), outcome.verdicts.end(), [](const Verdict& v) {
    const bool effect = v.property == "effect-exclusion" || v.property == "no-lost-update";
    return effect && v.status == Status::violated;
  });
}

Act act(std::string name, std::string title, const Scenario& scenario, const std::string& output) {
  std::string folder = output + (output.ends_with('/') ? "" : "/") + name;
  return Act{std::move(name), std::move(title), timed_run(scenario, true), std::move(folder)};
}

void tell(const std::vector<Act>& acts, Terminal& terminal) {
  for (const Act& one : acts) {
    terminal.out << terminal.paint(one.title, "1") << "\n\n";
    reports::TextOptions text;
    text.colour = terminal.colours_on_out();
    text.replay = "lockstep replay " + shell_word(one.folder);
    terminal.out << reports::tell(one.timed.outcome, text) << "\n\n";
  }
  terminal.out << "Open in a browser:\n";
  for (const Act& one : acts) {
    terminal.out << fmt::format(
        "  {}/timeline.html  ({})\n", one.folder,
        harmed(one.timed.outcome) ? "the write that came too late" : "the same write, refused");
  }
}

void tell_json(const std::vector<Act>& acts, Terminal& terminal) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "demo").key("runs").array();
  for (const Act& one : acts) {
    std::vector<std::string> violated;
    for (const Verdict& verdict : one.timed.outcome.verdicts) {
      if (verdict.status == Status::violated) violated.push_back(verdict.property);
    }
    json.object().field("name", one.name);
    json.field("resource", name_of(one.timed.outcome.scenario.resource));
    json.field("digest", fmt::format("{:016x}", one.timed.outcome.digest));
    json.field("violated", violated).field("harmed", harmed(one.timed.outcome));
    json.field("timeline", one.folder + "/timeline.html").end();
  }
  json.end().end();
  terminal.out << json.text() << "\n";
}

}  // namespace

Checked<ExitCode> demo(const DemoRequest& request, VerbContext context) {
  std::vector<Act> acts = {
      act("unfenced", "1. A client pauses between its check and its write; nobody looks at tokens.",
          pause_after_check("redis-setpx", ResourcePolicy::none), request.output),
      act("fenced",
          "2. The same seed and pause. The lock now comes with a token, and the resource looks at "
          "it (RP2).",
          pause_after_check("redis-fence-atomic", ResourcePolicy::fence_all), request.output)};
  for (Act& one : acts) {
    add_counterfactuals(one.timed.outcome);
    const auto kept = write_output(one.folder, files_of(one.timed.outcome, one.timed.wall));
    if (!kept) return complain(kept.error());
  }
  (context.json ? tell_json : tell)(acts, context.terminal);
  const bool as_told = harmed(acts[0].timed.outcome) && !harmed(acts[1].timed.outcome);
  const bool bug = !acts[0].timed.outcome.failure.empty() || !acts[1].timed.outcome.failure.empty();
  if (bug) return ExitCode::internal;
  return as_told ? ExitCode::met : ExitCode::violation;
}

}  // namespace lockstep
