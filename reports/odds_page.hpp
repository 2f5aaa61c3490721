#pragma once
// When a violation became inevitable, as a page: its chance against simulated time, with the event
// at which it jumps.

#include <cstdint>
#include <string>
#include <vector>

#include "core/time.hpp"

namespace lockstep::reports {

/// Just after an event: in how many other futures the property is violated.
struct OddsPoint {
  WorldTime at{};
  std::string event;  // "client-1 paused for 12 s"
  std::uint64_t violated = 0;
  std::uint64_t futures = 0;
  double low = 0;  // the interval at 95 %, as shares
  double high = 1;
  std::string chance{};  // the same in words: "12 % (5.2 to 22 %)"

  double share() const {
    return futures == 0 ? 0 : static_cast<double>(violated) / static_cast<double>(futures);
  }
};

struct OddsPage {
  std::string lock;
  std::uint64_t seed = 0;
  std::string property;
  std::uint64_t futures = 0;  // of each instant
  std::size_t jump = 0;       // index of the point that rose most over the one before; 0: none
  bool interrupted = false;   // there was to be more
  std::vector<OddsPoint> points{};  // in the order of time; the last is the violation
  std::string scenario{};           // files beside the page; empty: there is none
  std::string timeline{};
};

/// One self-contained file of HTML.
std::string odds_page(const OddsPage& odds);

}  // namespace lockstep::reports
