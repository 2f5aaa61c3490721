#include "sim/clock.hpp"

#include <limits>

namespace lockstep::sim {

WorldTime Clock::when(std::int64_t reading) const {
  const __int128 ahead = static_cast<__int128>(reading) - reading_;
  if (ahead <= 0) return WorldTime(Duration(anchor_));
  constexpr __int128 billion = 1'000'000'000;
  const __int128 rate = billion + ppb_;
  if (rate <= 0) return WorldTime::max();
  // read() shows floor(passed * rate / billion) more than at the anchor. Most clocks are right, and
  // a division of 128 bits is slow.
  const __int128 passed = ppb_ == 0 ? ahead : (ahead * billion + rate - 1) / rate;
  const __int128 at = anchor_ + passed;
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  return WorldTime(Duration(at < last ? static_cast<std::int64_t>(at) : last));
}

}  // namespace lockstep::sim
