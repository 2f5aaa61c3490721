#include "tests/real/shifted_clock.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <new>
#include <stdexcept>

namespace lockstep {
namespace {

long long real_now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

}  // namespace

ShiftedClock::ShiftedClock() {
  path_ = (std::filesystem::temp_directory_path() / "lockstep-clock-").string();
  path_.append(6, 'X');  // what mkstemp replaces
  const int file = ::mkstemp(path_.data());
  void* memory = MAP_FAILED;
  if (file >= 0 && ::ftruncate(file, sizeof(ClockFile)) == 0) {
    memory = ::mmap(nullptr, sizeof(ClockFile), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  if (file >= 0) ::close(file);
  if (memory == MAP_FAILED) throw std::runtime_error("no file for a clock at " + path_);
  file_ = new (memory) ClockFile;
  file_->since = real_now();
}

ShiftedClock::~ShiftedClock() {
  ::munmap(file_, sizeof(ClockFile));
  ::unlink(path_.c_str());
}

void ShiftedClock::jump(std::chrono::microseconds by) {
  file_->offset += by.count();
}

void ShiftedClock::set_rate(long long percent) {
  const long long now = real_now();
  const long long shown = file_->read(now);
  file_->since = now;
  file_->offset = shown - now;
  file_->percent = percent;
}

void ShiftedClock::give_to_this_process() const {
  ::setenv("LD_PRELOAD", LOCKSTEP_CLOCK_SHIM, 1);
  ::setenv(ClockFile::variable, path_.c_str(), 1);
}

}  // namespace lockstep
