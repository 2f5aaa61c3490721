// Did a fault meet a hold?
#include "harness/aim.hpp"

#include <algorithm>

namespace lockstep::aim {

bool fault_met_hold(const Outcome& outcome) {
  if (outcome.stats.faults_in_hold > 0) return true;
  // A fault aimed at an acquire meets the grant that the client does not know of.
  const Record& record = outcome.record;
  for (const FaultSpan& span : record.faults) {
    for (const ServiceEvent& event : record.service) {
      if (event.change == GrantChange::granted && event.at >= span.from - 1s &&
          event.at <= std::max(span.to, span.from)) {
        return true;
      }
    }
  }
  return false;
}

bool several_held(const Outcome& outcome) {
  return outcome.stats.holds >= 2;
}

bool hold_filled_its_lease(const Outcome& outcome) {
  const Duration lease = lease_of(outcome.scenario);
  for (const Belief& belief : outcome.record.beliefs) {
    if (belief.to - belief.from >= lease * 9 / 10) return true;
  }
  return false;
}

bool acquire_outlasted_lease(const Outcome& outcome) {
  const Duration lease = lease_of(outcome.scenario);
  const History& history = outcome.record.history;
  for (std::size_t i = 0; i < history.size(); ++i) {
    if (history[i].f != "acquire" || history[i].type != OpType::invoke) continue;
    for (std::size_t j = i + 1; j < history.size(); ++j) {
      if (history[j].process != history[i].process) continue;
      if (history[j].time - history[i].time > lease) return true;
      break;
    }
  }
  return false;
}

}  // namespace lockstep::aim
