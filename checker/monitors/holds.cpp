// Going through a history once, with choices where indeterminate operations leave one.
#include "checker/monitors/holds.hpp"

#include <algorithm>
#include <optional>

#include "checker/monitors/hold_state.hpp"

namespace lockstep {
namespace {

using Owner = HoldState::Owner;

class HoldMonitor {
 public:
  HoldMonitor(std::span<const LockInterval> intervals, const HoldRules& rules,
              const MonitorTerms& terms)
      : intervals_(intervals),
        rules_(rules),
        terms_(terms),
        state_(intervals, rules, terms.witness),
        paid_by_(count_owners(intervals)) {}

  Monitored run() {
    const auto events = events_in_order(intervals_);
    const std::uint64_t most = events.size() + terms_.steps;
    std::uint64_t steps = 0;
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (++steps > most) return {.status = Status::unknown, .steps = steps};
      event_ = i;
      if (happens(events[i])) continue;
      if (!turn_back()) return failure(steps);
      i = event_;
    }
    Monitored found{.status = Status::holds, .steps = steps};
    if (terms_.witness) found.order = state_.witness();
    return found;
  }

 private:
  /// One way to let a return happen: these owners' holds end early, or (point) the operation's
  /// own does, at an instant when the lock was free.
  struct Choice {
    std::vector<std::uint32_t> ended;
    bool point = false;
  };
  struct Node {
    std::size_t event;
    std::uint32_t op;
    std::vector<Choice> choices;
    std::size_t next;  // of the choices; what is no choice can be taken back only by an earlier one
    std::vector<std::uint32_t> blamed;
    std::vector<std::uint32_t> paid;  // the owners that have less left by the choice made
    HoldState::Mark mark;
  };

  bool happens(std::uint32_t event) {
    const std::uint32_t op = event / 2;
    const LockInterval& one = intervals_[op];
    const Owner& owner = state_.owner(one.input.owner);
    if (event % 2 == 0) {
      if (one.ret == forever) {
        state_.call_indeterminate(op);
      } else if (!one.input.acquire) {
        if (owner.at.count > 0) state_.release(op, one.call);
      }
      return true;
    }
    if (one.input.acquire) return acquires(op);
    return !state_.waits(op) || releases_what_it_lacks(op);
  }

  bool acquires(std::uint32_t op) {
    const LockInterval& one = intervals_[op];
    const Owner& owner = state_.owner(one.input.owner);
    if (owner.at.count == rules_.depth) {
      if (owner.at.used_releases == owner.called_releases) return blame_own(op);
      state_.end_early(one.input.owner, 1, one.ret);
    }
    if (!state_.blocked(one.input) && state_.token_rises(one.input)) {
      state_.acquire(op, one.ret);
      return true;
    }
    return choose(op);
  }

  // A release by an owner that holds nothing: an acquire that nobody heard of came before.
  bool releases_what_it_lacks(std::uint32_t op) {
    const LockInterval& one = intervals_[op];
    const Owner& owner = state_.owner(one.input.owner);
    if (owner.at.used_acquires == owner.called_acquires) return blame_own(op);
    const std::optional<bool> shared = state_.mode_of_lost_acquires(one.input.owner);
    if (!shared) {
      incomplete_ = true;
      return blame_own(op);
    }
    const LockInput as{.owner = one.input.owner, .acquire = true, .shared = *shared};
    if (!state_.blocked(as)) {
      state_.pass(op, one.ret);
      return true;
    }
    if (one.call < state_.free_before(as)) {
      state_.pass(op, state_.free_before(as));
      return true;
    }
    return choose(op);
  }

  // What stands in the way of this operation: all of these must go, or (permits) one of them.
  bool all_must_go() const { return rules_.readers || rules_.permits == 1; }

  LockInput wanted(std::uint32_t op) const {
    const LockInput& input = intervals_[op].input;
    if (input.acquire) return input;
    return {.owner = input.owner,
            .acquire = true,
            .shared = state_.mode_of_lost_acquires(input.owner).value_or(false)};
  }

  bool choose(std::uint32_t op) {
    Node node{
        .event = event_, .op = op, .choices = {}, .next = 0, .blamed = {}, .paid = {}, .mark = {}};
    const LockInput want = wanted(op);
    const bool acquire = intervals_[op].input.acquire;
    if (!acquire || state_.token_rises(want)) offer_endings(want, acquire, node.choices);
    if (acquire && can_be_a_point(op)) node.choices.push_back({.ended = {}, .point = true});
    blame(op, want, node.blamed);
    if (only_a_search_tells(want)) incomplete_ = true;
    last_stuck_ = op;
    if (node.choices.empty()) {
      blamed_ = std::move(node.blamed);
      note_conflict(op, want);
      return false;
    }
    const bool forced = nodes_.empty() && node.choices.size() == 1 && node.blamed.empty();
    if (forced) {  // there is no way back, and none is needed
      apply(node);
      return true;
    }
    if (node.choices.size() > 1) {
      node.mark = state_.mark();
      ++open_;
    }
    nodes_.push_back(std::move(node));
    take_next(nodes_.back());
    return true;
  }

  void take_next(Node& node) {
    apply(node);
    const auto number = static_cast<std::uint32_t>(nodes_.size() - 1);
    for (const std::uint32_t owner : node.paid) paid_by_[owner].push_back(number);
    if (node.next == node.choices.size() && node.choices.size() > 1) --open_;
    if (open_ == 0) state_.forget_marks();
  }

  void offer_endings(const LockInput& want, bool acquire, std::vector<Choice>& choices) const {
    Choice all;
    for (const std::uint32_t holder : state_.in_the_way_of(want)) {
      const bool own = holder == want.owner;
      const bool can = state_.can_end_early(holder, own && acquire);
      if (!all_must_go() && can) choices.push_back({.ended = {holder}, .point = false});
      if (all_must_go() && !can) return;
      all.ended.push_back(holder);
    }
    if (all_must_go() && !all.ended.empty()) choices.push_back(std::move(all));
  }

  bool can_be_a_point(std::uint32_t op) const {
    const LockInterval& one = intervals_[op];
    return state_.can_pass(one.input.owner) && one.call < state_.free_before(one.input);
  }

  void apply(Node& node) {
    const Choice& choice = node.choices[node.next++];
    const LockInterval& one = intervals_[node.op];
    if (choice.point) node.paid.push_back(one.input.owner);
    for (const std::uint32_t holder : choice.ended) {
      if (state_.pays_for_ending(holder)) node.paid.push_back(holder);
      const std::uint32_t times = rules_.reentrant ? state_.owner(holder).at.count : 1;
      state_.end_early(holder, times, one.ret);
    }
    if (choice.point) {
      state_.pass(node.op, state_.free_before(one.input));
    } else if (one.input.acquire) {
      state_.acquire(node.op, one.ret);
    } else {
      state_.pass(node.op, one.ret);
    }
  }

  /// Whoever paid for the choice of the last node has that back.
  void take_back(Node& last) {
    for (const std::uint32_t owner : last.paid) paid_by_[owner].pop_back();
    last.paid.clear();
  }

  bool blame_own(std::uint32_t op) {
    blamed_ = paid_by_[intervals_[op].input.owner];
    conflict_ = {op};
    last_stuck_ = op;
    return false;
  }

  // The choices without which this one might be open, or not be needed.
  void blame(std::uint32_t op, const LockInput& want, std::vector<std::uint32_t>& blamed) const {
    const std::vector<std::uint32_t> holders = state_.in_the_way_of(want);
    std::uint64_t since = intervals_[op].ret;
    for (const auto holder : holders) since = std::min(since, state_.owner(holder).since);
    const bool all = rules_.fenced || rules_.permits > 1 || rules_.readers;
    if (all) since = 0;
    for (auto i = static_cast<std::uint32_t>(nodes_.size()); i-- > 0;) {
      if (intervals_[nodes_[i].op].ret < since) break;
      blamed.push_back(i);
    }
    const auto paid = [&](std::uint32_t owner) {
      blamed.insert(blamed.end(), paid_by_[owner].begin(), paid_by_[owner].end());
    };
    paid(want.owner);
    for (const auto holder : holders) paid(holder);
    std::sort(blamed.begin(), blamed.end());  // house: equal numbers are one
    blamed.erase(std::unique(blamed.begin(), blamed.end()), blamed.end());
  }

  // A hold that was deepened may have been ended before that; and readers who came and went, to
  // let a writer pass. Nobody has looked into that.
  bool only_a_search_tells(const LockInput& want) const {
    if (rules_.readers && !want.shared) {
      const Owner& asked = state_.owner(want.owner);
      return asked.called_releases > 0 || asked.called_acquires > 0;
    }
    if (!rules_.reentrant) return false;
    for (const auto holder : state_.in_the_way_of(want)) {
      if (state_.owner(holder).deep && state_.owner(holder).called_releases > 0) return true;
    }
    return false;
  }

  void note_conflict(std::uint32_t op, const LockInput& want) {
    conflict_.clear();
    for (const auto holder : state_.in_the_way_of(want)) {
      if (state_.owner(holder).began_with != HoldState::none) {
        conflict_.push_back(state_.owner(holder).began_with);
      }
    }
    const std::uint32_t higher = state_.higher_token(want);
    if (higher != HoldState::none &&
        std::find(conflict_.begin(), conflict_.end(), higher) == conflict_.end()) {
      conflict_.push_back(higher);
    }
    conflict_.push_back(op);
  }

  // Takes back the latest choice that is to blame; false when none is.
  bool turn_back() {
    while (!blamed_.empty()) {
      const std::uint32_t culprit = blamed_.back();
      while (nodes_.size() > culprit + 1) {
        if (nodes_.back().next < nodes_.back().choices.size()) --open_;
        take_back(nodes_.back());
        nodes_.pop_back();
      }
      Node& node = nodes_.back();
      take_back(node);
      blamed_.pop_back();
      std::vector<std::uint32_t> merged;
      std::set_union(blamed_.begin(), blamed_.end(), node.blamed.begin(), node.blamed.end(),
                     std::back_inserter(merged));
      node.blamed = merged;
      if (node.next < node.choices.size()) {
        event_ = node.event;
        state_.restore(node.mark);
        take_next(node);
        return true;
      }
      blamed_ = std::move(merged);
      nodes_.pop_back();
    }
    return false;
  }

  Monitored failure(std::uint64_t steps) const {
    if (incomplete_) return {.status = Status::unknown, .steps = steps};
    Monitored found{.status = Status::violated, .steps = steps};
    found.conflict.assign(conflict_.begin(), conflict_.end());
    found.place = intervals_[last_stuck_].ret;
    found.first_place = std::none_of(intervals_.begin(), intervals_.end(),
                                     [](const auto& one) { return one.ret == forever; });
    return found;
  }

  std::span<const LockInterval> intervals_;
  const HoldRules& rules_;
  const MonitorTerms& terms_;
  HoldState state_;
  std::size_t event_ = 0;
  std::vector<Node> nodes_;
  std::size_t open_ = 0;                             // of them, those with a choice left
  std::vector<std::vector<std::uint32_t>> paid_by_;  // by owner: the nodes whose choice it paid for
  std::vector<std::uint32_t> blamed_;                // of the failure at hand, in rising order
  std::vector<std::uint32_t> conflict_;
  std::uint32_t last_stuck_ = 0;
  bool incomplete_ = false;
};

}  // namespace

Monitored monitor_holds(std::span<const LockInterval> intervals, const HoldRules& rules,
                        const MonitorTerms& terms) {
  if (!owners_are_sequential(intervals, count_owners(intervals))) return {};
  const bool lost_token = std::any_of(intervals.begin(), intervals.end(), [](const auto& one) {
    return one.ret == forever && one.input.token != 0;
  });
  if (rules.fenced && lost_token) return {};
  return HoldMonitor(intervals, rules, terms).run();
}

}  // namespace lockstep
