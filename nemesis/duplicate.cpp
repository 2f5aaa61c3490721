// A path that delivers datagrams twice. Connections drop the second copy, as TCP does.

#include "nemesis/link_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_link_fault("duplicate", random, cluster, within);
  fault.amount = draw_share(random);
  return fault;
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return tell_share(fault, targets, "doubled", "datagrams");
}

}  // namespace

FaultKind faults::duplicate() {
  return {.name = "duplicate",
          .summary = "datagrams on a link arrive twice (connections drop the copy)",
          .amount = "how many of a million datagrams",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike_share<&sim::Trouble::duplicate_millionths>,
          .tell = tell};
}

}  // namespace lockstep
