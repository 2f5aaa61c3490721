#pragma once
// What an owner's own operations demand of its indeterminate ones, now and later.

#include <cstdint>
#include <limits>
#include <vector>

namespace lockstep {

/// The definite operations of one owner, in their order, and how many indeterminate ones of each
/// kind had been called before each. Those of a kind differ in nothing but their call: the first
/// called is used first.
class OwnerPlan {
 public:
  /// How far an owner is: how often it holds, what it has used, which step is next.
  struct At {
    std::uint32_t count = 0;
    std::uint32_t used_acquires = 0;
    std::uint32_t used_releases = 0;
    std::uint32_t next = 0;
  };

  void add(bool acquire, std::uint32_t acquires_called, std::uint32_t releases_called) {
    steps_.push_back({.acquires_called = acquires_called,
                      .releases_called = releases_called,
                      .acquire = acquire});
  }

  /// After the last add: plays the steps with nothing given away.
  void settle(std::uint32_t depth) {
    depth_ = depth;
    At at;
    for (Step& step : steps_) {
      step.before = at;
      step.spare_acquires = step.spare_releases = plenty;
      if (!play(step, at)) break;
      if (at.used_acquires > step.before.used_acquires) {
        step.spare_acquires = static_cast<std::int32_t>(step.acquires_called - at.used_acquires);
      }
      if (at.used_releases > step.before.used_releases) {
        step.spare_releases = static_cast<std::int32_t>(step.releases_called - at.used_releases);
      }
      ++at.next;
    }
    if (at.next < steps_.size()) {  // its own operations are impossible
      for (Step& step : steps_) step.spare_acquires = step.spare_releases = -1;
      return;
    }
    for (std::size_t i = steps_.size(); i-- > 1;) {
      Step& step = steps_[i - 1];
      step.spare_acquires = std::min(step.spare_acquires, steps_[i].spare_acquires);
      step.spare_releases = std::min(step.spare_releases, steps_[i].spare_releases);
    }
  }

  /// Whether the owner can do all that it did from here on.
  bool survives(At at) const {
    for (; at.next < steps_.size(); ++at.next) {
      const Step& step = steps_[at.next];
      if (at.count == step.before.count) {
        return step.spare_acquires >= std::int64_t{at.used_acquires} - step.before.used_acquires &&
               step.spare_releases >= std::int64_t{at.used_releases} - step.before.used_releases;
      }
      if (!play(step, at)) return false;
    }
    return true;
  }

  /// Whether what comes next would use up an indeterminate release anyway, if the owner held.
  bool needs_release_next(std::uint32_t next) const {
    return depth_ == 1 && next < steps_.size() && steps_[next].acquire;
  }

 private:
  static constexpr std::int32_t plenty = std::numeric_limits<std::int32_t>::max();

  struct Step {
    std::uint32_t acquires_called = 0;
    std::uint32_t releases_called = 0;
    At before{};
    // The least that is left over, here and later, if nothing is given away.
    std::int32_t spare_acquires = 0;
    std::int32_t spare_releases = 0;
    bool acquire = false;
  };

  bool play(const Step& step, At& at) const {
    if (step.acquire && at.count == depth_) return ++at.used_releases <= step.releases_called;
    if (!step.acquire && at.count == 0) return ++at.used_acquires <= step.acquires_called;
    at.count = step.acquire ? at.count + 1 : at.count - 1;
    return true;
  }

  std::vector<Step> steps_;
  std::uint32_t depth_ = 1;
};

}  // namespace lockstep
