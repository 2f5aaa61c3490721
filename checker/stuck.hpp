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
  std::vector<std::pair<std::uint64_t, std::size_t>> returns;
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    if (intervals[i].ret != forever) returns.emplace_back(intervals[i].ret, i);
  }
  std::sort(returns.begin(), returns.end());  // house: places differ
  const auto violated = [&](std::size_t i) {
    const auto early = beginning<M>(intervals, returns[i].first);
    const Monitored then = model.monitor(early, {.steps = terms.budget.steps, .witness = false});
    if (then.status != Status::unknown) return then.status == Status::violated;
    return search<M>(early, terms.budget, model).status == Status::violated;
  };
  const auto at =
      std::lower_bound(returns.begin(), returns.end(), std::pair{found.place, std::size_t{0}});
  auto last = static_cast<std::size_t>(at - returns.begin());  // violated from here on
  std::size_t first = 0;                                       // no violation before this one
  if (!found.first_place && !violated(last)) {
    first = last + 1;
    last = returns.size() - 1;
  } else if (found.first_place || last == 0 || !violated(last - 1)) {
    first = last;
  } else {
    --last;
  }
  while (first < last) {
    const std::size_t middle = first + (last - first) / 2;
    if (violated(middle)) {
      last = middle;
    } else {
      first = middle + 1;
    }
  }
  const auto early = beginning<M>(intervals, returns[last].first - 1);
  Monitored before = model.monitor(early, {.steps = terms.budget.steps, .witness = true});
  SearchResult result{.status = Status::violated,
                      .order = std::move(before.order),
                      .stuck = returns[last].second,
                      .steps = found.steps,
                      .conflict = found.conflict};
  if (before.status == Status::holds) return result;
  // The monitor cannot tell of this beginning; the search may.
  result.order = search<M>(early, terms.budget, model).order;
  return result;
}

}  // namespace lockstep
