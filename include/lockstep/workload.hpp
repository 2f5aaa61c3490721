#pragma once
// For workloads: what clients do with a lock. A Workload is a value with a coroutine that each
// client runs against its Session; take_turns() is the loop that most have.

#include "lockstep/version.hpp"
#include "workloads/session.hpp"
#include "workloads/turns.hpp"
#include "workloads/workload.hpp"
