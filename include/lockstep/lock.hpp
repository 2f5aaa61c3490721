#pragma once
// All that the author of a lock needs.
//
// A lock is two things. Its client is a class that derives from Lock and is written against Env
// alone: time, randomness and the network come from there, so that a run is a function of its
// Scenario. Its entry is a Backend: a name, what it claims (Claims), its parameters, the servers it
// runs on (Backend::serve), how to make a client (Backend::connect), and what a change at the
// service means (Backend::interpret). lockstep/plugin.hpp hands the entry to Lockstep.
//
// Rules for the code, of which the command checks the outcome by running everything twice: no rand,
// no clock but Env's, no threads, nothing kept between runs; in a coroutine one co_await in a
// statement, its result named, and parameters by value.
//
// Names in other headers of the folders beside this one may change in any version.

#include "backends/backend.hpp"  // Backend, GrantNote, QueueNote
#include "backends/queue.hpp"    // Contender: services that keep waiters in line
#include "core/claims.hpp"       // Claims: what the lock is held to
#include "core/env.hpp"          // Env, Connection, Disk, sleep_until, step
#include "core/join.hpp"         // all(...), any(...) of several tasks
#include "core/lock.hpp"         // Lock, Lease, LockOptions, ServerOptions
#include "core/message.hpp"      // make_frame, content_of: messages of your own
#include "core/note.hpp"         // KeyChange, BeliefExtended, BeliefLost
#include "core/random.hpp"       // Random: Env::random()
#include "core/result.hpp"       // Result, ErrorCode: held, lost, timeout, ...
#include "core/settings.hpp"     // Parameter, Settings
#include "core/task.hpp"         // Task
#include "core/time.hpp"         // Duration, SteadyTime, WallTime, Deadline
#include "lockstep/version.hpp"
