#pragma once
// The quick way through a line of JSON Lines that has nothing unusual in it, as ours have not.

#include <string_view>

#include "core/history.hpp"

namespace lockstep {

/// Reads an operation as read_history_jsonl would, if the line is an object whose fields are known,
/// stand there once, and hold whole numbers below 10^18, text in ASCII without escapes, or null.
/// False for every other line, right or wrong; `op` is then of no use.
bool read_plain_line(std::string_view line, Op& op);

}  // namespace lockstep
