#pragma once
// A number of free permits that everybody may count down and up: GET, DECR and, if that was one too
// many, INCR.

#include "backends/redis/semaphores/semaphore.hpp"

namespace lockstep::redis {

class CounterSemaphore : public Semaphore {
 public:
  using Semaphore::Semaphore;

  /// INCR, whoever asks and however often.
  Task<Result<void>> release(Lease lease) override;

 protected:
  Task<Result<Lease>> attempt(std::string name, std::string owner) override;
  /// Makes the counter where there is none.
  virtual Task<Result<void>> initialise(std::string name) = 0;
  enum class Taken { yes, none_free, no_counter };
  /// One try to take a permit.
  virtual Task<Result<Taken>> take(std::string name);

  /// SETNX: of several who make the counter, the first does.
  Task<Result<void>> initialise_once(std::string name);
  /// EXISTS, then SET: whoever saw none makes it, even when others took permits meanwhile.
  Task<Result<void>> initialise_if_absent(std::string name);
};

/// An entry of a semaphore whose permits have neither owner nor end.
Backend counter_entry(EntryText text, std::initializer_list<Parameter> own = {});

}  // namespace lockstep::redis
