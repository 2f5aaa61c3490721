#pragma once
// A history that is still being written, read as it grows.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>

#include "cli/complaint.hpp"
#include "core/time.hpp"
#include "formats/history_file.hpp"

namespace lockstep {

/// Of a history as far as it has come: how many of its events it takes to see a violation; nothing
/// while there is none.
using FirstViolation = std::function<Checked<std::optional<std::size_t>>(const HistoryFile&)>;

struct Follow {
  std::string file;                 // "-" for standard input
  std::optional<Duration> quiet{};  // a file ends once nothing was written for so long
};

/// Reads JSON Lines until there is a violation, and gives the history up to it, or the whole one:
/// at the end of a pipe, when a file was quiet for so long, or on Ctrl-C. Judges what has come
/// whenever the last judgement took no longer than the wait since.
Checked<HistoryFile> follow_history(const Follow& follow, const FirstViolation& first_violation);

}  // namespace lockstep
