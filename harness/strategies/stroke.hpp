#pragma once
// One stroke of a plan: a fault, aimed at a step of the protocol, against a target, in terms of
// the lock's own time scale, so that the same plan fits any Scenario of that lock.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.hpp"
#include "harness/draw.hpp"

namespace lockstep {

/// By the step that it waits for: acquiring, granted, read, checked, wrote, releasing, and any of
/// the lock's own steps.
using Promise = std::array<std::int64_t, 7>;

/// A kind of fault and whom it strikes: "gc-pause" of the client that reached the step.
struct Blow {
  std::string_view kind;    // of fault
  std::string_view target;  // for people: "the client", "servers", "replies"
  bool standing = false;    // it lasts for the whole run, no step triggers it
  /// In how many of 100 runs it alone broke a lock that its kind can break, on average over 58
  /// to 75 locks (bench/strokes.cpp). Of one that stands the first figure counts.
  Promise promise{};
  /// Appends its faults, which strike at `when`.
  void (*strike)(Scenario& scenario, const Backend& backend, const Trigger& when,
                 Random& random) = nullptr;
};

/// Where a plan strikes. Its `salt` decides lengths and amounts.
struct Stroke {
  std::size_t step = 0;
  std::size_t blow = 0;
  std::uint64_t salt = 0;
  friend bool operator==(const Stroke&, const Stroke&) = default;
};
using Plan = std::vector<Stroke>;

/// The place of one of the weights, each as likely as it is large. Needs a weight above zero.
std::size_t weighted_pick(const std::vector<std::int64_t>& weights, Random& random);

/// How many strokes a plan for this Scenario has at most: about as many as would be drawn.
std::int64_t most_strokes(const Scenario& calm);

/// What strokes there are for a lock under some kinds of faults.
class Arsenal {
 public:
  explicit Arsenal(const DrawOptions& options);

  /// None: the faults that are wished for are not to be aimed.
  bool empty() const { return blows_.empty(); }
  std::size_t steps() const { return steps_.size(); }
  std::size_t blows() const { return blows_.size(); }
  const std::string& step(std::size_t i) const { return steps_[i]; }
  const Blow& blow(std::size_t i) const { return *blows_[i]; }
  /// Blow::promise there, 1 at least; 0 where a blow that stands is named by any step but the
  /// first.
  std::int64_t promise(std::size_t step, std::size_t blow) const;

  Stroke any(Random& random) const;
  /// One of those that promise the most, as a rule.
  Stroke likely(Random& random) const;
  /// Different blows, while there are any, each at a step of its own: likely ones as a rule, any
  /// once in four times.
  Plan varied(std::int64_t count, Random& random) const;
  /// The Scenario with the faults of the plan.
  Scenario with(Scenario calm, const Plan& plan) const;

 private:
  std::int64_t last_step() const { return static_cast<std::int64_t>(steps_.size()) - 1; }

  std::vector<std::string> steps_;
  std::vector<const Blow*> blows_;
};

}  // namespace lockstep
