// The report "markdown": what a pull request is told of a run, or of many checks.
#include <fmt/core.h>

#include <algorithm>

#include "formats/scenario_toml.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"
#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

/// A block of code that nothing in it can end.
std::string fenced(const std::string& language, std::string_view text) {
  std::size_t longest = 2;
  std::size_t run = 0;
  for (const char c : text) {
    run = c == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  const std::string fence(longest + 1, '`');
  return fmt::format("{}{}\n{}{}\n", fence, language, text, fence);
}

std::string_view mark_of(const Verdict& verdict) {
  if (verdict.status == Status::violated) return verdict.claimed ? "FAIL" : "not promised";
  return verdict.status == Status::unknown ? "UNKNOWN" : "PASS";
}

std::string verdicts_table(const Outcome& outcome) {
  std::string text = "| | property | |\n|---|---|---|\n";
  for (const Verdict& verdict : outcome.verdicts) {
    text += fmt::format("| {} | {} | {} |\n", mark_of(verdict), in_markdown(verdict.property),
                        in_markdown(verdict.explanation));
  }
  return text;
}

std::string steps_table(const Story& story) {
  std::string text = "| s | who | what | |\n|--:|---|---|---|\n";
  for (const StoryStep& step : story.steps) {
    text += fmt::format("| {} | {} | {} | {} |\n", to_text(step.at), in_markdown(step.who),
                        in_markdown(step.text), in_markdown(step.mark));
  }
  return text;
}

std::string summary_of(const Outcome& outcome) {
  const Scenario& scenario = outcome.scenario;
  std::string text =
      fmt::format("### lockstep: {}, seed {}\n\n", in_markdown(scenario.lock), scenario.seed);
  const auto story = first_violation(outcome);
  text += fmt::format("**{}**\n\n", story ? in_markdown(story->headline) : "nothing was violated");
  if (story && !story->why.empty()) text += in_markdown(story->why) + "\n\n";
  if (story) text += steps_table(*story) + "\n";
  text += verdicts_table(outcome);
  text += "\n<details><summary>See it again</summary>\n\n";
  text += "Put this into `scenario.toml`, then `lockstep run scenario.toml -o out/again`.\n\n";
  return text + fenced("toml", write_scenario(scenario)) + "\n</details>\n";
}

}  // namespace

Report markdown() {
  return {.name = "markdown",
          .summary = "a summary for a pull request",
          .file_name = "summary.md",
          .write = summary_of,
          .on_request = true,
          .write_checks = step_summary};
}

}  // namespace lockstep::reports
