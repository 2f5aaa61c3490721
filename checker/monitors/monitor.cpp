// Putting events in order, in linear time where the places are dense.
#include "checker/monitors/monitor.hpp"

#include <algorithm>
#include <utility>

namespace lockstep {
namespace {

std::vector<std::uint32_t> sorted(std::span<const LockInterval> intervals) {
  std::vector<std::pair<std::uint64_t, std::uint32_t>> placed;
  placed.reserve(2 * intervals.size());
  for (std::uint32_t i = 0; i < intervals.size(); ++i) {
    placed.emplace_back(intervals[i].call, 2 * i);
    if (intervals[i].ret != forever) placed.emplace_back(intervals[i].ret, 2 * i + 1);
  }
  std::sort(placed.begin(), placed.end());  // house: places differ
  std::vector<std::uint32_t> events;
  events.reserve(placed.size());
  for (const auto& [place, event] : placed) events.push_back(event);
  return events;
}

}  // namespace

std::vector<std::uint32_t> events_in_order(std::span<const LockInterval> intervals) {
  std::uint64_t last = 0;
  for (const LockInterval& one : intervals) {
    last = std::max(last, one.ret == forever ? one.call : one.ret);
  }
  if (last > 16 * intervals.size()) return sorted(intervals);
  constexpr std::uint32_t none = ~std::uint32_t{0};
  std::vector<std::uint32_t> at(last + 1, none);
  for (std::uint32_t i = 0; i < intervals.size(); ++i) {
    at[intervals[i].call] = 2 * i;
    if (intervals[i].ret != forever) at[intervals[i].ret] = 2 * i + 1;
  }
  const auto open = std::count_if(intervals.begin(), intervals.end(),
                                  [](const auto& one) { return one.ret == forever; });
  const std::size_t events = 2 * intervals.size() - static_cast<std::size_t>(open);
  if (at.size() > events) std::erase(at, none);
  return at;
}

std::uint32_t count_owners(std::span<const LockInterval> intervals) {
  std::uint32_t count = 0;
  for (const LockInterval& one : intervals) count = std::max(count, one.input.owner + 1);
  return count;
}

bool owners_are_sequential(std::span<const LockInterval> intervals, std::uint32_t owners) {
  std::vector<std::uint64_t> free_from(owners, 0);
  std::uint64_t before = 0;
  for (const LockInterval& one : intervals) {
    std::uint64_t& busy_until = free_from[one.input.owner];
    if (one.call < before || one.call < busy_until) return false;
    before = one.call;
    if (one.ret != forever) busy_until = one.ret;
  }
  return true;
}

}  // namespace lockstep
