#pragma once
// The obvious twin of every search and monitor: all orders of all choices of the indeterminate
// operations, one after the other.

#include <algorithm>
#include <vector>

#include "checker/model.hpp"

namespace lockstep::testing {

class BruteForce {
 public:
  BruteForce(const Model& model, const Operations& operations, const Terms& terms)
      : model_(model), operations_(operations), terms_(terms), taken_(operations.size(), false) {}

  bool some_order_fits() {
    if (complete() && allowed()) return true;
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (taken_[i] || operations_[i].outcome() == OpType::fail || !may_come_next(i)) continue;
      order_.push_back(i);
      taken_[i] = true;
      const bool fits = allowed() && some_order_fits();
      taken_[i] = false;
      order_.pop_back();
      if (fits) return true;
    }
    return false;
  }

 private:
  bool allowed() const { return model_.allows(operations_, order_, terms_).value(); }
  bool complete() const {
    for (std::size_t i = 0; i < operations_.size(); ++i) {
      if (must(i) && !taken_[i]) return false;
    }
    return true;
  }
  bool must(std::size_t i) const {
    return operations_[i].outcome() == OpType::ok && operations_[i].ret != forever;
  }
  // Nothing that is still to come returned before this was called.
  bool may_come_next(std::size_t i) const {
    for (std::size_t j = 0; j < operations_.size(); ++j) {
      if (must(j) && !taken_[j] && operations_[j].ret < operations_[i].call) return false;
    }
    return true;
  }

  const Model& model_;
  const Operations& operations_;
  const Terms& terms_;
  std::vector<bool> taken_;
  std::vector<std::size_t> order_;
};

/// For operations on one key.
inline bool some_order_fits(const Model& model, const Operations& operations,
                            const Terms& terms = {}) {
  return BruteForce(model, operations, terms).some_order_fits();
}

/// All operations, those that return after this place of the history as if they were open still.
inline Operations as_of(Operations all, std::uint64_t end) {
  for (Operation& operation : all) {
    if (operation.ret == forever || operation.ret <= end || operation.outcome() == OpType::fail) {
      continue;
    }
    operation.completed = nullptr;
    operation.ret = forever;
  }
  return all;
}

/// The operations as far as they had come at this place: without those that failed, too.
inline Operations until(const Operations& all, std::uint64_t end) {
  Operations early = as_of(all, end);
  std::erase_if(early, [&](const Operation& operation) {
    return operation.outcome() == OpType::fail || operation.call > end;
  });
  return early;
}

}  // namespace lockstep::testing
