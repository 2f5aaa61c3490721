// A run and its report.
#include "tests/backends/raft/safety_run.hpp"

#include <fmt/core.h>

#include "tests/backends/raft/safety_group.hpp"

namespace lockstep::raft {

SafetyReport run_safely(const SafetyOptions& options) {
  SafetyGroup group(options);
  return group.play();
}

void SafetyReport::add(const SafetyReport& other) {
  if (violation.empty()) violation = other.violation;
  runs += other.runs;
  events += other.events;
  elections += other.elections;
  commits += other.commits;
  answers += other.answers;
  reads += other.reads;
  truncations += other.truncations;
  configurations += other.configurations;
  restores += other.restores;
  deaths += other.deaths;
  power_losses += other.power_losses;
  lost_disks += other.lost_disks;
  pauses += other.pauses;
  cuts += other.cuts;
  troubles += other.troubles;
  clock_changes += other.clock_changes;
}

std::string SafetyReport::describe() const {
  return fmt::format(
      "{} runs, {} events: {} elections, {} entries committed, {} proposals answered, {} reads, "
      "{} logs cut back or replaced, {} configurations, {} snapshots restored; {} processes died, "
      "{} machines lost power, {} lost their disks, {} pauses, {} partitions, {} troubled links, "
      "{} clock changes",
      runs, events, elections, commits, answers, reads, truncations, configurations, restores,
      deaths, power_losses, lost_disks, pauses, cuts, troubles, clock_changes);
}

}  // namespace lockstep::raft
