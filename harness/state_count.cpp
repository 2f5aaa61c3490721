#include "harness/state_count.hpp"

#include <algorithm>
#include <cmath>

namespace lockstep {

std::uint64_t StateCount::count() const {
  const auto all = static_cast<double>(bits);
  const auto clear = static_cast<double>(std::max<std::uint64_t>(bits - set_, 1));
  return static_cast<std::uint64_t>(std::llround(all * std::log(all / clear)));
}

}  // namespace lockstep
