// As late as possible, and then the most urgent first.
#include "checker/monitors/permits.hpp"

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>

namespace lockstep {
namespace {

class PermitMonitor {
 public:
  PermitMonitor(std::span<const LockInterval> intervals, std::uint32_t permits, bool witness)
      : intervals_(intervals),
        permits_(permits),
        witness_(witness),
        done_(intervals.size(), false) {}

  Monitored run() {
    for (const std::uint32_t event : events_in_order(intervals_)) {
      const std::uint32_t op = event / 2;
      const LockInterval& one = intervals_[op];
      if (event % 2 == 0) {
        open_[one.input.acquire ? 1 : 0].emplace(one.ret, op);
      } else if (!done_[op] && !give_way_to(one.input.acquire)) {
        return stuck_at(op);
      } else {
        if (!done_[op]) take_effect(op);
        forget_done(open_[one.input.acquire ? 1 : 0]);
      }
    }
    return {.status = Status::holds, .order = std::move(order_)};
  }

 private:
  // Called and perhaps not done: the return, and the operation. What returns first is on top.
  using Entry = std::pair<std::uint64_t, std::uint32_t>;
  // house: the order is total, by return and then by operation
  using Open = std::priority_queue<Entry, std::vector<Entry>, std::greater<>>;

  bool possible(bool acquire) const { return acquire ? taken_ < permits_ : taken_ > 0; }

  // Lets an operation of the other kind take effect, if that is needed; false if there is none.
  bool give_way_to(bool acquire) {
    if (possible(acquire)) return true;
    Open& others = open_[acquire ? 0 : 1];
    forget_done(others);
    if (others.empty() || !possible(!acquire)) return false;
    take_effect(others.top().second);
    others.pop();
    return true;
  }

  void forget_done(Open& open) {
    while (!open.empty() && done_[open.top().second]) open.pop();
  }

  void take_effect(std::uint32_t op) {
    done_[op] = true;
    if (witness_) order_.push_back(op);
    if (intervals_[op].input.acquire) {
      ++taken_;
      takers_.push_back(op);
    } else {
      --taken_;
      takers_.pop_back();
    }
  }

  Monitored stuck_at(std::uint32_t op) {
    Monitored found{.status = Status::violated, .place = intervals_[op].ret, .first_place = true};
    if (intervals_[op].input.acquire) found.conflict.assign(takers_.begin(), takers_.end());
    found.conflict.push_back(op);
    return found;
  }

  std::span<const LockInterval> intervals_;
  std::uint32_t permits_;
  bool witness_;
  std::uint32_t taken_ = 0;
  std::vector<bool> done_;
  std::vector<std::size_t> order_;
  std::vector<std::uint32_t> takers_;  // as many as are taken: the latest acquires
  Open open_[2];                       // releases, acquires
};

}  // namespace

Monitored monitor_permits(std::span<const LockInterval> intervals, std::uint32_t permits,
                          const MonitorTerms& terms) {
  return PermitMonitor(intervals, permits, terms.witness).run();
}

}  // namespace lockstep
