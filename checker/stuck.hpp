#pragma once
// Where in a history a violation first shows, told by a monitor that judges beginnings of it.

#include <algorithm>
#include <vector>

#include "checker/model.hpp"
#include "checker/monitors/monitor.hpp"

namespace lockstep {

/// The intervals as far as they had come at this place: what returned later is open still, and
/// what its return will tell (M::forget, where a model has it) is not known. The indices of the
/// result are those of the first intervals, which are in the order of their calls.
template <class M>
auto beginning(std::span<const Interval<typename M::Input>> intervals, std::uint64_t place) {
  std::vector<Interval<typename M::Input>> early;
  early.reserve(intervals.size());
  for (const auto& one : intervals) {
    if (one.call > place) break;
    early.push_back(one);
    if (one.ret <= place || one.ret == forever) continue;
    early.back().ret = forever;
    if constexpr (requires { M::forget(early.back().input); }) M::forget(early.back().input);
  }
  return early;
}

/// What Search says of a violation that a monitor found: the first return that no order explains,
/// and an order of what came before. A few runs of the monitor: where it found the violation is
/// where it shows, or near.
template <class M>
SearchResult stuck_after(const M& model, std::span<const Interval<typename M::Input>> intervals,
                         const Monitored& found, const Terms& terms) {
  std::vector<std::uint32_t> returns;  // the intervals that have one, in its order
  for (std::uint32_t i = 0; i < intervals.size(); ++i) {
    if (intervals[i].ret != forever) returns.push_back(i);
  }
  const auto place_of = [&](std::size_t i) { return intervals[returns[i]].ret; };
  // house: places differ
  std::sort(returns.begin(), returns.end(),
            [&](auto a, auto b) { return intervals[a].ret < intervals[b].ret; });
  const auto judged = [&](std::uint64_t place, bool witness) {
    const auto early = beginning<M>(intervals, place);
    Monitored then = model.monitor(early, {.steps = terms.budget.steps, .witness = witness});
    if (then.status != Status::unknown) return then;
    SearchResult searched = search<M>(early, terms.budget, model);  // what the monitor cannot tell
    then.status = searched.status == Status::unknown ? Status::holds : searched.status;
    then.order = std::move(searched.order);
    return then;
  };
  const auto violated = [&](std::size_t i) {
    return judged(place_of(i), false).status == Status::violated;
  };
  const auto at = std::lower_bound(
      returns.begin(), returns.end(), found.place,
      [&](std::uint32_t i, std::uint64_t place) { return intervals[i].ret < place; });
  auto last = static_cast<std::size_t>(at - returns.begin());
  // What is called between two returns changes nothing about the first.
  Monitored before = judged(place_of(last) - 1, true);
  if (before.status == Status::violated || (!found.first_place && !violated(last))) {
    std::size_t first = before.status == Status::violated ? 0 : last + 1;
    if (before.status != Status::violated) last = returns.size();
    --last;  // violated from here on, and no violation before first
    while (first < last) {
      const std::size_t middle = first + (last - first) / 2;
      if (violated(middle)) {
        last = middle;
      } else {
        first = middle + 1;
      }
    }
    before = judged(place_of(last) - 1, true);
  }
  return {.status = Status::violated,
          .order = std::move(before.order),
          .stuck = returns[last],
          .steps = found.steps,
          .conflict = found.conflict};
}

}  // namespace lockstep
