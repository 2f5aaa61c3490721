#include "sim/clock.hpp"

namespace lockstep::sim {

WorldTime Clock::when(std::int64_t reading) const {
  const std::int64_t ahead = reading - reading_;
  if (ahead <= 0) return WorldTime(Duration(anchor_));
  if (ppb_ == 0) return WorldTime(Duration(anchor_ + ahead));
  constexpr __int128 billion = 1'000'000'000;
  auto passed = static_cast<std::int64_t>(static_cast<__int128>(ahead) * billion /
                                          (billion + ppb_));
  // The division rounds; the answer is at most a few steps away.
  while (passed > 0 && passed - 1 + drift(passed - 1) >= ahead) --passed;
  while (passed + drift(passed) < ahead) ++passed;
  return WorldTime(Duration(anchor_ + passed));
}

}  // namespace lockstep::sim
