#pragma once
// Judges operations against a model: reads them, searches key by key, and tells what was found.

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checker/core_of.hpp"
#include "checker/model.hpp"
#include "checker/monitors/monitor.hpp"
#include "checker/search.hpp"
#include "checker/stuck.hpp"
#include "checker/symbols.hpp"

namespace lockstep {

/// What a file of checker/models/ writes: a sequential specification, and how operations of a
/// history are read as its inputs.
template <class M>
concept ReadableModel =
    SequentialModel<M> && requires(M& model, const Operation& operation, Symbols& symbols,
                                   const typename M::State& state) {
      /// The error is what was expected instead.
      {
        model.read(operation, symbols)
      } -> std::same_as<tl::expected<typename M::Input, std::string>>;
      /// "held by process 3": completes "the lock (or register) is ...".
      { model.describe(state, symbols) } -> std::same_as<std::string>;
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

/// Where there is a cycle, explains a violation by that instead.
void explain_cycle(Finding& finding, const Operations& operations);

/// Explains a violation of a lock with owners by the processes that certainly hold at once, when
/// there are such; otherwise changes nothing. The finding's conflict, if any, is what a monitor saw
/// meet. See checker/holds.hpp.
bool explain_holds(Finding& finding, const Operations& operations,
                   std::span<const std::size_t> of_key);

namespace detail {

inline HistoryError unreadable(const Operation& operation, std::string text) {
  const bool at_return = operation.outcome() == OpType::ok;
  return {at_return ? operation.ret : operation.call,
          at_return ? operation.completed->index : operation.invoked->index, std::move(text)};
}

/// The model under these terms.
template <ReadableModel M>
M made(const Terms& terms) {
  if constexpr (std::constructible_from<M, const Terms&>) return M(terms);
  return M{};
}

/// A model with a monitor of its own: exact, or unknown.
template <class M>
concept MonitoredModel =
    requires(const M& model, std::span<const Interval<typename M::Input>> intervals) {
      { model.monitor(intervals, MonitorTerms{}) } -> std::same_as<Monitored>;
    };

/// True for a model whose tokens rise with every grant.
template <class M>
constexpr bool has_tokens = requires { M::tokens_rise; };

template <ReadableModel M>
std::string state_after(M& model, std::span<const Interval<typename M::Input>> intervals,
                        const SearchResult& found, const Symbols& symbols) {
  auto state = model.initial();
  for (const auto i : found.order) {
    auto input = intervals[i].input;
    if constexpr (requires { M::forget(input); }) {
      if (intervals[i].ret >= intervals[found.stuck].ret) M::forget(input);
    }
    model.step(state, input);
  }
  return model.describe(state, symbols);
}

}  // namespace detail

/// Judges intervals by the model's monitor, where it has one, and by the search otherwise, as the
/// terms allow. Says the same of stuck and order as the search alone.
template <ReadableModel M>
SearchResult judge(const M& model, std::span<const Interval<typename M::Input>> intervals,
                   const Terms& terms) {
  if constexpr (detail::MonitoredModel<M>) {
    const MonitorTerms asked{.steps = terms.budget.steps, .witness = terms.witness};
    if (terms.method != Method::search) {
      Monitored found = model.monitor(intervals, asked);
      if (found.status == Status::violated) return stuck_after<M>(model, intervals, found, terms);
      if (found.status == Status::holds || terms.method == Method::monitor) {
        return {.status = found.status, .order = std::move(found.order), .steps = found.steps};
      }
    }
  }
  SearchResult found = search<M>(intervals, terms.budget, model);
  if constexpr (detail::MonitoredModel<M> &&
                requires(typename M::Input input) { M::forget(input); }) {
    // The search used what returns told before they came.
    if (found.status == Status::violated) {
      const Monitored as{
          .status = Status::violated, .place = intervals[found.stuck].ret, .steps = found.steps};
      return stuck_after<M>(model, intervals, as, terms);
    }
  }
  return found;
}

namespace detail {

template <ReadableModel M>
std::vector<std::size_t> core_of(const M& model,
                                 std::span<const Interval<typename M::Input>> intervals,
                                 const SearchResult& found) {
  std::uint64_t left = 2'000'000;  // steps, of all judgements together
  const auto status_of = [&](const std::vector<Interval<typename M::Input>>& some) {
    if constexpr (MonitoredModel<M>) {
      const Monitored monitored = model.monitor(some, {.steps = 100'000, .witness = false});
      if (monitored.status != Status::unknown) return monitored.status;
    }
    const SearchResult judged =
        search<M>(some, {.steps = std::min<std::uint64_t>(left, 100'000)}, model);
    left -= std::min(left, judged.steps);
    return judged.status;
  };
  return CoreOf<M, decltype(status_of)>(intervals, found.stuck, status_of).found(found.conflict);
}

}  // namespace detail

namespace detail {

/// The operations on one key as the model reads them.
template <ReadableModel M>
struct Reading {
  std::string key;
  std::vector<std::size_t> indices;  // of the operations
  Symbols symbols{};
  M model;
  std::vector<Interval<typename M::Input>> intervals{};
  SearchResult found{};
};

template <ReadableModel M>
tl::expected<std::vector<Reading<M>>, HistoryError> readings_of(const Operations& operations,
                                                                const Terms& terms) {
  std::vector<Reading<M>> readings;
  for (auto& [key, indices] : partitions_of(operations)) {
    Reading<M>& reading =
        readings.emplace_back(Reading<M>{key, std::move(indices), {}, made<M>(terms)});
    reading.intervals.reserve(reading.indices.size());
    for (const auto i : reading.indices) {
      const Operation& operation = operations[i];
      auto input = reading.model.read(operation, reading.symbols);
      if (!input) return tl::unexpected(unreadable(operation, std::move(input.error())));
      reading.intervals.push_back({*input, operation.call, operation.ret});
    }
  }
  return readings;
}

/// Judges key by key. Where that takes long, each has a little first and then ever more, until
/// one is violated or the budget is spent: the others need not be judged then.
template <ReadableModel M>
void judge_all(std::vector<Reading<M>>& readings, const Terms& terms) {
  std::uint64_t steps = readings.size() == 1 ? terms.budget.steps : 10'000;
  for (bool open = true; open; steps *= 8) {
    Terms some = terms;
    some.budget.steps = std::min(steps, terms.budget.steps);
    const auto judge_one = [&](std::size_t i) {
      Reading<M>& reading = readings[i];
      if (reading.found.status != Status::unknown) return;
      reading.found = judge<M>(reading.model, reading.intervals, some);
    };
    if (terms.spread && readings.size() > 1) {
      terms.spread(readings.size(), judge_one);
    } else {
      for (std::size_t i = 0; i < readings.size(); ++i) judge_one(i);
    }
    const auto any = [&](Status status) {
      return std::any_of(readings.begin(), readings.end(),
                         [&](const auto& reading) { return reading.found.status == status; });
    };
    open = any(Status::unknown) && !any(Status::violated) && steps < terms.budget.steps;
  }
}

template <ReadableModel M, bool owned>
Finding told(Reading<M>& reading, const Operations& operations, const Terms& terms) {
  const SearchResult& found = reading.found;
  const std::vector<std::size_t>& indices = reading.indices;
  Finding finding{.key = reading.key, .status = found.status, .steps = found.steps};
  finding.order.reserve(found.order.size());
  for (const auto i : found.order) finding.order.push_back(indices[i]);
  if (found.stuck != SearchResult::nothing) finding.stuck = indices[found.stuck];
  if (found.status == Status::unknown && !finding.stuck) {
    finding.explanation = "the monitor of this model cannot tell";
  } else if (found.status == Status::unknown) {
    finding.explanation = fmt::format(
        "the budget ran out after {} steps; {} of {} operations were in order, all that had "
        "returned before {}",
        found.steps, found.order.size(), indices.size(), describe(operations[*finding.stuck]));
  } else if (found.status == Status::violated) {
    for (const auto i : found.conflict) finding.conflict.push_back(indices[i]);
    const bool held = owned && explain_holds(finding, operations, indices);
    if constexpr (owned) {
      finding.cycle = order_cycle(operations, indices, finding.conflict, has_tokens<M>);
    }
    if (!held) {
      finding.conflict.clear();  // explain_stuck finds it anew
      explain_stuck(finding, operations,
                    state_after<M>(reading.model, reading.intervals, found, reading.symbols));
      explain_cycle(finding, operations);
    }
    if (!terms.core) return finding;
    for (const auto i : core_of<M>(reading.model, reading.intervals, found)) {
      finding.core.push_back(indices[i]);
    }
  }
  return finding;
}

}  // namespace detail

/// Judges the operations against M. With `owned`, M is a lock whose holders have names, and a
/// violation is first explained by who holds at once.
template <ReadableModel M, bool owned = false>
Judged linearizable(const Operations& operations, const Terms& terms) {
  auto readings = detail::readings_of<M>(operations, terms);
  if (!readings) return tl::unexpected(std::move(readings.error()));
  detail::judge_all<M>(*readings, terms);
  Judgement judgement;
  for (detail::Reading<M>& reading : *readings) {
    judgement.findings.push_back(detail::told<M, owned>(reading, operations, terms));
    judgement.status = worse(judgement.status, reading.found.status);
  }
  return judgement;
}

template <ReadableModel M>
tl::expected<bool, HistoryError> allows(const Operations& operations,
                                        std::span<const std::size_t> order, const Terms& terms) {
  Symbols symbols;
  M model = detail::made<M>(terms);
  auto state = model.initial();
  for (const auto i : order) {
    const auto input = model.read(operations[i], symbols);
    if (!input) return tl::unexpected(detail::unreadable(operations[i], input.error()));
    if (!model.step(state, *input)) return false;
  }
  return true;
}

}  // namespace lockstep
