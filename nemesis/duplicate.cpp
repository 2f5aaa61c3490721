// A path that delivers datagrams twice. Connections drop the second copy, as TCP does.

#include "nemesis/link_trouble.hpp"

#include <fmt/core.h>

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault;
  fault.kind = "duplicate";
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
  for (sim::Link* link : links) link->trouble.duplicate_millionths += extra;
  return [links, extra] {
    for (sim::Link* link : links) link->trouble.duplicate_millionths -= extra;
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return fmt::format("{} doubled {}.{} % of its datagrams{}", tell_links(fault, targets),
                     fault.amount / 10'000, fault.amount / 1000 % 10, for_how_long(fault));
}

}  // namespace

FaultKind faults::duplicate() {
  return {.name = "duplicate",
          .summary = "datagrams on a link arrive twice (connections drop the copy)",
          .amount = "how many of a million datagrams",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
