#pragma once
// Judges operations against a model: reads them, searches key by key, and tells what was found.

#include <fmt/format.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/model.hpp"
#include "checker/search.hpp"
#include "checker/symbols.hpp"

namespace lockstep {

/// What a file of checker/models/ writes: a sequential specification, and how operations of a
/// history are read as its inputs.
template <class M>
concept ReadableModel = SequentialModel<M> && requires(const Operation& operation, Symbols& symbols,
                                                       const typename M::State& state) {
  /// The error is what was expected instead.
  { M::read(operation, symbols) } -> std::same_as<tl::expected<typename M::Input, std::string>>;
  /// "held by process 3": completes "the lock (or register) is ...".
  { M::describe(state, symbols) } -> std::same_as<std::string>;
};

/// The operations on one key, by index.
using Partition = std::pair<std::string, std::vector<std::size_t>>;

/// Those that did not fail, key by key in the order of appearance.
std::vector<Partition> partitions_of(const Operations& operations);

/// "process 3's acquire (op 1109)"; the op is the one that says most: its return, or its call.
std::string describe(const Operation& operation);

/// Explains a violation by the operation that could not be put in order. `state` is the object's
/// after the longest prefix.
void explain_stuck(Finding& finding, const Operations& operations, const std::string& state);

/// Explains a violation of a lock with owners by the processes that certainly hold at once, when
/// there are such; otherwise changes nothing. See checker/holds.hpp.
bool explain_holds(Finding& finding, const Operations& operations,
                   std::span<const std::size_t> of_key);

namespace detail {

inline HistoryError unreadable(const Operation& operation, std::string text) {
  const bool at_return = operation.outcome() == OpType::ok;
  return {at_return ? operation.ret : operation.call,
          at_return ? operation.completed->index : operation.invoked->index, std::move(text)};
}

template <ReadableModel M>
std::string state_after(std::span<const Interval<typename M::Input>> intervals,
                        std::span<const std::size_t> order, const Symbols& symbols) {
  auto state = M::initial();
  for (const auto i : order) M::step(state, intervals[i].input);
  return M::describe(state, symbols);
}

}  // namespace detail

/// Judges the operations against M. With `owned`, M is a lock whose holders have names, and a
/// violation is first explained by who holds at once.
template <ReadableModel M, bool owned = false>
Judged linearizable(const Operations& operations, Budget budget) {
  Judgement judgement;
  for (auto& [key, indices] : partitions_of(operations)) {
    Symbols symbols;
    std::vector<Interval<typename M::Input>> intervals;
    intervals.reserve(indices.size());
    for (const auto i : indices) {
      const Operation& operation = operations[i];
      auto input = M::read(operation, symbols);
      if (!input) return tl::unexpected(detail::unreadable(operation, std::move(input.error())));
      intervals.push_back({*input, operation.call, operation.ret});
    }
    SearchResult found = search<M>(intervals, budget);
    Finding finding{.key = key, .status = found.status, .steps = found.steps};
    finding.order.reserve(found.order.size());
    for (const auto i : found.order) finding.order.push_back(indices[i]);
    if (found.stuck != SearchResult::nothing) finding.stuck = indices[found.stuck];
    if (found.status == Status::unknown) {
      finding.explanation = fmt::format(
          "the budget ran out after {} steps; {} of {} operations were in order, all that had "
          "returned before {}",
          found.steps, found.order.size(), indices.size(), describe(operations[*finding.stuck]));
    }
    if (found.status == Status::violated &&
        !(owned && explain_holds(finding, operations, indices))) {
      explain_stuck(finding, operations, detail::state_after<M>(intervals, found.order, symbols));
    }
    judgement.status = worse(judgement.status, found.status);
    judgement.findings.push_back(std::move(finding));
  }
  return judgement;
}

template <ReadableModel M>
tl::expected<bool, HistoryError> allows(const Operations& operations,
                                        std::span<const std::size_t> order) {
  Symbols symbols;
  auto state = M::initial();
  for (const auto i : order) {
    const auto input = M::read(operations[i], symbols);
    if (!input) return tl::unexpected(detail::unreadable(operations[i], input.error()));
    if (!M::step(state, *input)) return false;
  }
  return true;
}

}  // namespace lockstep
