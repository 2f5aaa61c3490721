#pragma once
// The first guess at a linearization: each operation at the place where it disturbs least.

#include <algorithm>
#include <utility>
#include <vector>

#include "checker/monitors/monitor.hpp"

namespace lockstep {

/// Lets every definite operation take effect at the place that `place_of` gives, its call or its
/// return, and no indeterminate one. Holds when the model allows that order; otherwise unknown,
/// with `place` the return of the first operation that was impossible. In O(n log n).
template <class M, class PlaceOf>
Monitored monitor_in_order(M model, std::span<const Interval<typename M::Input>> intervals,
                           PlaceOf place_of, const MonitorTerms& terms) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> placed;
  placed.reserve(intervals.size());
  for (std::uint32_t i = 0; i < intervals.size(); ++i) {
    if (intervals[i].ret != forever) placed.emplace_back(place_of(intervals[i]), i);
  }
  std::sort(placed.begin(), placed.end());  // house: places differ
  auto state = model.initial();
  Monitored found{.status = Status::holds, .steps = placed.size()};
  for (const auto& [place, op] : placed) {
    if (found.status == Status::unknown && place > found.place) break;
    auto next = state;
    if (model.step(next, intervals[op].input)) {
      state = std::move(next);
      if (terms.witness) found.order.push_back(op);
    } else if (found.status == Status::holds || intervals[op].ret < found.place) {
      found.status = Status::unknown;
      found.conflict = {op};
      found.place = intervals[op].ret;
    }
  }
  return found;
}

}  // namespace lockstep
