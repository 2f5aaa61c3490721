#pragma once
// What a replay compares itself with: the digests that outcome.json keeps of a run.

#include <string_view>
#include <vector>

#include "core/outcome.hpp"
#include "formats/file_error.hpp"

namespace lockstep {

struct SavedOutcome {
  std::uint64_t digest = 0;
  std::vector<Checkpoint> checkpoints;
};

/// Reads "digest" and "checkpoints" (16 hexadecimal digits each) and passes over all else.
FileResult<SavedOutcome> read_saved_outcome(std::string_view text);

}  // namespace lockstep
