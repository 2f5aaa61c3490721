#pragma once
// A suspended coroutine as a runtime (the simulator, later the live loop) keeps it.

#include <coroutine>
#include <cstdint>

#include "core/time.hpp"

namespace lockstep {

class Waiter;

/// Who wakes waiters.
class Runtime {
 public:
  virtual ~Runtime() = default;
  /// Takes a waiter that is being destroyed off every list.
  virtual void forget(Waiter& waiter) = 0;
};

/// The only reference a runtime keeps to a suspended coroutine. It lives in the coroutine's own
/// frame, and its destructor takes it off every list: destroying a frame is always safe, and a
/// crash is the destruction of a node's frames.
class Waiter {
 public:
  Waiter() = default;
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (listed_at) *listed_at = nullptr;
    if (runtime) runtime->forget(*this);
  }

  static constexpr std::uint32_t no_slot = 0xffffffffu;

  std::coroutine_handle<> coroutine{};
  Runtime* runtime = nullptr;     // set while the runtime may still wake it
  Waiter** listed_at = nullptr;   // the place where a socket or queue points at it
  std::uint32_t slot = no_slot;   // its place in the agenda
  std::uint32_t cause = 0;        // the trace entry that armed it
  bool parked = false;            // its moment came while the node was paused
  bool timed = false;             // `until` is on `clock`, and moves when that clock is changed
  ClockKind clock{};
  std::int64_t until = 0;
};

}  // namespace lockstep
