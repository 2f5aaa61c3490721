#include "cli/see_again.hpp"

#include <fmt/core.h>

#include "cli/scenario_source.hpp"
#include "cli/shell_word.hpp"
#include "harness/strategies/strategy.hpp"

namespace lockstep {

std::string first_run_file(const std::string& property) {
  return fmt::format("first.{}.toml", property);
}

std::string SeeAgain::first() const {
  const auto seed = seed_to_keep(sweep_.result);
  if (!seed) return {};
  if (request_.strategy == "swarm") return run_of(*seed);
  if (!request_.output.empty()) return kept_in(request_.output, {});
  const std::string folder = fmt::format("out/seed-{}", *seed);
  return fmt::format("{} -o {}; {}", sweep_up_to(*seed), folder, kept_in(folder, {}));
}

std::string SeeAgain::of(const std::string& property, std::uint64_t seed) const {
  if (request_.strategy == "swarm") return run_of(seed);
  const std::string file = first_run_file(property);
  if (!request_.output.empty()) return kept_in(request_.output, file);
  const std::string folder = fmt::format("out/seed-{}", seed);
  return fmt::format("{} --no-shrink -o {}; {}", sweep_up_to(seed), folder, kept_in(folder, file));
}

/// `run` draws as swarm does, and as no other strategy.
std::string SeeAgain::run_of(std::uint64_t seed) const {
  ScenarioRequest one = request_.scenario;
  one.swarm = true;
  one.seed = std::to_string(seed);
  return command_of(one, true);
}

/// What is drawn for a seed may depend on all runs before it, and on none after it.
std::string SeeAgain::sweep_up_to(std::uint64_t seed) const {
  const bool learns = find_strategy(request_.strategy)->learns;
  ScenarioRequest scenario = request_.scenario;
  if (!learns) scenario.seed = std::to_string(seed);
  std::string command = "lockstep sweep" + words_of(scenario, true);
  command += fmt::format(" --strategy {} --runs {}", request_.strategy,
                         learns ? seed - sweep_.options.base.seed + 1 : 1);
  const Shard& shard = sweep_.shard;
  if (shard.count > 1) {  // where the environment says so, it says so again
    command +=
        learns ? fmt::format(" --shard {}/{}", shard.index + 1, shard.count) : " --shard 1/1";
  }
  return command;
}

std::string SeeAgain::kept_in(const std::string& folder, const std::string& file) const {
  const bool slash = file.empty() || folder.ends_with('/');
  return context_.command("explain", folder + (slash ? "" : "/") + file);
}

}  // namespace lockstep
