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
  std::uint64_t events = 0;      // steps of the simulator
  std::uint64_t messages = 0;    // frames and datagrams sent
  Duration simulated{};
  std::uint64_t holds = 0;       // times that a client believed it held a lock
  std::uint64_t faults_in_hold = 0;  // faults that were in force while some client held or waited
};

/// The digest after every `interval` events, so that two runs can find their first difference.
struct Checkpoint {
  std::uint64_t events = 0;
  std::uint64_t digest = 0;
};

struct Outcome {
  Scenario scenario;
  Record record;
  std::vector<Verdict> verdicts;
  std::uint64_t digest = 0;
  std::vector<Checkpoint> checkpoints;
  Stats stats;
  std::string failure;  // a bug of a lock or of ours ended the run early; empty: none
  Trace trace;          // empty unless asked for
};

}  // namespace lockstep
