#pragma once
// For faults: a FaultKind is a value with three functions. draw() makes a fault of the kind that
// matters for a lease of a given length, strike() does it to a sim::World and gives what takes it
// back, tell() says it to a person.

#include "lockstep/version.hpp"
#include "nemesis/fault_kind.hpp"
#include "nemesis/link_trouble.hpp"
#include "nemesis/node_trouble.hpp"
#include "sim/world.hpp"
