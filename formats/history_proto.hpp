#pragma once
// Histories as Protocol Buffers (proto/history.proto): length-delimited records.

#include <string>
#include <string_view>

#include "formats/history_file.hpp"

namespace lockstep {

/// The same history gives the same bytes.
std::string write_history_proto(const History& history);

/// Places in what it gives, and in its errors, are offsets in bytes.
FileResult<HistoryFile> read_history_proto(std::string_view bytes);

/// Do these bytes begin as a history in this format does?
bool begins_as_history_proto(std::string_view bytes);

}  // namespace lockstep
