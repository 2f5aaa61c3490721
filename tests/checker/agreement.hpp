#pragma once
// Whether a judgement is right: by comparison with all orders, of the whole and of each piece of
// its evidence.

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>

#include "checker/symbols.hpp"
#include "tests/checker/brute_force.hpp"
#include "tests/checker/recorded_worlds.hpp"

namespace lockstep::testing {

/// What came up among many histories.
struct Tally {
  std::uint64_t valid = 0;
  std::uint64_t invalid = 0;
  std::uint64_t indeterminate = 0;
  std::uint64_t decided = 0;  // by the monitor alone
  std::uint64_t swapped = 0;  // valid before two neighbours changed places, and invalid after
};

/// Judges the operations on one key, few enough for all orders, and throws std::logic_error where
/// the judgement or its evidence is wrong.
class Agreement {
 public:
  Agreement(const World& world, const Model& model, const Operations& all, Tally& tally)
      : world_(world), model_(model), all_(all), tally_(tally) {}

  void check() {
    Terms terms = world_.terms;
    const Judged judged = model_.check(all_, terms);
    if (!judged || judged->findings.empty()) return;  // unreadable: other tests see to it
    const bool fit = fits(all_);
    const Status expected = fit ? Status::holds : Status::violated;
    ++(fit ? tally_.valid : tally_.invalid);
    for (const Operation& one : all_) tally_.indeterminate += one.outcome() == OpType::info;
    same(judged->status, expected, "all in all");
    follow_evidence(judged->findings.front());
    terms.method = Method::search;
    same(model_.check(all_, terms)->status, expected, "by search");
    terms.method = Method::monitor;
    const Status monitored = model_.check(all_, terms)->status;
    if (monitored == Status::unknown) return;
    ++tally_.decided;
    same(monitored, expected, "by monitor");
  }

 private:
  static void ensure(bool holds, const std::string& complaint) {
    if (!holds) throw std::logic_error(complaint);
  }
  static void same(Status status, Status expected, std::string_view by) {
    ensure(status == expected, fmt::format("{} the verdict is {}, of all orders it is {}", by,
                                           name_of(status), name_of(expected)));
  }
  bool fits(const Operations& some) const { return some_order_fits(model_, some, world_.terms); }

  void follow_evidence(const Finding& finding) const {
    if (finding.status == Status::holds) {
      ensure(verify_order(model_, all_, finding.key, finding.order, world_.terms), "no witness");
      return;
    }
    ensure(finding.stuck.has_value(), "nothing got stuck");
    const std::uint64_t end = all_[*finding.stuck].ret;
    ensure(model_.allows(as_of(all_, end - 1), finding.order, world_.terms).value(), "no prefix");
    follow_core(finding, end);
    ensure(!finding.conflict.empty(), "no conflict");
    ensure(!finding.explanation.empty(), "no explanation");
    // The prefix is the longest: up to the return of `stuck` no order fits, without it one does.
    ensure(!fits(until(all_, end)), "stuck too early");
    ensure(fits(until(all_, end - 1)), "stuck too late");
  }

  /// No order fits the core; one does without any one operation of it. In the models of data, what
  /// is dropped may have been at any time.
  void follow_core(const Finding& finding, std::uint64_t end) const {
    ensure(!finding.core.empty(), "no core");
    static const std::set<std::string> data = {"register", "cas-register", "kv", "set"};
    const bool free = data.contains(world_.model);
    const Operations before = as_of(all_, end);
    if (free && before.size() > 6) return;  // too many orders
    const auto without = [&](std::optional<std::size_t> dropped) {
      Operations some;
      for (std::size_t i = 0; i < before.size(); ++i) {
        const auto& core = finding.core;
        const bool kept = i != dropped && std::find(core.begin(), core.end(), i) != core.end();
        const bool gone = !free || before[i].outcome() == OpType::fail || before[i].call > end;
        if (!kept && gone) continue;
        some.push_back(before[i]);
        if (kept) continue;
        some.back().call = 0;
        some.back().ret = forever;
      }
      return some;
    };
    ensure(!fits(without(std::nullopt)), "the core can be ordered");
    for (const std::size_t i : finding.core) {
      ensure(fits(without(i)), fmt::format("the core does not need {}", i));
    }
  }

  const World& world_;
  const Model& model_;
  const Operations& all_;
  Tally& tally_;
};

/// A history as a person reads it.
inline std::string told(const History& history) {
  std::string text;
  for (const Op& op : history) {
    text += fmt::format("\n  {:>2} process {} {:<6} {} {} owner {} token {}", op.index, op.process,
                        name_of(op.type), op.f, to_text(op.value), op.owner, op.token);
  }
  return text;
}

}  // namespace lockstep::testing
