#pragma once
// What drawing goes by: random numbers, or bytes that a fuzzer or rapidcheck chose, so that they
// can turn the history that these bytes give into a smaller one.

#include <cstdint>
#include <string_view>

#include "core/random.hpp"

namespace lockstep::testing {

class Choices {
 public:
  explicit Choices(Random random) : random_(random) {}
  /// One byte for each choice; all that are lacking are zeros.
  explicit Choices(std::string_view bytes) : bytes_(bytes), given_(true) {}

  bool spent() const { return given_ && bytes_.empty(); }
  /// In [0, bound).
  std::uint64_t below(std::uint64_t bound) {
    if (!given_) return random_.below(bound);
    if (bytes_.empty() || bound == 0) return 0;
    const auto byte = static_cast<unsigned char>(bytes_.front());
    bytes_.remove_prefix(1);
    return byte % bound;
  }

 private:
  Random random_;
  std::string_view bytes_;
  bool given_ = false;
};

}  // namespace lockstep::testing
