// Preloaded into a real server, this gives it a wall clock of its own, which a test can set while
// the server runs. The monotonic clock stays as it is. libfaketime can't do it: it and
// redis-server's allocator wait for each other at the start.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

#include "tests/clock_shim/clock_file.hpp"

namespace {

const lockstep::ClockFile* file() {
  static const lockstep::ClockFile* const mapped = [] {
    const char* const path = std::getenv(lockstep::ClockFile::variable);
    const int descriptor = path ? ::open(path, O_RDONLY | O_CLOEXEC) : -1;
    void* const memory = descriptor < 0 ? MAP_FAILED
                                        : ::mmap(nullptr, sizeof(lockstep::ClockFile), PROT_READ,
                                                 MAP_SHARED, descriptor, 0);
    if (descriptor >= 0) ::close(descriptor);
    return memory == MAP_FAILED ? nullptr : static_cast<const lockstep::ClockFile*>(memory);
  }();
  return mapped;
}

long long shifted_microseconds() {
  timespec now{};
  ::syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
  const long long real = now.tv_sec * 1'000'000LL + now.tv_nsec / 1'000;
  const lockstep::ClockFile* const clock = file();
  return clock ? clock->read(real) : real;
}

}  // namespace

extern "C" {

int gettimeofday(timeval* time, void*) noexcept {
  const long long now = shifted_microseconds();
  time->tv_sec = now / 1'000'000;
  time->tv_usec = now % 1'000'000;
  return 0;
}

time_t time(time_t* out) noexcept {
  const time_t now = shifted_microseconds() / 1'000'000;
  if (out) *out = now;
  return now;
}

int clock_gettime(clockid_t which, timespec* time) noexcept {
  if (which != CLOCK_REALTIME) {
    return static_cast<int>(::syscall(SYS_clock_gettime, which, time));
  }
  const long long now = shifted_microseconds();
  time->tv_sec = now / 1'000'000;
  time->tv_nsec = now % 1'000'000 * 1'000;
  return 0;
}

}  // extern "C"
