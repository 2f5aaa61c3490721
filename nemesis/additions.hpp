#pragma once
// What plug-ins add to the table of this folder. See core/additions.hpp.

#include "core/additions.hpp"
#include "nemesis/fault_kind.hpp"

namespace lockstep {

/// To be lengthened before the first look at the table.
Additions<FaultKind>& added_fault_kinds();

}  // namespace lockstep
