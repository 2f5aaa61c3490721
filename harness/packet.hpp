#pragma once
// An Outcome as bytes between two processes of the same program.

#include <string>
#include <string_view>

#include "core/outcome.hpp"

namespace lockstep {

/// Verdicts, digest, stats and how the run ended: not the record, trace or checkpoints.
std::string packed(const Outcome& outcome);

/// The reverse. False when the bytes are not all there; then `outcome` is of no use.
bool unpack(std::string_view bytes, Outcome& outcome);

}  // namespace lockstep
