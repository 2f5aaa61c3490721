#pragma once
// The wall clock of a real server, which a test can set: see tests/clock_shim/.

#include <chrono>
#include <string>

#include "tests/clock_shim/clock_file.hpp"

namespace lockstep {

class ShiftedClock {
 public:
  ShiftedClock();
  ~ShiftedClock();
  ShiftedClock(const ShiftedClock&) = delete;
  ShiftedClock& operator=(const ShiftedClock&) = delete;

  void jump(std::chrono::microseconds by);
  /// From now on it runs at so many percent of the machine's rate.
  void set_rate(long long percent);
  /// In a child process, before it becomes the server: it will live by this clock.
  void give_to_this_process() const;

 private:
  std::string path_;
  ClockFile* file_ = nullptr;
};

}  // namespace lockstep
