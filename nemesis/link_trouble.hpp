#pragma once
// What delay, loss, duplicate and reorder share: trouble added to every link between two nodes.

#include <cstdint>
#include <string>
#include <vector>

#include "nemesis/fault_kind.hpp"

namespace lockstep {

/// The directed links that a fault with two targets is about: from the first to the second when
/// its detail is "one-way", else both ways. With one target: all links of that node.
std::vector<sim::Link*> troubled_links(sim::World& world, const Fault& fault,
                                       const std::vector<sim::Node*>& targets);

/// A fault of `kind` on the link between a client and a server or the resource, one way or both,
/// for up to two leases.
Fault draw_link_fault(std::string_view kind, Random& random, const Cluster& cluster,
                      Duration within);

/// "the link between a and b", "the link from a to b", "all links of a".
std::string tell_links(const Fault& fault, const std::vector<sim::Node*>& targets);
/// "<links> <did> 12.5 % of its <what> for 3 s", for amounts that are millionths.
std::string tell_share(const Fault& fault, const std::vector<sim::Node*>& targets,
                       std::string_view did, std::string_view what);

/// A fault whose amount is a share of all messages, in millionths, added to one field of Trouble.
template <std::uint32_t sim::Trouble::* field>
Undo strike_share(sim::World& world, const Fault& fault, const std::vector<sim::Node*>& targets) {
  const std::vector<sim::Link*> links = troubled_links(world, fault, targets);
  const auto share = static_cast<std::uint32_t>(fault.amount);
  for (sim::Link* link : links) link->trouble.*field += share;
  return [links, share] {
    for (sim::Link* link : links) link->trouble.*field -= share;
  };
}

/// How often such faults hit when they are drawn: 1 % to 50 % of the messages.
inline std::int64_t draw_share(Random& random) {
  return random.between(10'000, 500'000);
}

}  // namespace lockstep
