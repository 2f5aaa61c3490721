#pragma once
// An outcome told on a terminal, in sentences.

#include <string>

#include "core/outcome.hpp"

namespace lockstep::reports {

struct TextOptions {
  bool colour = false;   // ANSI colours, for a terminal
  std::string again{};   // the command that made this run; advice adds its flag to it
  std::string replay{};  // the command that plays a saved run again
};

/// What ran, what became of each property, the story of the first violation, and what the run did
/// not test. Ends with a newline.
std::string tell(const Outcome& outcome, const TextOptions& options);

}  // namespace lockstep::reports
