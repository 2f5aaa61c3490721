#include "testing/judge_lock.hpp"

#include <fmt/core.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>

#include "formats/history_jsonl.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/run.hpp"
#include "reports/outcome_json.hpp"
#include "reports/report.hpp"
#include "reports/text.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value == nullptr || *value == '\0' ? otherwise : value;
}

bool write(const fs::path& path, const std::string& content) {
  std::ofstream file(path, std::ios::binary);
  file << content;
  file.close();
  return file.good();
}

/// Writes the run down as `lockstep run -o` does; empty when not all of it could be written.
std::string keep(const Outcome& outcome) {
  const fs::path folder = fs::path(environment("LOCKSTEP_FAILURES", "lockstep-failures")) /
                          fmt::format("{}-seed-{}", outcome.scenario.lock, outcome.scenario.seed);
  std::error_code failed;
  fs::create_directories(folder, failed);
  if (failed) return {};
  bool whole = write(folder / "scenario.toml", write_scenario(outcome.scenario));
  whole &= write(folder / "history.jsonl", write_history_jsonl(outcome.record.history));
  whole &= write(folder / "outcome.json", reports::outcome_json(outcome, std::nullopt));
  for (const Report& report : all_reports()) {
    if (report.on_request) continue;
    if (!fs::exists(folder / report.file_name, failed) || report.file_name == "timeline.html") {
      whole &= write(folder / report.file_name, report.write(outcome));
    }
  }
  return whole ? fs::absolute(folder, failed).string() : std::string();
}

std::string replay_command(const std::string& folder) {
  const std::string plugins = environment("LOCKSTEP_PLUGIN", "");
  const std::string before = plugins.empty() ? "" : "LOCKSTEP_PLUGIN=" + plugins + " ";
  return before + "lockstep replay " + folder;
}

std::optional<std::uint64_t> lowest_broken(const SweepResult& result) {
  std::optional<std::uint64_t> lowest;
  for (const auto& [name, count] : result.properties) {
    const auto& seed = count.first_broken_seed;
    if (seed && (!lowest || *seed < *lowest)) lowest = seed;
  }
  return lowest;
}

std::string told(const SweepResult& result) {
  std::string text;
  for (const auto& [name, count] : result.properties) {
    if (count.broken > 0) {
      text += fmt::format("\n  {} was violated in {} of {} runs, first at seed {}", name,
                          count.broken, result.runs, *count.first_broken_seed);
    } else if (count.open > 0) {
      text += fmt::format("\n  {} is unknown in {} of {} runs", name, count.open, result.runs);
    }
  }
  const auto add = [&](std::uint64_t runs, const char* what, const auto& seed,
                       const std::string& first) {
    if (runs == 0 || !seed) return;
    text += fmt::format("\n  {} of {} runs {}; seed {}: {}", runs, result.runs, what, *seed, first);
  };
  add(result.failures, "ended by a bug", result.first_failure_seed, result.first_failure);
  add(result.given_up, "gave up", result.first_given_up_seed, result.first_given_up);
  add(result.diverged, "diverged", result.first_diverged_seed, result.first_divergence);
  return text;
}

/// The run of one seed once more, with its trace, told and kept.
std::string story_of(const DrawOptions& options, std::uint64_t seed) {
  RunOptions traced;
  traced.trace = true;
  const Outcome outcome = run(draw(options, seed), traced);
  const std::string folder = keep(outcome);
  std::string text = "\n\n" + reports::tell(outcome, {});
  if (folder.empty()) return text + "\n  (the run could not be kept)";
  text += "\n  seed      " + std::to_string(seed);
  text += "\n  replay    " + replay_command(folder);
  text += "\n  timeline  " + (fs::path(folder) / "timeline.html").string();
  return text;
}

bool tested_nothing(const DrawOptions& options, const SweepResult& result) {
  return result.runs == 0 || (!options.faults.empty() && result.overlapping_runs == 0);
}

bool safe(const SweepResult& result) {
  for (const auto& [name, count] : result.properties) {
    if (count.broken > 0 || count.open > 0) return false;
  }
  return result.failures == 0 && result.given_up == 0 && result.diverged == 0;
}

std::string message_of(std::string_view lock, const DrawOptions& options, Expected expected,
                       const SweepResult& result) {
  if (expected == Expected::violation) {
    return fmt::format("{} was to violate one of its claims, and did not in {} runs{}", lock,
                       result.runs, told(result));
  }
  if (result.runs == 0) return fmt::format("{}: no seed was asked for, so nothing ran", lock);
  if (safe(result)) {
    return fmt::format("{}: no fault met a hold in {} runs: they tested nothing", lock,
                       result.runs);
  }
  std::string text = fmt::format("{} is not safe under {}", lock, options.base.workload);
  for (const std::string& fault : options.faults) text += ", " + fault;
  text += told(result);
  if (const auto seed = lowest_broken(result)) text += story_of(options, *seed);
  return text;
}

}  // namespace

LockJudgement judge_lock(std::string_view lock, const ScenarioBuilder& scenario,
                         std::uint64_t seeds, Expected expected) {
  LockJudgement judgement;
  DrawOptions options;
  try {
    options = scenario.of(lock);
  } catch (const std::invalid_argument& wrong) {
    judgement.message = wrong.what();
    return judgement;
  }
  SweepOptions sweeping;
  sweeping.runs = seeds;
  judgement.result = sweep([&](std::uint64_t seed) { return draw(options, seed); }, sweeping);
  const SweepResult& result = judgement.result;
  judgement.as_expected = expected == Expected::safe
                              ? safe(result) && !tested_nothing(options, result)
                              : lowest_broken(result).has_value();
  if (!judgement.as_expected) judgement.message = message_of(lock, options, expected, result);
  return judgement;
}

}  // namespace lockstep
