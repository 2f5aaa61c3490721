#pragma once
// What delay, loss, duplicate and reorder share: trouble added to every link between two nodes.

#include <vector>

#include "nemesis/fault_kind.hpp"

namespace lockstep {

/// The directed links that a fault with two targets is about: from the first to the second when
/// its detail is "one-way", else both ways. With one target: all links of that node.
std::vector<sim::Link*> troubled_links(sim::World& world, const Fault& fault,
                                       const std::vector<sim::Node*>& targets);

/// Two different nodes that talk to each other: a client and a server or resource.
std::vector<std::string> draw_pair(Random& random, const Cluster& cluster);

/// "the link between a and b", "the link from a to b", "all links of a".
std::string tell_links(const Fault& fault, const std::vector<sim::Node*>& targets);

}  // namespace lockstep
