#pragma once
// Small histories, drawn by rapidcheck.

#include <rapidcheck.h>

#include <optional>
#include <vector>

#include "tests/checker/histories.hpp"

namespace lockstep::testing {

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
