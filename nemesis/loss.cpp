// A lossy path: segments get lost. TCP sends them again, 200 ms later at first, so they come late.

#include "nemesis/link_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_link_fault("loss", random, cluster, within);
  fault.amount = draw_share(random);
  return fault;
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return tell_share(fault, targets, "lost", "packets");
}

}  // namespace

FaultKind faults::loss() {
  return {.name = "loss",
          .summary = "packets on a link get lost; connections send them again, so they come late",
          .amount = "how many of a million packets",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike_share<&sim::Trouble::loss_millionths>,
          .tell = tell};
}

}  // namespace lockstep
