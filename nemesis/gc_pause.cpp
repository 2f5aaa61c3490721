// Stops a process and lets the world go on: a garbage collection, a SIGSTOP, a live migration.

#include "nemesis/node_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_node_fault("gc-pause", random, cluster.clients, within);
  fault.lasts = random.between(cluster.lease / 4, cluster.lease * 2);
  return fault;
}

Undo strike(sim::World&, const Fault&, const std::vector<sim::Node*>& targets) {
  for (sim::Node* node : targets) node->pause();
  return [targets] {
    for (sim::Node* node : targets) node->resume();
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return names_of(targets) + " paused" + for_how_long(fault);
}

}  // namespace

FaultKind faults::gc_pause() {
  return {.name = "gc-pause",
          .summary = "a process stops for a while; its memory, sockets and beliefs stay",
          .amount = "",
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
