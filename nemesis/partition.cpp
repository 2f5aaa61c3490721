// A cut in the network: some nodes can't reach some others, one way or both.

#include "nemesis/fault_kind.hpp"

namespace lockstep {
namespace {

using Nodes = std::vector<sim::Node*>;
using Cuts = std::vector<std::pair<NodeId, NodeId>>;  // directed: from, to

void cut_both(Cuts& cuts, const sim::Node& a, const sim::Node& b) {
  cuts.emplace_back(a.id(), b.id());
  cuts.emplace_back(b.id(), a.id());
}

/// Everybody but the targets.
Nodes others(sim::World& world, const Nodes& targets) {
  Nodes rest;
  for (const auto& node : world.nodes()) {
    bool target = false;
    for (const sim::Node* t : targets) target |= t == node.get();
    if (!target) rest.push_back(node.get());
  }
  return rest;
}

/// The directed links that a partition cuts, by its detail:
///   ""         the targets on one side, all others on the other
///   "inbound"  nothing reaches the targets; what they send still arrives
///   "outbound" the other way round
///   "pair"     the first target and each of the other targets lose each other
///   "pair-one-way" only what the first sends to the others is cut
///   "bridge"   all but the first target fall into two halves, which only the first connects
///   "ring"     every node reaches only its neighbours in a ring of all nodes
Cuts cuts_of(sim::World& world, const Fault& fault, const Nodes& targets) {
  Cuts cuts;
  const Nodes rest = others(world, targets);
  const std::string& shape = fault.detail;
  if (shape.empty() || shape == "inbound" || shape == "outbound") {
    for (const sim::Node* a : targets) {
      for (const sim::Node* b : rest) {
        if (shape != "inbound") cuts.emplace_back(a->id(), b->id());
        if (shape != "outbound") cuts.emplace_back(b->id(), a->id());
      }
    }
  } else if (shape == "pair" || shape == "pair-one-way") {
    for (std::size_t i = 1; i < targets.size(); ++i) {
      cuts.emplace_back(targets[0]->id(), targets[i]->id());
      if (shape == "pair") cuts.emplace_back(targets[i]->id(), targets[0]->id());
    }
  } else if (shape == "bridge") {
    const Nodes sides = others(world, {targets[0]});
    for (std::size_t i = 0; i < sides.size() / 2; ++i) {
      for (std::size_t j = sides.size() / 2; j < sides.size(); ++j) {
        cut_both(cuts, *sides[i], *sides[j]);
      }
    }
  } else if (shape == "ring") {
    const auto& all = world.nodes();
    for (std::size_t i = 0; i < all.size(); ++i) {
      for (std::size_t j = i + 2; j < all.size(); ++j) {
        if (i == 0 && j + 1 == all.size()) continue;
        cut_both(cuts, *all[i], *all[j]);
      }
    }
  }
  return cuts;
}

Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault;
  fault.kind = "partition";
  const std::uint64_t shape = random.below(7);
  const std::string client = random.pick(cluster.clients);
  const std::string server = random.pick(cluster.servers);
  switch (shape) {
    case 0: fault.targets = {server}; break;
    case 1: fault.targets = {client}, fault.detail = "inbound"; break;
    case 2: fault.targets = {client}, fault.detail = "outbound"; break;
    case 3: fault.targets = {server, client}, fault.detail = "pair-one-way"; break;
    case 4: fault.targets = {server}, fault.detail = "bridge"; break;
    case 5: fault.targets = {server}, fault.detail = "ring"; break;
    default: fault.targets = {client, server}, fault.detail = "pair"; break;
  }
  fault.when.at = WorldTime{} + random.between(Duration::zero(), within);
  fault.lasts = random.scale_between(cluster.lease / 16, cluster.lease * 3);
  return fault;
}

Undo strike(sim::World& world, const Fault& fault, const Nodes& targets) {
  const Cuts cuts = cuts_of(world, fault, targets);
  for (const auto& [from, to] : cuts) world.cut(from, to);
  return [&world, cuts] {
    for (const auto& [from, to] : cuts) world.mend(from, to);
  };
}

std::string tell(const Fault& fault, const Nodes& targets) {
  const std::string length = for_how_long(fault);
  const std::string first = targets[0]->name();
  const std::string rest = names_of(Nodes(targets.begin() + 1, targets.end()));
  if (fault.detail == "inbound") return "nothing reached " + names_of(targets) + length;
  if (fault.detail == "outbound")
    return "nothing that " + names_of(targets) + " sent arrived" + length;
  if (fault.detail == "pair")
    return first + " and " + rest + " could not reach each other" + length;
  if (fault.detail == "pair-one-way")
    return "nothing that " + first + " sent reached " + rest + length;
  if (fault.detail == "bridge")
    return "the network fell in two, with " + first + " in both" + length;
  if (fault.detail == "ring") return "every node reached only its neighbours in a ring" + length;
  return names_of(targets) + (targets.size() == 1 ? " was" : " were") + " cut off" + length;
}

}  // namespace

FaultKind faults::partition() {
  return {.name = "partition",
          .summary = "some nodes can't reach others; what was sent arrives after the heal",
          .amount = "",
          .details = {"", "inbound", "outbound", "pair", "pair-one-way", "bridge", "ring"},
          .targets_max = 16,
          .draw = draw,
          .strike = strike,
          .tell = tell};
}

}  // namespace lockstep
