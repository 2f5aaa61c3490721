// A path on which datagrams overtake each other. Connections put them back in order, as TCP
// does.

#include "nemesis/link_trouble.hpp"

#include <fmt/core.h>

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault;
  fault.kind = "reorder";
  fault.targets = draw_pair(random, cluster);
  fault.when.at = WorldTime{} + random.between(Duration::zero(), within);
  fault.lasts = random.scale_between(cluster.lease / 16, cluster.lease * 2);
  fault.amount = random.between(10'000, 500'000);
  if (random.below(2) == 0) fault.detail = "one-way";
  return fault;
}

Undo strike(sim::World& world, const Fault& fault, const std::vector<sim::Node*>& targets) {
  const std::vector<sim::Link*> links = troubled_links(world, fault, targets);
  const auto extra = static_cast<std::uint32_t>(fault.amount);
  for (sim::Link* link : links) link->trouble.reorder_millionths += extra;
  return [links, extra] {
    for (sim::Link* link : links) link->trouble.reorder_millionths -= extra;
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return fmt::format("{} reordered {}.{} % of its datagrams{}", tell_links(fault, targets),
                     fault.amount / 10'000, fault.amount / 1000 % 10, for_how_long(fault));
}

}  // namespace

FaultKind faults::reorder() {
  return {.name = "reorder",
          .summary = "datagrams on a link overtake each other (connections put them in order)",
          .amount = "how many of a million datagrams",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
