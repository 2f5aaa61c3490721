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

/// The first leader is cut off and takes raft-2 out of the group, in its own log. The others elect
/// one, which takes the first leader out at once; one that voted for it hears no more of it and
/// meets the first leader again. Clients reach one of the two sides each.
void replace_each_other(Scenario& scenario, Random& random) {
  const Duration lease = scenario.lock_settings.duration("session");
  const Duration election = lease / 5;
  scenario.lock_settings.put("election_timeout", election);
  scenario.lock_settings.put("heartbeat", election / 4);
  // Between a vote and the next word of its winner is the time that a letter takes.
  scenario.network.latency_min = lease / 200;
  scenario.network.latency_max = lease * 6 / 1000;
  const bool third = random.below(2) == 0;
  const std::string late = third ? "raft-3" : "raft-4";
  const std::string other = third ? "raft-4" : "raft-3";
  const Duration voted = random.between(election, election * 2);
  const Duration apart = lease * 5;
  part(scenario, {"raft-1", "raft-2", other}, {}, apart);
  part(scenario, {"raft-1", late}, {}, lease);
  for (const std::string& from : {std::string("raft-2"), other}) {
    part(scenario, {from, late}, voted, apart - voted);
    scenario.faults.back().detail = "pair-one-way";
  }
  part(scenario, {"client-1", "raft-1", late}, {}, apart);
  if (scenario.clients > 1) part(scenario, {"client-2", "raft-2", other}, {}, apart);
  scenario.workload_settings.put("work_min", lease * 2);
  scenario.workload_settings.put("work_max", lease * 3);
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
