#include "nemesis/node_trouble.hpp"

namespace lockstep {

Fault draw_node_fault(std::string_view kind, Random& random, const std::vector<std::string>& among,
                      Duration within) {
  Fault fault;
  fault.kind = std::string(kind);
  fault.targets = {random.pick(among)};
  fault.when.at = WorldTime{} + random.between(Duration::zero(), within);
  return fault;
}

Undo start_again(const std::vector<sim::Node*>& targets) {
  return [targets] {
    for (sim::Node* node : targets) node->start();
  };
}

}  // namespace lockstep
