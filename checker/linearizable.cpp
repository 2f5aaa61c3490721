// Partitions, and the words for what could not be put in order.
#include "checker/linearizable.hpp"

#include <algorithm>

namespace lockstep {

std::vector<Partition> partitions_of(const Operations& operations) {
  std::vector<Partition> partitions;
  std::map<std::string_view, std::size_t> places;
  const std::string* last_key = nullptr;
  std::size_t last = 0;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    if (operations[i].outcome() == OpType::fail) continue;
    const std::string& key = operations[i].key();
    if (last_key == nullptr || *last_key != key) {
      last_key = &key;
      last = places.try_emplace(key, partitions.size()).first->second;
      if (last == partitions.size()) partitions.push_back({key, {}});
    }
    partitions[last].second.push_back(i);
  }
  return partitions;
}

std::string describe(const Operation& operation) {
  const Op* told = operation.outcome() == OpType::ok ? operation.completed : operation.invoked;
  const std::string value = to_text(operation.value());
  return fmt::format("process {}'s {}{}{} (op {})", operation.process(), operation.f(),
                     value == "nil" ? "" : " of ", value == "nil" ? "" : value, told->index);
}

std::string after(std::size_t operations) {
  if (operations == 0) return "as nothing else can be ordered before it";
  if (operations == 1) return "after the one operation that can be ordered before it";
  return fmt::format("after the {} operations that can be ordered before it", operations);
}

void explain_stuck(Finding& finding, const Operations& operations, const std::string& state) {
  const Operation& last = operations[*finding.stuck];
  // What was open at the same time and found no place either says what the choices were.
  for (const auto i : finding.order) {
    const bool concurrent = operations[i].ret > last.call;
    if (concurrent || i == finding.order.back()) finding.conflict.push_back(i);
  }
  finding.conflict.push_back(*finding.stuck);
  std::stable_sort(finding.conflict.begin(), finding.conflict.end(),
                   [&](auto a, auto b) { return operations[a].ret < operations[b].ret; });
  finding.explanation =
      fmt::format("no order explains {}: {}, {} is {}", describe(last), after(finding.order.size()),
                  finding.key.empty() ? "the object" : finding.key, state);
}

void explain_cycle(Finding& finding, const Operations& operations) {
  if (finding.cycle.empty()) return;
  finding.conflict.clear();
  finding.explanation.clear();
  for (const OrderStep& step : finding.cycle) {
    const bool first = finding.explanation.empty();
    finding.explanation += (first ? "" : "; and ") + describe(step, operations);
    const std::size_t op = step.before.release.value_or(step.before.acquire);
    if (std::find(finding.conflict.begin(), finding.conflict.end(), op) == finding.conflict.end()) {
      finding.conflict.push_back(op);
    }
  }
  std::stable_sort(finding.conflict.begin(), finding.conflict.end(),
                   [&](auto a, auto b) { return operations[a].ret < operations[b].ret; });
}

}  // namespace lockstep
