#pragma once
// Who writes down what clients do, on true time. The code under test never sees it.

#include <cstdint>

#include "core/history.hpp"
#include "core/lock.hpp"
#include "core/record.hpp"

namespace lockstep {

class Pen {
 public:
  virtual ~Pen() = default;

  /// Writes one event of the history; its time and index are filled in. Gives the index.
  virtual std::int64_t write(Op op) = 0;
  /// From now on `process` believes that it holds `lease`, which the event `op` gave it. Gives the
  /// number of this hold, which is what ResourceAccess::section carries.
  virtual std::uint64_t believe(std::int64_t process, const Lease& lease, std::int64_t op) = 0;
  /// The belief ends now, unless its deadline, a notice or a crash has ended it before.
  virtual void disbelieve(std::uint64_t section) = 0;
  /// The process turns to `resource` in the lock's own store as part of the hold `section`: what it
  /// does there from now on belongs to that hold.
  virtual void act(std::int64_t process, std::uint64_t section, const std::string& resource) = 0;
  /// True once clients should begin no new work.
  virtual bool finishing() const = 0;
};

}  // namespace lockstep
