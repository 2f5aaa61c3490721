#pragma once
// Small histories, written by hand.

#include <string>
#include <vector>

#include "checker/operation.hpp"

namespace lockstep::testing {

inline Op event(std::int64_t process, OpType type, std::string f, OpValue value = {}) {
  Op op;
  op.process = process;
  op.type = type;
  op.f = std::move(f);
  op.value = std::move(value);
  return op;
}

/// Numbers the events and gives each its own millisecond.
inline History history_of(std::vector<Op> events) {
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].index = static_cast<std::int64_t>(i);
    events[i].time = WorldTime(std::chrono::milliseconds(i));
  }
  return events;
}

inline OpValue number(std::int64_t value) {
  return OpValue{value};
}
inline OpValue pair(std::int64_t a, std::int64_t b) {
  return OpValue{OpValue::List{number(a), number(b)}};
}

/// Draws the next operation of a process: f and value on the call, and what an ok would add.
struct Drawn {
  std::string f;
  OpValue asked{};
  OpValue answered{};
  std::uint64_t token = 0;
};

}  // namespace lockstep::testing
