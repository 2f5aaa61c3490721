// A slow path: every message on a link takes longer, up to so much.

#include "nemesis/link_trouble.hpp"

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_link_fault("delay", random, cluster, within);
  fault.amount = random.scale_between(1ms, cluster.lease * 2).count();
  return fault;
}

Undo strike(sim::World& world, const Fault& fault, const std::vector<sim::Node*>& targets) {
  const std::vector<sim::Link*> links = troubled_links(world, fault, targets);
  const Duration extra = Duration(fault.amount);
  for (sim::Link* link : links) {
    link->trouble.delay_min += extra / 2;
    link->trouble.delay_max += extra;
  }
  return [links, extra] {
    for (sim::Link* link : links) {
      link->trouble.delay_min -= extra / 2;
      link->trouble.delay_max -= extra;
    }
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return tell_links(fault, targets) + " delayed messages by up to " +
         to_text(Duration(fault.amount)) + for_how_long(fault);
}

}  // namespace

FaultKind faults::delay() {
  return {.name = "delay",
          .summary = "messages on a link take longer: half of the amount to all of it more",
          .amount = "the longest extra delay, in nanoseconds",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
