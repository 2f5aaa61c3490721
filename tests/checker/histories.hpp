#pragma once
// Small histories, written by hand and drawn at random.

#include <rapidcheck.h>

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

/// At most `most` operations by up to three processes, interleaved at random, with fails, infos
/// and calls that never return.
template <class Draw>
History random_history(int most, Draw draw) {
  const int processes = *rc::gen::inRange(1, 4);
  const int count = *rc::gen::inRange(1, most + 1);
  History history;
  std::vector<std::optional<Drawn>> open(static_cast<std::size_t>(processes));
  int begun = 0;
  int idle_rounds = 0;
  while (idle_rounds < 40) {
    ++idle_rounds;
    const auto process = *rc::gen::inRange(0, processes);
    auto& current = open[static_cast<std::size_t>(process)];
    if (!current && begun < count) {
      current = draw(process);
      ++begun;
      history.push_back(event(process, OpType::invoke, current->f, current->asked));
    } else if (current) {
      const auto fate = *rc::gen::inRange(0, 12);
      if (fate == 11) continue;
      const auto type = fate == 10 ? OpType::fail : fate >= 8 ? OpType::info : OpType::ok;
      Op op = event(process, type, current->f);
      if (type == OpType::ok) {
        op.value = current->answered;
        op.token = current->token;
      }
      history.push_back(op);
      current.reset();
    } else if (begun == count) {
      bool any = false;
      for (const auto& one : open) any = any || one.has_value();
      if (!any) break;
    }
  }
  return history_of(std::move(history));
}

}  // namespace lockstep::testing
