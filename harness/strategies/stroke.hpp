#pragma once
// One stroke of a plan: a fault, aimed at a step of the protocol, against a target, in terms of
// the lock's own time scale, so that the same plan fits any Scenario of that lock.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "backends/backend.hpp"
#include "harness/draw.hpp"

namespace lockstep {

/// A kind of fault and whom it strikes: "gc-pause" of the client that reached the step.
struct Blow {
  std::string_view kind;    // of fault
  std::string_view target;  // for people: "the client", "servers", "replies"
  bool standing = false;    // it lasts for the whole run, no step triggers it
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

  Stroke any(Random& random) const;
  /// The Scenario with the faults of the plan.
  Scenario with(Scenario calm, const Plan& plan) const;

 private:
  std::int64_t last_step() const { return static_cast<std::int64_t>(steps_.size()) - 1; }

  std::vector<std::string> steps_;
  std::vector<const Blow*> blows_;
};

}  // namespace lockstep
