#include "harness/strategies/strategy.hpp"

namespace lockstep {

const std::vector<Strategy>& all_strategies() {
  static const std::vector<Strategy> all{
#define LOCKSTEP_ENTRY(name) strategies::name(),
      LOCKSTEP_STRATEGIES(LOCKSTEP_ENTRY)
#undef LOCKSTEP_ENTRY
  };
  return all;
}

const Strategy* find_strategy(std::string_view name) {
  for (const Strategy& strategy : all_strategies()) {
    if (strategy.name == name) return &strategy;
  }
  return nullptr;
}

}  // namespace lockstep
