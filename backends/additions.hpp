#pragma once
// What plug-ins add to the table of this folder. See core/additions.hpp.

#include "backends/backend.hpp"
#include "core/additions.hpp"

namespace lockstep {

/// To be lengthened before the first look at the table.
Additions<Backend>& added_backends();

}  // namespace lockstep
