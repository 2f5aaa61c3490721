// A path on which datagrams overtake each other. Connections put them in order, as TCP does.

#include "nemesis/link_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_link_fault("reorder", random, cluster, within);
  fault.amount = draw_share(random);
  return fault;
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return tell_share(fault, targets, "reordered", "datagrams");
}

}  // namespace

FaultKind faults::reorder() {
  return {.name = "reorder",
          .summary = "datagrams on a link overtake each other (connections put them in order)",
          .amount = "how many of a million datagrams",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike_share<&sim::Trouble::reorder_millionths>,
          .tell = tell};
}

}  // namespace lockstep
