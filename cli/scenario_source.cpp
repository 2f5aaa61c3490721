#include "cli/scenario_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <limits>

#include "backends/backend.hpp"
#include "cli/saved_scenarios.hpp"
#include "cli/shell_word.hpp"
#include "core/suggest.hpp"
#include "formats/detect.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/run.hpp"
#include "nemesis/fault_kind.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// A number of the command line, whole and not negative.
Checked<std::uint64_t> number(const std::string& flag, const std::string& text) {
  std::uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value);
  if (text.empty() || read.ec != std::errc() || read.ptr != end) {
    return wrong_usage(fmt::format("{} takes a whole number from 0 up, not \"{}\"", flag, text));
  }
  return value;
}

bool looks_like_file(const std::string& word) {
  return word.find('/') != std::string::npos || word.ends_with(".toml");
}

/// The scenario that the flags then change.
Checked<Scenario> starting_point(const std::string& word) {
  std::error_code absent;
  if (looks_like_file(word) || (find_backend(word) == nullptr && fs::is_regular_file(word, absent)))
    return load_scenario(word);
  if (find_backend(word) == nullptr) {
    if (const NamedScenario* known = find_named_scenario(word)) return known->scenario;
    std::vector<std::string> names = names_in(all_backends());
    for (const NamedScenario& known : named_scenarios()) names.push_back(known.name);
    const std::string near = did_you_mean(word, names);
    return wrong_usage(
        fmt::format("there is no lock \"{}\"", word), {},
        near.empty() ? "see: lockstep list locks; a lock of your own needs --plugin" : near);
  }
  Scenario scenario;
  scenario.lock = word;
  return scenario;
}

/// Puts one --set where it belongs: with the lock, or else with the workload.
Checked<void> set(Scenario& scenario, const std::string& setting) {
  const std::string where = "--set " + setting;
  const std::size_t equals = setting.find('=');
  if (equals == std::string::npos) {
    return wrong_usage("a setting is a name and a value", where, "such as --set lease=10s");
  }
  const std::string name = setting.substr(0, equals);
  std::vector<std::string> known;
  const Backend* backend = find_backend(scenario.lock);
  const Workload* workload = find_workload(scenario.workload);
  for (const auto& [parameters, settings] :
       {std::pair(backend->parameters, &scenario.lock_settings),
        std::pair(workload->parameters, &scenario.workload_settings)}) {
    for (const Parameter& parameter : parameters) {
      known.emplace_back(parameter.name);
      if (parameter.name != name) continue;
      Result<SettingValue> value = parse_setting(parameter, setting.substr(equals + 1));
      if (!value) return wrong_usage(value.error().text, where);
      settings->put(name, std::move(*value));
      return {};
    }
  }
  const std::string near = did_you_mean(name, known);
  return wrong_usage(
      fmt::format("neither {} nor {} has a setting \"{}\"", scenario.lock, scenario.workload, name),
      where, near.empty() ? "see: lockstep list locks" : near);
}

/// Puts another lock into a scenario. It keeps the settings that it knows.
Checked<void> replace_lock(Scenario& scenario, const std::string& lock) {
  const Backend* backend = find_backend(lock);
  if (backend == nullptr) {
    const std::string near = did_you_mean(lock, names_in(all_backends()));
    return wrong_usage(fmt::format("there is no lock \"{}\"", lock), {},
                       near.empty() ? "see: lockstep list locks" : near);
  }
  Settings kept;
  for (const Settings::Entry& entry : scenario.lock_settings.entries()) {
    for (const Parameter& parameter : backend->parameters) {
      const bool fits = parameter.fallback.index() == entry.value.index();
      if (parameter.name == entry.name && fits) kept.put(entry.name, entry.value);
    }
  }
  scenario.lock = lock;
  scenario.lock_settings = std::move(kept);
  return {};
}

Checked<void> apply_names(Scenario& scenario, const ScenarioRequest& request) {
  if (request.workload) scenario.workload = *request.workload;
  if (find_workload(scenario.workload) == nullptr) {
    const std::string near = did_you_mean(scenario.workload, names_in(all_workloads()));
    return wrong_usage(fmt::format("there is no workload \"{}\"", scenario.workload),
                       "--workload " + scenario.workload,
                       near.empty() ? "see: lockstep list workloads" : near);
  }
  if (!request.resource) return {};
  const auto policy = resource_policy_named(*request.resource);
  if (!policy) {
    return wrong_usage(fmt::format("there is no resource policy \"{}\"", *request.resource),
                       "--resource " + *request.resource, "it is one of RP0, RP1, RP2, RP3, RP4");
  }
  scenario.resource = *policy;
  return {};
}

Checked<void> apply_numbers(Scenario& scenario, const ScenarioRequest& request) {
  if (request.clients) {
    const auto clients = number("--clients", *request.clients);
    if (!clients) return complain(clients.error());
    scenario.clients = static_cast<std::int64_t>(
        std::min<std::uint64_t>(*clients, std::numeric_limits<std::int64_t>::max()));
  }
  if (request.duration) {
    const auto duration = length_of_time("--duration", *request.duration);
    if (!duration) return complain(duration.error());
    scenario.duration = *duration;
  }
  if (request.seed) {
    const auto seed = number("--seed", *request.seed);
    if (!seed) return complain(seed.error());
    scenario.seed = *seed;
  }
  return {};
}

Checked<void> apply(Scenario& scenario, const ScenarioRequest& request) {
  Checked<void> applied = apply_names(scenario, request);
  if (applied) applied = apply_numbers(scenario, request);
  for (const std::string& setting : request.settings) {
    if (applied) applied = set(scenario, setting);
  }
  return applied;
}

Checked<void> check_faults(const std::vector<std::string>& faults) {
  for (const std::string& fault : faults) {
    if (find_fault_kind(fault) != nullptr) continue;
    const std::string near = did_you_mean(fault, names_in(all_fault_kinds()));
    return wrong_usage(fmt::format("there is no fault \"{}\"", fault), "--faults " + fault,
                       near.empty() ? "see: lockstep list faults" : near);
  }
  return {};
}

std::string_view flag_of(const std::string& where) {
  if (where == "clients") return "--clients";
  if (where == "duration") return "--duration";
  if (where == "resource") return "--resource";
  if (where.find("settings") != std::string::npos) return "--set";
  return "";
}

/// A file's scenario with its settings resolved against the tables.
FileResult<Scenario> resolved(const ScenarioFile& file) {
  Scenario scenario = file.scenario;
  const Backend* backend = find_backend(scenario.lock);
  const Workload* workload = find_workload(scenario.workload);
  if (backend != nullptr) {
    auto settings =
        resolve_settings(file.lock_settings, backend->parameters, "the lock " + scenario.lock);
    if (!settings) return misread(settings.error());
    scenario.lock_settings = std::move(*settings);
  }
  if (workload != nullptr) {
    auto settings = resolve_settings(file.workload_settings, workload->parameters,
                                     "the workload " + scenario.workload);
    if (!settings) return misread(settings.error());
    scenario.workload_settings = std::move(*settings);
  }
  return scenario;
}

}  // namespace

Checked<Duration> length_of_time(const std::string& flag, const std::string& text) {
  Duration value{};
  if (!parse_duration(text, value) || value <= Duration::zero()) {
    return wrong_usage(
        fmt::format("{} takes a length of time such as 250ms or 60s, not \"{}\"", flag, text));
  }
  return value;
}

Checked<DrawOptions> drawing(const ScenarioRequest& request) {
  Checked<Scenario> scenario = starting_point(request.lock);
  if (!scenario) return complain(scenario.error());
  Checked<void> ok;
  if (!request.instead.empty()) ok = replace_lock(*scenario, request.instead);
  if (ok) ok = apply(*scenario, request);
  if (ok) ok = check_faults(request.faults);
  if (!ok) return complain(ok.error());
  fill_defaults(*scenario);
  for (const Problem& problem : problems_of(*scenario)) {
    return wrong_usage(fmt::format("{}: {}", problem.where, problem.what),
                       std::string(flag_of(problem.where)));
  }
  DrawOptions options;
  options.base = std::move(*scenario);
  options.faults = request.faults;
  options.swarm = request.swarm;
  if (request.fault_every) {
    if (request.faults.empty()) {
      return wrong_usage("nothing is to go wrong", "--fault-every " + *request.fault_every,
                         "say what: --faults gc-pause");
    }
    const Checked<Duration> every = length_of_time("--fault-every", *request.fault_every);
    if (!every) return complain(every.error());
    options.fault_every = *every;
  }
  return options;
}

ScenarioRequest side_of(const ScenarioRequest& common, const std::string& word) {
  ScenarioRequest side = common;
  const std::size_t colon = word.find(':');
  side.lock = word.substr(0, colon);
  std::string rest = colon == std::string::npos ? "" : word.substr(colon + 1);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    const std::string setting = rest.substr(0, comma);
    rest = comma == std::string::npos ? "" : rest.substr(comma + 1);
    const std::string value = setting.substr(std::min(setting.find('=') + 1, setting.size()));
    if (setting.starts_with("resource=")) {
      side.resource = value;
    } else if (setting.starts_with("clients=")) {
      side.clients = value;
    } else if (setting.starts_with("workload=")) {
      side.workload = value;
    } else {
      side.settings.push_back(setting);
    }
  }
  return side;
}

std::string plug_in_flags(const std::vector<std::string>& plugins) {
  std::string flags;
  for (const std::string& plugin : plugins) flags += " --plugin " + shell_word(plugin);
  return flags;
}

Bounds bounds_of(const ScenarioRequest& request) {
  Bounds bounds;
  bounds.events = request.max_events;
  bounds.processor = std::chrono::seconds(request.max_cpu);
  bounds.patience = std::chrono::seconds(request.max_wait);
  bounds.memory = request.max_memory << 20;
  return bounds;
}

std::string words_of(const ScenarioRequest& request, bool with_seed) {
  const ScenarioRequest usual{};
  std::string words = plug_in_flags(request.plugins) + " " + shell_word(request.lock);
  const auto flag = [&](const char* name, const std::optional<std::string>& value) {
    if (value) words += fmt::format(" {} {}", name, shell_word(*value));
  };
  const auto limit = [&](const char* name, std::uint64_t value, std::uint64_t without) {
    if (value != without) words += fmt::format(" {} {}", name, value);
  };
  flag("--workload", request.workload);
  flag("--resource", request.resource);
  if (!request.faults.empty()) flag("--faults", fmt::format("{}", fmt::join(request.faults, ",")));
  flag("--fault-every", request.fault_every);
  flag("--clients", request.clients);
  flag("--duration", request.duration);
  for (const std::string& setting : request.settings) flag("--set", setting);
  limit("--max-events", request.max_events, usual.max_events);
  limit("--max-cpu", request.max_cpu, usual.max_cpu);
  limit("--max-wait", request.max_wait, usual.max_wait);
  limit("--max-memory", request.max_memory, usual.max_memory);
  if (request.swarm) words += " --swarm";
  if (with_seed) flag("--seed", request.seed);
  return words;
}

std::string command_of(const ScenarioRequest& request, bool with_seed) {
  return "lockstep run" + words_of(request, with_seed);
}

Checked<Scenario> checked_scenario(const std::string& path, std::string_view content,
                                   const ScenarioFile& file) {
  FileResult<Scenario> scenario = resolved(file);
  if (!scenario) return bad_file(path, content, scenario.error());
  for (const Problem& problem : problems_of(*scenario)) {
    return bad_file(path, content, FileError{file.place_of(problem.where), problem.what});
  }
  fill_defaults(*scenario);
  return std::move(*scenario);
}

Checked<Scenario> load_scenario(const std::string& path) {
  const FileResult<std::string> content = read_file(path);
  if (!content) return bad_file(path, {}, content.error());
  return scenario_in(*content, path);
}

Checked<Scenario> scenario_in(const std::string& text, const std::string& name) {
  const FileResult<ScenarioFile> file = read_scenario(text);
  if (!file) return bad_file(name, text, file.error());
  return checked_scenario(name, text, *file);
}

Checked<SavedRun> load_run(const std::string& run) {
  std::error_code absent;
  SavedRun saved;
  const bool folder = fs::is_directory(run, absent);
  if (!fs::exists(run, absent)) {
    return complain({ExitCode::bad_file,
                     "there is no such file or folder",
                     run,
                     {},
                     "a run is saved with: lockstep run LOCK -o DIR"});
  }
  saved.folder = folder ? run : fs::path(run).parent_path().string();
  saved.scenario_path = folder ? (fs::path(run) / "scenario.toml").string() : run;
  if (folder && !fs::exists(saved.scenario_path, absent)) {
    return complain({ExitCode::bad_file,
                     "this folder holds no scenario.toml",
                     run,
                     {},
                     "a run is saved with: lockstep run LOCK -o DIR"});
  }
  Checked<Scenario> scenario = load_scenario(saved.scenario_path);
  if (!scenario) return complain(scenario.error());
  saved.scenario = std::move(*scenario);
  return saved;
}

}  // namespace lockstep
