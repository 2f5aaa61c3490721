#pragma once
// Flags that several verbs have in common. CLI11 is slow to compile: for command_line.cpp alone.

#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "cli/requests.hpp"

namespace lockstep {

/// Refuses what is no whole number from 1 to `most`, in words that CLI11 lacks.
inline CLI::Validator counts_to(std::uint64_t most) {
  const auto wrong = [most](const std::string& text) -> std::string {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, value);
    if (read.ec == std::errc() && read.ptr == end && value >= 1 && value <= most) return {};
    return fmt::format("takes a whole number from 1 to {}, not \"{}\"", most, text);
  };
  return CLI::Validator(wrong, "");
}

constexpr std::uint64_t most_runs = 1'000'000'000'000;
constexpr std::uint64_t most_workers = 1024;

/// Refuses an empty name, as a variable of a script that was never set leaves it: nothing would be
/// kept, and nobody be told.
inline CLI::Validator named(const std::string& what) {
  return CLI::Validator(
      [what](const std::string& name) {
        return name.empty() ? fmt::format("names a {}, not \"\"", what) : std::string();
      },
      "");
}

/// Names by commas in one word; the option may be given again.
inline void add_names(CLI::App& sub, const std::string& flag, std::vector<std::string>& list,
                      const std::string& meaning) {
  const auto read = [&list](const CLI::results_t& words) {
    for (const std::string& word : words) {
      for (std::size_t from = 0; from <= word.size();) {
        const std::size_t comma = std::min(word.find(',', from), word.size());
        if (comma > from) list.push_back(word.substr(from, comma - from));
        from = comma + 1;
      }
    }
    return true;
  };
  const auto no_name = [](const std::string& word) {
    return word.find_first_not_of(',') == std::string::npos
               ? fmt::format("takes names by commas, not \"{}\"", word)
               : std::string();
  };
  sub.add_option(flag, read, meaning)
      ->type_name("TEXT")
      ->take_all()
      ->allow_extra_args(false)
      ->check(CLI::Validator(no_name, ""));
}

inline void add_output(CLI::App& sub, OutputFolder& output, const std::string& meaning) {
  sub.add_option("-o,--output", output, meaning)->type_name("DIR")->check(named("folder"));
}

inline void add_junit(CLI::App& sub, std::string& junit) {
  sub.add_option("--junit", junit, "write JUnit's XML here")
      ->type_name("FILE")
      ->check(named("file"));
}

inline void add_expect(CLI::App& sub, std::string& expect) {
  sub.add_option("--expect", expect, "safe, or violation: then finding none exits with 1")
      ->check(CLI::IsMember({"safe", "violation"}));
}

enum class Drawn { faults, nothing };

/// All of a scenario but its lock; and which faults are drawn for each seed, if any are.
inline void add_circumstances(CLI::App& sub, ScenarioRequest& scenario,
                              Drawn drawn = Drawn::faults) {
  sub.add_option("-w,--workload", scenario.workload, "what clients do (lockstep list workloads)")
      ->take_last();
  sub.add_option("-r,--resource", scenario.resource,
                 "what the protected resource checks: RP0 to RP4 (lockstep list resources)")
      ->take_last();
  if (drawn == Drawn::faults) {
    add_names(sub, "-f,--faults", scenario.faults, "what may go wrong, by commas: gc-pause,crash");
    sub.add_option("--fault-every", scenario.fault_every,
                   "how often, on average, something goes wrong (15s of simulated time)")
        ->take_last();
  }
  sub.add_option("-c,--clients", scenario.clients, "how many clients")->take_last();
  sub.add_option("-d,--duration", scenario.duration, "how long, in simulated time: 60s")
      ->take_last();
  sub.add_option("-s,--seed", scenario.seed, "decides every random choice; of a sweep, the first")
      ->take_last();
  sub.add_option("--set", scenario.settings,
                 "a parameter of the lock or the workload: lease=10s; may be given again")
      ->type_name("NAME=VALUE");
  sub.add_option("--max-events", scenario.max_events,
                 "a run gives up after so many events, undecided (5000000 with a plug-in)")
      ->check(counts_to(most_runs));
  sub.add_option("--max-cpu", scenario.max_cpu,
                 "seconds of processor time of a run with a plug-in (20)")
      ->check(counts_to(86'400));
  sub.add_option("--max-wait", scenario.max_wait,
                 "seconds of true time of a run with a plug-in, should it sleep or block (120)")
      ->check(counts_to(86'400));
  sub.add_option("--max-memory", scenario.max_memory, "MiB of a run with a plug-in (2048)")
      ->check(counts_to(1 << 20));
}

inline void add_scenario(CLI::App& sub, ScenarioRequest& scenario, Drawn drawn = Drawn::faults) {
  sub.add_option("LOCK", scenario.lock,
                 "a lock, a saved scenario (lockstep list) or a scenario file")
      ->required();
  add_circumstances(sub, scenario, drawn);
}

}  // namespace lockstep
