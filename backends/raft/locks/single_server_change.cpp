// raft-single-server-change: raft-lock on four servers whose leaders take members that they can't
// reach out of the group, and do so before they have committed an entry of their own term.
//
// Claims what raft-lock claims. Two leaders one after the other can each leave out a member that
// the other counts: then two majorities have nobody in common, and each grants the lock.
// Source: D. Ongaro's correction of the single-server membership change, raft-dev, July 2015.
// Fencing token: the index in the log of the entry that granted the lock, which both give out.

#include <string>
#include <vector>

#include "backends/raft/locks/entry.hpp"
#include "backends/raft/locks/raft_lock.hpp"

namespace lockstep::raft {
namespace {

using Names = std::vector<std::string>;

Fault fault_of(std::string kind, Names targets, Duration after, Duration lasts) {
  Fault fault;
  fault.kind = std::move(kind);
  fault.targets = std::move(targets);
  fault.when.after = after;
  fault.lasts = lasts;
  return fault;
}

void part(Scenario& scenario, Names targets, Duration after, Duration lasts) {
  Fault cut = fault_of("partition", std::move(targets), after, lasts);
  cut.detail = "pair";
  scenario.faults.push_back(std::move(cut));
}

/// The first leader is cut off from the three others and takes one of them out of the group, in its
/// own log. They elect another one, which takes the first out; one who voted for it hears no more
/// of it, and is then on the first one's side.
void replace_each_other(Scenario& scenario, Random& random) {
  const Duration lease = scenario.lock_settings.duration("session");
  // Few signs of life, so that there is a while between a vote and the next word of its winner.
  const Duration election = lease / 8;
  scenario.lock_settings.put("election_timeout", election);
  scenario.lock_settings.put("heartbeat", election * 9 / 10);
  const bool third = random.below(2) == 0;
  const std::string late = third ? "raft-3" : "raft-4";
  const std::string other = third ? "raft-4" : "raft-3";
  const Duration second = random.between(election * 3 / 2, election * 5);
  part(scenario, {"raft-1", "raft-2", other, late}, {}, second);
  for (const std::string& from : {std::string("raft-2"), other}) {
    Fault loss = fault_of("loss", {from, late}, {}, second);
    loss.detail = "one-way";
    loss.amount = random.between(400'000, 600'000);
    scenario.faults.push_back(std::move(loss));
  }
  const Duration lasts = random.between(lease * 3 / 2, lease * 3);
  part(scenario, {"raft-1", "raft-2", other}, second, lasts);
  part(scenario, {late, "raft-2", other}, second, lasts);
  scenario.workload_settings.put("work_min", lease / 10);
  scenario.workload_settings.put("work_max", lease * 4 / 5);
}

}  // namespace
}  // namespace lockstep::raft

namespace lockstep {

Backend backends::raft_single_server_change() {
  Backend lock = raft::entry(
      {"raft-single-server-change", "raft-lock on servers that new leaders replace too early",
       "D. Ongaro, raft-dev (July 2015)"},
      "single-server-change", raft::connect_raft_lock);
  lock.servers = 4;
  for (Parameter& parameter : lock.parameters) {
    if (parameter.name == "servers") parameter.fallback = std::int64_t{4};
    if (parameter.name == "cleanup") parameter.fallback = true;
  }
  lock.fail_over = raft::replace_each_other;
  return lock;
}

}  // namespace lockstep
