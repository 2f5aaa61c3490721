#pragma once
// Who holds a lock at one place of a history, what every owner has left, and the way back.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "checker/monitors/holds.hpp"
#include "checker/monitors/owner_plan.hpp"

namespace lockstep {

/// Moved forward by monitor_holds, one effect after the other. Places are those of the history.
class HoldState {
 public:
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  struct Owner {
    OwnerPlan::At at{};
    std::uint32_t called_acquires = 0;  // indeterminate ones
    std::uint32_t called_releases = 0;
    std::uint32_t began_with = none;    // the acquire that began the hold
    std::uint32_t last_release = none;  // the latest to take effect at its call
    std::uint64_t since = 0;            // when the hold began
    bool deep = false;                  // it has been a hold within a hold
    std::uint32_t kept = 0;             // the number of the stretch it was last kept in
  };
  /// What restore() goes back to.
  struct Mark {
    std::size_t trail = 0;
    std::size_t effects = 0;
    std::uint32_t load = 0;
    std::uint32_t writer = none;
    std::uint64_t full_since = 0;
    std::uint64_t writer_since = 0;
    std::uint64_t held_since = 0;
    std::vector<std::uint32_t> holders{};
  };

  HoldState(std::span<const LockInterval> intervals, const HoldRules& rules, bool witness);

  const Owner& owner(std::uint32_t owner) const { return owners_[owner]; }
  /// True for a release that did not take effect at its call, since its owner held nothing.
  bool waits(std::uint32_t op) const {
    return owners_[intervals_[op].input.owner].last_release != op;
  }

  bool blocked(const LockInput& input) const;
  /// Those whose holds exclude this acquire.
  std::vector<std::uint32_t> in_the_way_of(const LockInput& input) const;
  /// The latest place with an instant just before it at which this acquire would have been
  /// possible, while it now is not; 0 when there is none.
  std::uint64_t free_before(const LockInput& input) const;
  bool token_rises(const LockInput& input) const;
  /// The acquire with the highest token so far, if it is in the way of this one; else none.
  std::uint32_t higher_token(const LockInput& input) const {
    return token_rises(input) ? none : tokens_.back().op;
  }
  /// Whether the owner can spare what it takes to end its hold now. With `then_acquires` it
  /// acquires anew at once.
  bool can_end_early(std::uint32_t owner, bool then_acquires) const;
  /// Whether ending its hold now takes something from the owner that it would not have to spend
  /// before its next acquire in any case.
  bool pays_for_ending(std::uint32_t owner) const {
    return !plans_[owner].needs_release_next(owners_[owner].at.next);
  }
  /// Whether the owner's next acquire may be undone at once by a release that nobody heard of.
  bool can_pass(std::uint32_t owner) const;
  /// As what all indeterminate acquires of this owner would hold; nothing when they differ.
  std::optional<bool> mode_of_lost_acquires(std::uint32_t owner) const;

  void call_indeterminate(std::uint32_t op);
  void acquire(std::uint32_t op, std::uint64_t place);
  void release(std::uint32_t op, std::uint64_t place);
  /// The hold ends by indeterminate releases, so many, just before this place.
  void end_early(std::uint32_t owner, std::uint32_t times, std::uint64_t place);
  /// An acquire takes effect just before this place and is undone at once by an indeterminate
  /// release; or a release, right after an indeterminate acquire.
  void pass(std::uint32_t op, std::uint64_t place);

  Mark mark();
  void restore(const Mark& mark);

  /// No mark will be restored any more that was made so far.
  void forget_marks() {
    trailing_ = false;
    trail_.clear();
  }

  /// Everything that took effect, in order. The last question that is asked.
  std::vector<std::size_t> witness();

 private:
  // At one place: holds end, others pass in the order of their tokens, and one begins.
  enum class When : std::uint64_t { ending, passing, beginning };
  struct Effect {
    std::uint64_t at;  // the place times 4, plus When
    std::uint32_t op;
    std::uint32_t as;  // passing: among those at one place, by the token of this operation
  };
  struct Token {
    std::uint64_t token;
    std::uint64_t place;
    std::uint32_t op;
    bool passed;
  };
  struct Old {
    std::uint32_t owner;  // none: a token was inserted
    std::size_t token;
    Owner before;
  };

  Owner& touch(std::uint32_t owner);
  void begin_hold(std::uint32_t owner, std::uint32_t op, bool shared, std::uint64_t place);
  void end_holds(std::uint32_t owner, std::uint32_t times);
  void note_token(std::uint32_t op, std::uint64_t place, bool passed);
  void note(std::uint32_t op, std::uint64_t place, When when);
  bool survives(std::uint32_t owner, const OwnerPlan::At& at) const;
  bool nothing_lost() const { return lost_ == 0; }

  std::span<const LockInterval> intervals_;
  const HoldRules& rules_;
  bool witness_;
  bool trailing_ = false;
  // Between two marks, or ways back, an owner is kept once: as it was when the stretch began.
  std::uint32_t stretch_ = 0;
  std::size_t lost_ = 0;  // indeterminate operations
  std::vector<Owner> owners_;
  std::vector<std::uint32_t> slots_;  // of each holder in holders_
  std::vector<std::uint32_t> holders_;
  std::uint32_t load_ = 0;
  std::uint32_t writer_ = none;
  std::uint64_t full_since_ = 0;
  std::uint64_t writer_since_ = 0;
  std::uint64_t held_since_ = 0;
  // Of the acquires that took effect, in rising order; where nothing is lost, only the last.
  std::vector<Token> tokens_;
  std::vector<Old> trail_;
  std::vector<Effect> effects_;

  // Of the owners that have indeterminate operations; empty for the others.
  std::vector<OwnerPlan> plans_;
  std::vector<std::vector<std::uint32_t>> lost_acquires_;
  std::vector<std::vector<std::uint32_t>> lost_releases_;
};

}  // namespace lockstep
