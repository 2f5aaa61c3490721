// lockstep odds: when a violation became inevitable.
#include <fmt/core.h>

#include "cli/interrupt.hpp"
#include "cli/output_folder.hpp"
#include "cli/run_files.hpp"
#include "cli/shrink_files.hpp"
#include "cli/verbs.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/no_return.hpp"
#include "harness/plug_in.hpp"
#include "reports/odds_page.hpp"
#include "reports/plain.hpp"
#include "reports/report.hpp"

namespace lockstep {
namespace {

std::string told(const NoReturn& result, std::uint64_t futures) {
  std::string text =
      fmt::format("the chance of {} just after each event, from {} of the same past\n\n",
                  result.property, reports::counted(futures, "other future"));
  for (std::size_t i = 0; i < result.chances.size(); ++i) {
    const Chance& chance = result.chances[i];
    constexpr std::size_t width = 30;
    const auto filled = static_cast<std::size_t>(chance.odds.share() * width + 0.5);
    text +=
        fmt::format("{} {:>10}  {:>4.0f} %  {:<30}  {}\n", i > 0 && i == result.jump ? '>' : ' ',
                    to_text(chance.at), chance.odds.share() * 100, std::string(filled, '#'),
                    reports::printable(chance.event));
  }
  if (result.interrupted) {
    text += "\ninterrupted: what was complete is all there is, and more may lie between\n";
  }
  if (result.jump == 0) {
    if (result.interrupted) return text;
    return text + "\nno event made it likelier: the faults as planned did\n";
  }
  const Chance& before = result.chances[result.jump - 1];
  const Chance& after = result.chances[result.jump];
  const bool sure = before.odds.high < after.odds.low;
  text += fmt::format("\n{} at {} s: {}\n  before {}\n  after  {}\n",
                      result.interrupted ? "so far it rose most"
                      : sure             ? "it became likely"
                                         : "it rose most",
                      to_text(after.at), reports::printable(after.event), percent(before.odds),
                      percent(after.odds));
  if (!sure) text += "the two overlap: this may be chance, and more --futures would tell\n";
  return text;
}

std::string json_of(const NoReturn& result) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "odds");
  json.field("property", result.property).field("violated_at_ns", nanos(result.violated_at));
  json.field("interrupted", result.interrupted).field("jump", result.jump);
  json.key("chances").array();
  for (const Chance& chance : result.chances) {
    json.object().field("at_ns", nanos(chance.at)).field("event", chance.event);
    json.field("violated", chance.odds.hits).field("futures", chance.odds.trials);
    json.key("low").raw(fmt::format("{:.6f}", chance.odds.low));
    json.key("high").raw(fmt::format("{:.6f}", chance.odds.high)).end();
  }
  json.end().end();
  return json.text() + "\n";
}

std::vector<OutputFile> files_of(const Scenario& scenario, const NoReturn& result,
                                 std::uint64_t futures) {
  reports::OddsPage page;
  page.lock = scenario.lock;
  page.seed = scenario.seed;
  page.property = result.property;
  page.futures = futures;
  page.jump = result.jump;
  page.interrupted = result.interrupted;
  for (const Chance& chance : result.chances) {
    const Odds& odds = chance.odds;
    page.points.push_back(
        {chance.at, chance.event, odds.hits, odds.trials, odds.low, odds.high, percent(odds)});
  }
  std::vector<OutputFile> files = {{"odds.json", json_of(result)}};
  page.scenario = "scenario.toml";
  files.push_back({page.scenario, write_scenario(scenario)});
  if (!needs_plug_in(scenario)) {
    page.timeline = "timeline.html";
    const Outcome outcome = timed_run(scenario, true).outcome;
    files.push_back({page.timeline, find_report("timeline")->write(outcome)});
  }
  files.push_back({"odds.html", reports::odds_page(page)});
  return files;
}

}  // namespace

Checked<ExitCode> tell_odds(const OddsRequest& request, VerbContext context) {
  const bool keep = !request.output.empty();
  if (keep) {
    if (const Checked<void> ok = check_output(request.output); !ok) return complain(ok.error());
  }
  if (const Checked<void> ok = check_property(request.property); !ok) return complain(ok.error());
  const Checked<Scenario> scenario = violating_scenario(request.run);
  if (!scenario) return complain(scenario.error());
  InterruptScope interrupt;
  NoReturnOptions options;
  options.futures = request.futures;
  options.workers = static_cast<unsigned>(request.workers);
  options.interrupted = &interrupt.flag();
  const auto result = point_of_no_return(*scenario, request.property, options);
  if (!result) {
    return complain({ExitCode::bad_file,
                     "this run does not violate that: there is no point of no return",
                     request.run,
                     {},
                     how_to_find_one(*scenario, request.run, context)});
  }
  if (keep) {
    const auto kept = write_output(request.output, files_of(*scenario, *result, options.futures));
    if (!kept) return complain(kept.error());
    if (!context.terminal.quiet) context.terminal.err << "kept in " << request.output << "\n";
  }
  context.terminal.out << (context.json ? json_of(*result) : told(*result, options.futures));
  return result->interrupted ? ExitCode::interrupted : ExitCode::met;
}

}  // namespace lockstep
