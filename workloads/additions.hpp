#pragma once
// What plug-ins add to the table of this folder. See core/additions.hpp.

#include "core/additions.hpp"
#include "workloads/workload.hpp"

namespace lockstep {

/// To be lengthened before the first look at the table.
Additions<Workload>& added_workloads();

}  // namespace lockstep
