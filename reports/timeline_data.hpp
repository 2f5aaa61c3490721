#pragma once
// What the timeline page is given: the run as JSON, with what belongs together put together.

#include <string>

#include "core/outcome.hpp"

namespace lockstep::reports {

/// One JSON document on one line, safe inside a <script> element: it holds no '<', '>' or '&'.
std::string timeline_data(const Outcome& outcome);

}  // namespace lockstep::reports
