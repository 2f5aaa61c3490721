#pragma once
// Scenarios said in the words of a test: scenario().clients(5).faults({"gc-pause"}).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/scenario.hpp"
#include "harness/draw.hpp"

namespace lockstep {

/// What runs are to be like, lock and seed left open. A copy can be changed without the original.
class ScenarioBuilder {
 public:
  /// As in `lockstep list workloads`. Without a call: "counter".
  ScenarioBuilder& workload(std::string name);
  /// What the protected resource checks. Without a call: nothing (RP0).
  ScenarioBuilder& resource(ResourcePolicy policy);
  ScenarioBuilder& clients(std::int64_t count);
  ScenarioBuilder& lasts(Duration simulated);
  /// A parameter of the lock or of the workload, as --set has it.
  ScenarioBuilder& set(std::string name, SettingValue value);
  /// Kinds of faults, of which each seed draws its own, at its own times. Replaces the last call's.
  ScenarioBuilder& faults(std::vector<std::string> kinds);
  /// About one fault in so much simulated time.
  ScenarioBuilder& fault_every(Duration mean);
  /// One fault that every run has.
  ScenarioBuilder& fault(Fault fault);
  ScenarioBuilder& network(NetworkProfile profile);

  /// All that runs of `lock` have in common, with all defaults filled in. Throws
  /// std::invalid_argument, which says what is wrong and what was meant.
  DrawOptions of(std::string_view lock) const;

 private:
  Scenario base_;
  Settings settings_;
  std::vector<std::string> kinds_;
  Duration fault_every_ = 15s;
};

/// Begins one: three clients that count under the lock for a minute, and nothing goes wrong.
inline ScenarioBuilder scenario() {
  return ScenarioBuilder();
}

}  // namespace lockstep
