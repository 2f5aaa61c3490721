// A machine comes back with an empty disk: a container rescheduled without its volume.

#include "nemesis/node_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_node_fault("state-loss", random, cluster.servers, within);
  fault.lasts = random.scale_between(10ms, cluster.lease);
  return fault;
}

Undo strike(sim::World&, const Fault&, const std::vector<sim::Node*>& targets) {
  for (sim::Node* node : targets) {
    node->power_off();
    node->wipe_disk();
  }
  return start_again(targets);
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return names_of(targets) + " lost power and its disk" + for_how_long(fault);
}

}  // namespace

FaultKind faults::state_loss() {
  return {.name = "state-loss",
          .summary = "a machine goes down and comes back with an empty disk",
          .amount = "",
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
