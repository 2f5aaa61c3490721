// my-lock: a fault. A client's machine stands still again and again, for a twentieth of the lease
// each time: what an overloaded host looks like from inside.
#include <lockstep/fault.hpp>
#include <lockstep/plugin.hpp>

namespace my_lock {

using namespace lockstep;

constexpr std::int64_t times = 20;

// The gap: all pauses together are as long as the lease, but each is short; Fault::amount would be
// the place for their length.
Fault draw(Random& random, const Cluster& cluster, Duration within) {
  Fault fault = draw_node_fault("my-lock", random, cluster.clients, within);
  fault.lasts = cluster.lease * 2;
  return fault;
}

void stutter(sim::World& world, std::vector<sim::Node*> targets, Duration each, std::int64_t left) {
  if (left == 0) return;
  for (sim::Node* node : targets) node->pause();
  world.call_at(world.now() + each, [&world, targets, each, left] {
    for (sim::Node* node : targets) node->resume();
    world.call_at(world.now() + each,
                  [&world, targets, each, left] { stutter(world, targets, each, left - 1); });
  });
}

Undo strike(sim::World& world, const Fault& fault, const std::vector<sim::Node*>& targets) {
  stutter(world, targets, fault.lasts / (2 * times), times);
  return {};  // every pause ends by itself
}

std::string tell(const Fault& fault, const std::vector<sim::Node*>& targets) {
  return names_of(targets) + " stutters" + for_how_long(fault);
}

FaultKind entry() {
  FaultKind kind;
  kind.name = "my-lock";
  kind.summary = "a client's machine stands still for short whiles, again and again";
  kind.targets_max = 16;
  kind.draw = draw;
  kind.strike = strike;
  kind.tell = tell;
  return kind;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.faults.push_back(my_lock::entry());
}
