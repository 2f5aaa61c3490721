// The report "text": an outcome told on a terminal, in sentences.
#include "reports/text.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/ink.hpp"
#include "reports/plain.hpp"
#include "reports/question.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"
#include "reports/warnings.hpp"

namespace lockstep::reports {
namespace {

constexpr std::size_t widest_name = 32;  // a longer one does not push all others aside

constexpr std::size_t margin = 11;  // where the text of the header begins

void add_row(std::string& out, const Ink& ink, std::string_view name, std::string_view text) {
  out += ink.bold(padded(name, margin)) + wrapped(printable(text), margin) + "\n";
}

std::string faults_text(const Outcome& outcome) {
  if (outcome.scenario.faults.empty()) return "none";
  std::vector<std::string> kinds;
  for (const Fault& fault : outcome.scenario.faults) {
    if (std::ranges::find(kinds, fault.kind) == kinds.end()) kinds.push_back(fault.kind);
  }
  return fmt::format("{} of {}", counted(outcome.scenario.faults.size(), "fault"), listed(kinds));
}

void add_header(std::string& out, const Ink& ink, const Outcome& outcome) {
  const Scenario& scenario = outcome.scenario;
  std::string lock = scenario.lock;
  const std::string settings = brief(scenario.lock_settings);
  if (!settings.empty()) lock += "  " + settings;
  add_row(out, ink, "lock", lock);
  add_row(
      out, ink, "workload",
      fmt::format("{}, {}; resource {}: {}", scenario.workload,
                  counted(static_cast<std::uint64_t>(std::max<std::int64_t>(scenario.clients, 0)),
                          "client"),
                  name_of(scenario.resource), meaning_of(scenario.resource)));
  add_row(out, ink, "faults", faults_text(outcome));
  add_row(out, ink, "run",
          fmt::format("seed {}, {} s simulated, {}, {}, {}, digest {:016x}", scenario.seed,
                      to_text(WorldTime(outcome.stats.simulated)),
                      counted(outcome.stats.events, "event"),
                      counted(outcome.stats.messages, "message"),
                      counted(outcome.stats.holds, "hold"), outcome.digest));
  if (!outcome.failure.empty()) add_row(out, ink, "STOPPED", outcome.failure);
  if (!outcome.gave_up.empty()) add_row(out, ink, "GAVE UP", outcome.gave_up);
  if (!outcome.diverged.empty()) add_row(out, ink, "DIVERGED", outcome.diverged);
}

std::string label(const Ink& ink, Status status) {
  switch (status) {
    case Status::holds: return ink.green("PASS   ");
    case Status::unknown: return ink.yellow("UNKNOWN");
    case Status::violated: return ink.red("FAIL   ");
  }
  return "?";
}

void add_verdicts(std::string& out, const Ink& ink, const Outcome& outcome) {
  std::size_t width = 0;
  for (const Verdict& verdict : outcome.verdicts) {
    width = std::max(width, std::min(columns(printable(verdict.property)), widest_name));
  }
  for (const Question question : questions) {
    bool first = true;
    for (const Verdict& verdict : outcome.verdicts) {
      if (question_of(verdict.property) != question) continue;
      if (first) {
        out += fmt::format("\n{}  {}\n", ink.bold(name_of(question)), meaning_of(question));
      }
      first = false;
      std::string text = printable(verdict.explanation);
      if (!verdict.claimed && verdict.status != Status::holds) {
        text += text.empty() ? "(not promised)" : " (not promised by this lock)";
      }
      out += fmt::format("  {}  {}  {}\n", label(ink, verdict.status),
                         padded(printable(verdict.property), width), wrapped(text, width + 13));
    }
  }
}

std::string command(const TextOptions& options, const Advice& advice) {
  return options.again.empty() ? "add " + advice.flag : options.again + " " + advice.flag;
}

void add_story(std::string& out, const Ink& ink, const Story& story, const TextOptions& options) {
  out += "\n" + ink.bold(wrapped(printable(story.headline), 0)) + "\n\n";
  std::size_t width = 0;
  for (const StoryStep& step : story.steps) {
    width = std::max(width, std::min(columns(printable(step.who)), widest_name));
  }
  for (const StoryStep& step : story.steps) {
    out += fmt::format("  {:>9}  {}  {}", to_text(step.at), padded(printable(step.who), width),
                       wrapped(printable(step.text), width + 15));
    if (!step.mark.empty()) out += "  " + ink.red("<- " + printable(step.mark));
    out += '\n';
  }
  out += '\n';
  if (!story.why.empty()) {
    out += "  " + ink.bold("why") + "  " + wrapped(printable(story.why), 7) + "\n";
  }
  if (!story.harm.empty()) {
    out += "  " + ink.green("but") + "  " + wrapped(printable(story.harm), 7) + "\n";
  }
  for (const Advice& advice : story.advice) {
    out += "  " + ink.bold("try") + "  " + wrapped(printable(advice.text), 7) + "\n";
    if (!advice.flag.empty()) out += "         " + printable(command(options, advice)) + "\n";
  }
}

}  // namespace

std::string tell(const Outcome& outcome, const TextOptions& options) {
  const Ink ink(options.colour);
  std::string out;
  add_header(out, ink, outcome);
  add_verdicts(out, ink, outcome);
  const auto story = first_violation(outcome);
  if (story) add_story(out, ink, *story, options);
  const auto doubts = warnings(outcome);
  if (!doubts.empty()) out += '\n';
  for (const std::string& doubt : doubts) {
    out += ink.yellow("warning") + "  " + wrapped(printable(doubt), 9) + "\n";
  }
  if (!options.replay.empty()) out += "\n  replay   " + printable(options.replay) + "\n";
  return out;
}

Report text() {
  return {.name = "text",
          .summary = "the outcome in sentences, for a terminal",
          .file_name = "report.txt",
          .write = [](const Outcome& outcome) { return tell(outcome, {}); }};
}

}  // namespace lockstep::reports
