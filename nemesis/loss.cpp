// A lossy path: segments get lost. TCP sends them again, 200 ms later at first, so they come
// late.

#include "nemesis/link_trouble.hpp"

#include <fmt/core.h>

namespace lockstep {
namespace {

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault;
  fault.kind = "loss";
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
  for (sim::Link* link : links) link->trouble.loss_millionths += extra;
  return [links, extra] {
    for (sim::Link* link : links) link->trouble.loss_millionths -= extra;
  };
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return fmt::format("{} lost {}.{} % of its packets{}", tell_links(fault, targets),
                     fault.amount / 10'000, fault.amount / 1000 % 10, for_how_long(fault));
}

}  // namespace

FaultKind faults::loss() {
  return {.name = "loss",
          .summary = "packets on a link get lost; connections send them again, so they come late",
          .amount = "how many of a million packets",
          .details = {"", "one-way"},
          .targets_max = 2,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
