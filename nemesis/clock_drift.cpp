// A machine's oscillator runs too fast or too slow: both of its clocks drift.

#include "nemesis/node_trouble.hpp"

#include <fmt/core.h>

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  const bool server = random.below(2) == 0;
  Fault fault = draw_node_fault("clock-drift", random, server ? cluster.servers : cluster.clients,
                                within / 4);
  // From 10 parts in a million, which every machine has, to twice the true speed.
  const Duration ppb = random.scale_between(10'000ns, 1'000'000'000ns);
  const bool fast = random.below(2) == 0;
  fault.amount = fast ? ppb.count() : -ppb.count() / 2;
  return fault;
}

Undo strike(sim::World&, const Fault& fault, const std::vector<sim::Node*>& targets) {
  for (sim::Node* node : targets) node->begin_drift(fault.amount);
  return [targets, ppb = fault.amount] {
    for (sim::Node* node : targets) node->end_drift(ppb);
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  const bool fast = fault.amount >= 0;
  const std::int64_t ppb = fast ? fault.amount : -fault.amount;
  return fmt::format("the clocks of {} ran {}.{:03} % {}{}", names_of(targets), ppb / 10'000'000,
                     ppb / 10'000 % 1000, fast ? "fast" : "slow", for_how_long(fault));
}

}  // namespace

FaultKind faults::clock_drift() {
  return {.name = "clock-drift",
          .summary = "both clocks of a machine run too fast or too slow",
          .amount = "how much too fast, in parts per billion; negative: too slow",
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
