#pragma once
// Histories as Jepsen's log tells them, one operation a line: Porcupine's etcd tests are such.
//
//   INFO  jepsen.util - 3	:invoke	:cas	[1 2]
//   INFO  jepsen.util - 3	:info	:cas	:timed-out
//
// Process, type, f, and the value; a keyword in its place, or after it, is the error. Lines of the
// log that are not jepsen.util's are passed over.

#include <string_view>

#include "formats/history_file.hpp"

namespace lockstep {

/// Does this text begin as such a log does: with a level?
bool begins_as_history_log(std::string_view text);

/// Fails at the first line that is no line of a log, or jepsen.util's and no operation.
FileResult<HistoryFile> read_history_log(std::string_view text);

}  // namespace lockstep
