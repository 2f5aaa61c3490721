#pragma once
// All that a test of a lock needs, whatever test framework it is written with.
//
// scenario() says what runs are to be like; judge_lock() runs a lock under many seeds and says in
// words what broke; draw() gives the Scenario of one seed, run() its Outcome, judged and on request
// with every step, sweep() the same for many on all cores. check() judges a history that something
// else recorded. lockstep/gtest.hpp and lockstep/rapidcheck.hpp put these into two frameworks.

#include "checker/model.hpp"     // check(): histories against models
#include "checker/property.hpp"  // judge_all(): what is judged of a run
#include "core/outcome.hpp"      // Outcome, Verdict
#include "harness/contained.hpp"
#include "harness/draw.hpp"
#include "harness/run.hpp"
#include "harness/shrink.hpp"  // shrink(): the least that still violates
#include "harness/sweep.hpp"
#include "lockstep/lock.hpp"
#include "testing/judge_lock.hpp"
#include "testing/linked_plug_in.hpp"
#include "testing/scenario_builder.hpp"
