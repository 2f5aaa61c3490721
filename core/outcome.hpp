#pragma once
// What run() gives back: plain data, from which every report is made.

#include <cstdint>
#include <string>
#include <vector>

#include "core/record.hpp"
#include "core/scenario.hpp"
#include "core/trace.hpp"
#include "core/verdict.hpp"

namespace lockstep {

struct Stats {
  std::uint64_t events = 0;    // steps of the simulator
  std::uint64_t messages = 0;  // frames and datagrams sent
  Duration simulated{};
  std::uint64_t holds = 0;           // times that a client believed it held a lock
  std::uint64_t faults_in_hold = 0;  // faults that were in force while some client held or waited
};

/// The digest after every `interval` events, so that two runs can find their first difference.
struct Checkpoint {
  std::uint64_t events = 0;
  std::uint64_t digest = 0;
};

/// What became of the same run with one thing changed: what would have prevented a violation.
struct Counterfactual {
  std::string change;  // "without \"client-1 paused for 12 s\"", "with the resource RP2"
  std::vector<std::string> prevented{};  // properties violated in the run itself, and not in this
  std::vector<std::string> violated{};   // those that this one violates
  std::string sentence{};                // the event that made the difference; empty: none
};

struct Outcome {
  Scenario scenario;
  Record record;
  std::vector<Verdict> verdicts;
  std::uint64_t digest = 0;
  std::vector<Checkpoint> checkpoints;
  Stats stats;
  std::string failure;     // a bug of a lock or of ours ended the run early; empty: none
  std::string gave_up{};   // what ran out before the run was over; empty: nothing
  std::string diverged{};  // how a second run of the same Scenario differed; empty: nobody saw that
  Trace trace;             // empty unless asked for
  std::vector<Counterfactual> counterfactuals{};  // empty unless asked for
};

}  // namespace lockstep
