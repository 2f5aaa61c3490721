#pragma once
// A history as it was read, with the place of every operation in its file.

#include <vector>

#include "core/history.hpp"
#include "formats/file_error.hpp"

namespace lockstep {

struct HistoryFile {
  History history;            // Op::index is the place in this list, whatever the file said
  std::vector<Place> places;  // one per operation
};

/// The rules that every history keeps, whatever file it came from: a reply follows its call, is of
/// the same kind, and no process calls twice at once. Gives the first breach with its place.
/// The nemesis is free of them: its operations are reported as they happen.
FileResult<void> check_calls(const HistoryFile& file);

}  // namespace lockstep
