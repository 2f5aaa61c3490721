#pragma once
// Tells how two critical sections came to interleave at a resource.

#include <string>

#include "checker/properties/effects.hpp"
#include "checker/properties/story.hpp"

namespace lockstep {

/// "client-1 paused for 3 s, ...: client-1's write at 4.2 s fell into client-2's critical section
/// at counter, ...". Takes what it tells of into the story.
std::string tell(const Case& judged, Story& story, const Interleaving& found);

/// Both accesses were made under one lock: where they were not, no lock can keep them apart.
bool of_one_lock(const Record& record, const ResourceEvent& a, const ResourceEvent& b);

}  // namespace lockstep
