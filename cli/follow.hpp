#pragma once
// A history that is still being written, read as it grows.

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "cli/complaint.hpp"
#include "core/time.hpp"
#include "formats/history_stream.hpp"

namespace lockstep {

/// Of a history as far as it has come: how many of its events it takes to see a violation; nothing
/// while there is none.
using FirstViolation = std::function<Checked<std::optional<std::size_t>>(const HistoryFile&)>;

struct Follow {
  std::string file;                 // "-" for standard input
  std::optional<Duration> quiet{};  // a file ends once nothing was written for so long
  EdnKeys keys = EdnKeys::none;
};

struct Followed {
  HistoryFile file;
  HistoryFormat format{};
};

/// When to judge a history anew from its beginning: once it is twice as long, so that all
/// judgements together cost no more than a few of the last; or sooner, where it grows so slowly
/// that judging takes a tenth of the time at most.
struct JudgingPace {
  std::size_t events = 0;           // at the last judgement
  std::chrono::nanoseconds took{};  // that judgement

  bool due(std::size_t now, std::chrono::nanoseconds since) const {
    return now > events && (now >= 2 * events || since >= 9 * took);
  }
};

/// Reads JSON Lines, EDN, CSV or a log (HistoryStream) until there is a violation, and gives the
/// history up to it, or the whole one: at the end of a pipe, when a file was quiet for so long, or
/// on Ctrl-C. Judges what has come at the pace above.
Checked<Followed> follow_history(const Follow& follow, const FirstViolation& first_violation);

}  // namespace lockstep
