// kill -9: the process and its memory are gone, the kernel closes its connections, files stay.

#include "nemesis/node_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  const bool server = random.below(2) == 0;
  Fault fault =
      draw_node_fault("crash", random, server ? cluster.servers : cluster.clients, within);
  fault.lasts = random.scale_between(10ms, cluster.lease * 2);
  return fault;
}

Undo strike(sim::World&, const Fault&, const std::vector<sim::Node*>& targets) {
  for (sim::Node* node : targets) node->kill();
  return start_again(targets);
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return names_of(targets) + " crashed" +
         (fault.lasts > Duration::zero() ? " and was started again after " + to_text(fault.lasts)
                                         : std::string());
}

}  // namespace

FaultKind faults::crash() {
  return {.name = "crash",
          .summary = "a process dies (kill -9) and is started again after a while",
          .amount = "",
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
