#include "cli/shrink_files.hpp"

#include <fmt/core.h>

#include <filesystem>

#include "checker/property.hpp"
#include "cli/run_files.hpp"
#include "cli/saved_scenarios.hpp"
#include "cli/scenario_source.hpp"
#include "formats/json_writer.hpp"
#include "formats/scenario_toml.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

std::string size_of(const Scenario& scenario) {
  const std::int64_t operations = scenario.workload_settings.number("operations");
  const auto count = [](auto number, const char* noun) {
    return reports::counted(static_cast<std::uint64_t>(number), noun);
  };
  return fmt::format(
      "{}, {}, {} and {}", count(scenario.clients, "client"),
      count(scenario.faults.size(), "fault"),
      operations == 0 ? "any number of operations" : count(operations, "operation") + " each",
      reports::brief(scenario.duration));
}

void add_size(JsonWriter& json, const char* name, const Scenario& scenario) {
  json.key(name).object().field("clients", scenario.clients);
  json.field("operations", scenario.workload_settings.number("operations"));
  json.field("faults", scenario.faults.size());
  json.field("duration_ms", scenario.duration.count() / 1'000'000).field("seed", scenario.seed);
  json.end();
}

}  // namespace

Checked<Scenario> violating_scenario(const std::string& word) {
  if (const NamedScenario* known = find_named_scenario(word)) return known->scenario;
  const Checked<SavedRun> saved = load_run(word);
  if (!saved) return complain(saved.error());
  return saved->scenario;
}

std::string how_to_find_one(const Scenario& scenario, const std::string& word,
                            const VerbContext& context) {
  std::error_code absent;
  const bool folder = std::filesystem::is_directory(word, absent);
  const std::string path = folder ? (std::filesystem::path(word) / "scenario.toml").string() : word;
  // It has its workload, resource, settings and faults.
  return fmt::format("{}: {}{} -o out/found",
                     scenario.faults.empty() ? "nothing goes wrong in it; look for one with faults"
                                             : "look for one under other seeds",
                     context.command("sweep", path),
                     scenario.faults.empty() ? " --faults gc-pause,partition" : "");
}

Checked<void> check_property(const std::string& name) {
  if (name.empty() || find_property(name) != nullptr) return {};
  std::vector<std::string> known;
  for (const Property& property : all_properties()) known.emplace_back(property.name);
  const std::string near = did_you_mean(name, known);
  return wrong_usage(fmt::format("there is no property \"{}\"", name), "--property " + name,
                     near.empty() ? "see: lockstep list properties" : near);
}

std::optional<ShrunkRun> shrink_run(const Scenario& found, const ShrinkOptions& options) {
  const auto small = shrink(found, options);
  if (!small) return std::nullopt;
  return ShrunkRun{found, *small, thresholds_of(small->scenario, small->property)};
}

std::string tell(const ShrunkRun& run) {
  std::string text = run.small.pattern + "\n";
  text += fmt::format("  found     {}\n", size_of(run.found));
  text += fmt::format("  shrunk    {}, in {}\n", size_of(run.small.scenario),
                      reports::counted(run.small.runs, "run"));
  text += run.small.minimal
              ? "  minimal   without any one of its faults, clients or operations it is gone\n"
              : "  minimal   not known: shrinking ended before all was tried\n";
  for (const Threshold& threshold : run.thresholds) {
    const bool same = threshold.property == run.small.property;
    text += fmt::format("  vanishes  {}when {}\n",
                        same ? std::string() : "(" + threshold.property + ") ", threshold.text);
  }
  return text;
}

std::string json_of(const ShrunkRun& run) {
  JsonWriter json;
  json.object().field("schema_version", 1).field("verb", "shrink");
  json.field("lock", run.found.lock).field("property", run.small.property);
  json.field("pattern", run.small.pattern).field("minimal", run.small.minimal);
  json.field("runs", run.small.runs);
  add_size(json, "found", run.found);
  add_size(json, "shrunk", run.small.scenario);
  json.key("vanishes").array();
  for (const Threshold& threshold : run.thresholds) {
    json.object().field("property", threshold.property);
    json.field("parameter", threshold.parameter).field("side", threshold.side);
    json.field("value", threshold.value).field("when", threshold.text).end();
  }
  json.end().field("scenario", write_scenario(run.small.scenario)).end();
  return json.text() + "\n";
}

std::vector<OutputFile> files_of(const ShrunkRun& run) {
  const TimedOutcome timed = timed_run(run.small.scenario, true);
  std::vector<OutputFile> files = files_of(timed.outcome, timed.wall);
  files.push_back({"found.toml", write_scenario(run.found)});
  files.push_back({"shrink.json", json_of(run)});
  return files;
}

}  // namespace lockstep
