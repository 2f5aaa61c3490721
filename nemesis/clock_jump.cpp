// A wall clock is set: by NTP after a bad start, by an administrator, by a resumed machine.

#include "nemesis/node_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  const bool server = random.below(2) == 0;
  Fault fault =
      draw_node_fault("clock-jump", random, server ? cluster.servers : cluster.clients, within);
  const Duration by = random.scale_between(cluster.lease / 16, cluster.lease * 2);
  fault.amount = random.below(2) == 0 ? by.count() : -by.count();
  return fault;
}

Undo strike(sim::World&, const Fault& fault, const std::vector<sim::Node*>& targets) {
  for (sim::Node* node : targets) node->jump_wall(Duration(fault.amount));
  if (fault.lasts == Duration::zero()) return {};  // it stays wrong, as set clocks do
  return [targets, by = Duration(-fault.amount)] {
    for (sim::Node* node : targets) node->jump_wall(by);
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  const bool ahead = fault.amount >= 0;
  const Duration by = Duration(ahead ? fault.amount : -fault.amount);
  return "the wall clock of " + names_of(targets) + " jumped " + to_text(by) +
         (ahead ? " ahead" : " back") + for_how_long(fault);
}

}  // namespace

FaultKind faults::clock_jump() {
  return {.name = "clock-jump",
          .summary = "a wall clock jumps ahead or back; monotonic clocks do not notice",
          .amount = "how far, in nanoseconds; negative: back",
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
