#include "cli/corpus.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "cli/output_file.hpp"
#include "cli/run_files.hpp"
#include "formats/scenario_toml.hpp"
#include "harness/shrink.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;

/// A path of this name in the folder that no file has yet: what is saved is never replaced.
fs::path free_path(const fs::path& folder, const std::string& name) {
  fs::path path = folder / (name + ".toml");
  std::error_code absent;
  for (int i = 2; fs::exists(path, absent); ++i) path = folder / fmt::format("{}-{}.toml", name, i);
  return path;
}

std::string kind_of(const CiCheck& check, const Outcome& outcome, const Verdict& violation) {
  return check.name + " " + witness_pattern(outcome, violation);
}

}  // namespace

std::vector<std::string> Corpus::files_of(const CiCheck& check) const {
  std::vector<std::string> files;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder_ / check.name, absent)) {
    if (entry.path().extension() == ".toml") files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<std::string> Corpus::idle(const CiFile& file) const {
  std::vector<std::string> idle;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder_, absent)) {
    const std::string name = entry.path().filename().string();
    const bool replayed = std::ranges::any_of(file.checks, [&](const CiCheck& check) {
      return check.name == name && !check.violation_expected;
    });
    const bool saved = entry.is_directory(absent) || entry.path().extension() == ".toml";
    if (saved && !replayed) idle.push_back(entry.path().string());
  }
  std::sort(idle.begin(), idle.end());
  return idle;
}

void Corpus::remember(const CiCheck& check, const Outcome& outcome,
                      const std::vector<const Verdict*>& violations) {
  for (const Verdict* verdict : violations) known_.insert(kind_of(check, outcome, *verdict));
}

Checked<std::string> Corpus::add(const CiCheck& check, const Scenario& scenario,
                                 const std::string& property) {
  const Outcome outcome = timed_run(scenario, false).outcome;
  const Verdict* verdict = violation_of(outcome, property);
  if (verdict == nullptr || !known_.insert(kind_of(check, outcome, *verdict)).second) return "";
  ShrinkOptions shrinking;
  shrinking.property = property;
  const std::optional<Shrunk> shrunk = shrink(scenario, shrinking);
  const std::string name = fmt::format("{}-seed-{}", property, scenario.seed);
  std::error_code problem;  // which writing then tells
  fs::create_directories(folder_ / check.name, problem);
  const std::string path = free_path(folder_ / check.name, name).string();
  const Checked<void> kept =
      write_whole_file(path, write_scenario(shrunk ? shrunk->scenario : scenario));
  if (!kept) return complain(kept.error());
  return path;
}

}  // namespace lockstep
