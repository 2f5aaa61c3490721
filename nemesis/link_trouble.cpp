#include "nemesis/link_trouble.hpp"

#include <fmt/core.h>

namespace lockstep {

std::vector<sim::Link*> troubled_links(sim::World& world, const Fault& fault,
                                       const std::vector<sim::Node*>& targets) {
  std::vector<sim::Link*> links;
  const NodeId first = targets[0]->id();
  if (targets.size() > 1) {
    links.push_back(&world.link(first, targets[1]->id()));
    if (fault.detail != "one-way") links.push_back(&world.link(targets[1]->id(), first));
    return links;
  }
  for (const auto& node : world.nodes()) {
    if (node->id() == first) continue;
    links.push_back(&world.link(first, node->id()));
    links.push_back(&world.link(node->id(), first));
  }
  return links;
}

namespace {

/// Two nodes that talk to each other, in either order.
std::vector<std::string> draw_pair(Random& random, const Cluster& cluster) {
  const std::string client = random.pick(cluster.clients);
  std::vector<std::string> peers = cluster.servers;
  peers.insert(peers.end(), cluster.resources.begin(), cluster.resources.end());
  const std::string peer = random.pick(peers);
  if (random.below(2) == 0) return {client, peer};
  return {peer, client};
}

}  // namespace

Fault draw_link_fault(std::string_view kind, Random& random, const Cluster& cluster,
                      Duration within) {
  Fault fault;
  fault.kind = std::string(kind);
  fault.targets = draw_pair(random, cluster);
  fault.when.at = WorldTime{} + random.between(Duration::zero(), within);
  fault.lasts = random.scale_between(cluster.lease / 16, cluster.lease * 2);
  if (random.below(2) == 0) fault.detail = "one-way";
  return fault;
}

std::string tell_links(const Fault& fault, const std::vector<sim::Node*>& targets) {
  if (targets.size() < 2) return "all links of " + names_of(targets);
  if (fault.detail == "one-way") {
    return "the link from " + targets[0]->name() + " to " + targets[1]->name();
  }
  return "the link between " + names_of(targets);
}

std::string tell_share(const Fault& fault, const std::vector<sim::Node*>& targets,
                       std::string_view did, std::string_view what) {
  return fmt::format("{} {} {}.{} % of its {}{}", tell_links(fault, targets), did,
                     fault.amount / 10'000, fault.amount / 1000 % 10, what, for_how_long(fault));
}

}  // namespace lockstep
