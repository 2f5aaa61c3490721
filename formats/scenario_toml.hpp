#pragma once
// Scenarios as TOML: what a person writes, and what a run is saved as.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "core/scenario.hpp"
#include "formats/file_error.hpp"

namespace lockstep {

/// A setting as it stands in the file. Its type is known once its lock or workload is.
struct RawSetting {
  enum class Kind { flag, number, text };
  std::string name;
  std::string text;
  Kind kind{};
  Place at;       // of the value
  Place name_at;  // of the name
};

/// A scenario as it was read, with the place of every value: "lock", "faults[0].kind",
/// "network.latency_min". The settings are still to be resolved against the tables.
struct ScenarioFile {
  Scenario scenario;
  std::vector<RawSetting> lock_settings;
  std::vector<RawSetting> workload_settings;
  std::map<std::string, Place> places;

  /// Where that value stands; when it was left out, what would hold it: the nearest table, or the
  /// beginning of the file.
  Place place_of(const std::string& path) const;
};

/// Everything explicit, with units; the same scenario gives the same bytes.
std::string write_scenario(const Scenario& scenario);

/// Fails at the first place that is not TOML, names an unknown key, or holds a value of the wrong
/// type or range. What is left out stays as Scenario has it; only `lock` must be there.
FileResult<ScenarioFile> read_scenario(std::string_view text);

/// The values of `parameters`, with those of the file in place of the fallbacks. `owner` is what
/// takes them, for messages: "the lock redis-setpx". Fails at the first setting that is unknown,
/// of another type, or unreadable.
FileResult<Settings> resolve_settings(const std::vector<RawSetting>& raw,
                                      const std::vector<Parameter>& parameters,
                                      std::string_view owner);

}  // namespace lockstep
