#pragma once
// What the servers of one deployment say to each other, beside statements and answers: the log, and
// who is primary.

#include <cstdint>
#include <string>

#include "core/digest.hpp"

namespace lockstep::sql {

/// A standby asks its primary for the log.
struct LogWanted {
  void fold(Digest& digest) const { digest.fold(std::uint64_t{0x10}); }
  std::string describe() const { return "START_REPLICATION"; }
};

/// A piece of the log. `whole`: it replaces all that the standby has.
struct LogPiece {
  std::string bytes;
  bool whole = false;

  void fold(Digest& digest) const {
    digest.fold(std::string_view(bytes));
    digest.fold(static_cast<std::uint64_t>(whole));
  }
  std::string describe() const { return "WAL, " + std::to_string(bytes.size()) + " bytes"; }
};

/// A standby has so many bytes of the log on its disk.
struct LogReached {
  std::uint64_t size = 0;

  void fold(Digest& digest) const { digest.fold(size); }
  std::string describe() const { return "WAL reached " + std::to_string(size); }
};

/// A server that starts asks the monitor what it is.
struct WhoIsPrimary {
  void fold(Digest& digest) const { digest.fold(std::uint64_t{0x11}); }
  std::string describe() const { return "who is primary?"; }
};

/// The monitor says who is primary: to whom asked, and again and again to the primary itself,
/// which says the same back.
struct Primary {
  std::uint64_t place = 0;  // in the list of servers

  void fold(Digest& digest) const { digest.fold(place); }
  std::string describe() const { return "server " + std::to_string(place + 1) + " is primary"; }
};

}  // namespace lockstep::sql
