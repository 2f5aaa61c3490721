#pragma once
// One of a node's two clocks, as a function of true time.

#include <cstdint>

#include "core/time.hpp"

namespace lockstep::sim {

/// Piecewise linear: from an anchor on, it runs at 1 + parts_per_billion / 1e9 of true speed.
class Clock {
 public:
  Clock() = default;
  /// At true time `now` it reads `reading`, and runs `ppb` parts per billion too fast (negative:
  /// too slow; above -1e9).
  Clock(WorldTime now, Duration reading, std::int64_t ppb)
      : anchor_(nanos(now)), reading_(reading.count()), ppb_(ppb) {}

  /// What it shows at `now`, in nanoseconds since its origin.
  std::int64_t read(WorldTime now) const {
    const std::int64_t passed = nanos(now) - anchor_;
    return reading_ + passed + drift(passed);
  }
  /// The first instant of true time, not before the anchor, at which it shows `reading` or more;
  /// WorldTime::max() when that is beyond all time.
  WorldTime when(std::int64_t reading) const;

  std::int64_t ppb() const { return ppb_; }
  void set_rate(WorldTime now, std::int64_t ppb) { *this = Clock(now, Duration(read(now)), ppb); }
  void jump(WorldTime now, Duration by) { *this = Clock(now, Duration(read(now)) + by, ppb_); }

 private:
  std::int64_t drift(std::int64_t passed) const {
    if (ppb_ == 0) return 0;
    const __int128 exact = static_cast<__int128>(passed) * ppb_;
    constexpr std::int64_t billion = 1'000'000'000;
    // Rounded down, so that readings never go backwards.
    const __int128 down = exact >= 0 ? exact / billion : -((-exact + billion - 1) / billion);
    return static_cast<std::int64_t>(down);
  }

  std::int64_t anchor_ = 0;
  std::int64_t reading_ = 0;
  std::int64_t ppb_ = 0;
};

}  // namespace lockstep::sim
