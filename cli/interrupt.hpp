#pragma once
// Ctrl-C as a wish to end soon and keep what is there.

#include <atomic>

namespace lockstep {

/// While it lives, the first SIGINT or SIGTERM sets the flag; the second ends the program at once.
/// One at a time.
class InterruptScope {
 public:
  InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;
  ~InterruptScope();

  std::atomic<bool>& flag();
};

}  // namespace lockstep
