#pragma once
// What a test and a preloaded server share of the server's wall clock: a small file, mapped by
// both.

#include <atomic>

namespace lockstep {

struct ClockFile {
  /// The environment variable that names the file.
  static constexpr const char* variable = "LOCKSTEP_CLOCK_FILE";

  std::atomic<long long> offset{0};     // microseconds ahead of the machine's clock at `since`
  std::atomic<long long> since{0};      // the machine's clock, in microseconds
  std::atomic<long long> percent{100};  // how fast it runs, from then on

  long long read(long long real) const { return since + offset + (real - since) * percent / 100; }
};

}  // namespace lockstep
