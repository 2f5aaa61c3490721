// A machine loses power: memory and unsynced writes are gone, and no peer hears of it.

#include "nemesis/node_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_node_fault("power-loss", random, cluster.servers, within);
  fault.lasts = random.scale_between(10ms, cluster.lease * 2);
  return fault;
}

Undo strike(sim::World&, const Fault&, const std::vector<sim::Node*>& targets) {
  for (sim::Node* node : targets) node->power_off();
  return start_again(targets);
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return names_of(targets) + " lost power" + for_how_long(fault);
}

}  // namespace

FaultKind faults::power_loss() {
  return {.name = "power-loss",
          .summary = "a machine loses power: what was not synced to disk may be gone, no FIN",
          .amount = "",
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
