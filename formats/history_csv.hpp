#pragma once
// Histories as tables: comma-separated values (RFC 4180), the first line naming the columns.
//
//   process,type,f,value
//   0,invoke,cas,[1 2]
//
// process, type and f must be there; time_ns, key, value, owner, token, error and index may. A
// value is nothing, a whole number, [a b ...], or else text. An empty cell is nothing. The nemesis
// is -1.

#include <string_view>

#include "formats/history_file.hpp"

namespace lockstep {

/// Is the first line a header with a column "process"?
bool begins_as_history_csv(std::string_view text);

/// Fails at the first cell that is not as described above.
FileResult<HistoryFile> read_history_csv(std::string_view text);

}  // namespace lockstep
