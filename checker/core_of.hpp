#pragma once
// The reason for a violation: few operations that cannot be ordered, none of which can be spared.

#include <algorithm>
#include <optional>
#include <vector>

#include "checker/model.hpp"
#include "checker/search.hpp"

namespace lockstep {

/// Shrinks a violation to a core: intervals that cannot be ordered by themselves, while without
/// any one of them they can. What "without" means is the model's affair. Of a lock, an operation
/// that is dropped never was; and the core has the operation in it that got stuck, where there is
/// such a core, so that no release is missed that in truth was there. Of a register, a map or a set
/// (M::dropped_is_free), it may have been at any time, or never: a read is not blamed for want of a
/// write.
template <class M, class Judge>
class CoreOf {
 public:
  using Input = typename M::Input;
  using Intervals = std::vector<Interval<Input>>;
  using Indices = std::vector<std::size_t>;

  /// `judge` gives the status of intervals, unknown when that would cost more than a little.
  CoreOf(std::span<const Interval<Input>> intervals, std::size_t stuck, Judge judge)
      : stuck_(stuck), judge_(judge) {
    const std::uint64_t end = intervals[stuck].ret;
    for (std::size_t i = 0; i < intervals.size(); ++i) {
      Interval<Input> one = intervals[i];
      if (one.call > end) continue;
      if (one.ret > end && one.ret != forever) {
        one.ret = forever;
        if constexpr (requires { M::forget(one.input); }) M::forget(one.input);
      }
      sources_.push_back(i);
      intervals_.push_back(one);
      if (i == stuck) place_of_stuck_ = intervals_.size() - 1;
    }
  }

  /// In the order of the calls; empty when none was found within what may be spent.
  Indices found(const Indices& conflict) {
    std::optional<Indices> kept = beginning_with(conflict);
    if (!kept || !shrink(*kept)) return {};
    Indices core;
    for (const auto i : *kept) core.push_back(sources_[i]);
    return core;
  }

 private:
  static constexpr bool dropped_is_free = requires { M::dropped_is_free; };
  static constexpr std::size_t most = dropped_is_free ? 400 : 4000;

  std::optional<Indices> beginning_with(const Indices& conflict) {
    if constexpr (!dropped_is_free) {
      Indices small{place_of_stuck_};
      if (violated(small)) return small;
      for (const auto i : conflict) {
        const auto place = std::lower_bound(sources_.begin(), sources_.end(), i);
        if (i != stuck_ && place != sources_.end() && *place == i) {
          small.push_back(static_cast<std::size_t>(place - sources_.begin()));
        }
      }
      std::stable_sort(small.begin(), small.end());
      if (violated(small)) return small;
    }
    if (intervals_.size() > most) return std::nullopt;
    Indices all(intervals_.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    if (!violated(all)) return std::nullopt;
    return all;
  }

  // Drops what can be dropped: halves first, then one by one until nothing more can go. First so
  // that the rest could be ordered but for what got stuck; if more can go then, without that.
  bool shrink(Indices& kept) {
    for (const bool guided : {true, false}) {
      for (std::size_t size = kept.size() / 2; size > 1; size /= 2) drop(kept, size, guided);
      while (drop(kept, 1, guided)) {
      }
    }
    return !gave_up_;
  }

  bool drop(Indices& kept, std::size_t size, bool guided) {
    bool dropped = false;
    for (std::size_t i = 0; i < kept.size();) {
      Indices less = kept;
      const auto from = less.begin() + static_cast<std::ptrdiff_t>(i);
      less.erase(from, from + static_cast<std::ptrdiff_t>(std::min(size, kept.size() - i)));
      if (violated(less) && (!guided || only_stuck_is_too_much(less))) {
        kept = std::move(less);
        dropped = true;
      } else {
        i += size;
      }
    }
    return dropped;
  }

  bool only_stuck_is_too_much(const Indices& kept) {
    Indices others = kept;
    return std::erase(others, place_of_stuck_) == 1 && !violated(others);
  }

  Intervals left_of(const Indices& kept) const {
    Intervals left;
    if constexpr (dropped_is_free) {
      std::vector<bool> keeps(intervals_.size(), false);
      for (const auto i : kept) keeps[i] = true;
      for (std::size_t i = 0; i < intervals_.size(); ++i) {
        if (!keeps[i]) left.push_back({intervals_[i].input, 0, forever});
      }
    }
    for (const auto i : kept) left.push_back(intervals_[i]);
    return left;
  }
  bool violated(const Indices& kept) {
    const Status status = judge_(left_of(kept));
    gave_up_ = gave_up_ || status == Status::unknown;
    return status == Status::violated;
  }

  std::size_t stuck_;
  std::size_t place_of_stuck_ = 0;
  Judge judge_;
  Indices sources_;
  Intervals intervals_;  // up to the return that got stuck
  bool gave_up_ = false;
};

}  // namespace lockstep
