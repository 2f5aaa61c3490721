#pragma once
// How many different states a search of any length went through, in memory that does not grow.

#include <cstdint>
#include <vector>

namespace lockstep {

/// Linear counting (Whang, Vander-Zanden, Taylor 1990): a bit per hash, and how many are still
/// clear says how many hashes there were. Exact while there are a few thousand; of ten millions
/// within one in a hundred.
class StateCount {
 public:
  /// Hashes as of lock_states().
  void add(const std::vector<std::uint64_t>& states) {
    if (states.empty()) return;
    if (words_.empty()) words_.resize(bits / 64);
    for (const std::uint64_t state : states) {
      std::uint64_t& word = words_[state % bits / 64];
      const std::uint64_t bit = std::uint64_t{1} << (state % 64);
      set_ += (word & bit) == 0;
      word |= bit;
    }
  }
  std::uint64_t count() const;

 private:
  static constexpr std::uint64_t bits = std::uint64_t{1} << 23;
  std::vector<std::uint64_t> words_;
  std::uint64_t set_ = 0;
};

}  // namespace lockstep
