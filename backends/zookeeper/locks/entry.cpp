#include "backends/zookeeper/locks/entry.hpp"

#include "backends/queue.hpp"
#include "backends/raft/fail_over.hpp"
#include "backends/zookeeper/client.hpp"
#include "backends/zookeeper/server.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr std::string_view line_prefix = "/locks/";

/// A dead holder's session and the tick that it ends at, an election and what is lost in it, and a
/// session that begins in full at a new leader.
Duration bound(const Settings& settings) {
  const Duration session = settings.duration("session");
  return session * 6 + settings.duration("election_timeout") * 4 + 2s;
}

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_line(change, line_prefix, 1, out);
}

void interpret_queue(const KeyChange& change, std::vector<QueueNote>& out) {
  interpret_line_queue(change, line_prefix, out);
}

/// As any group's leader; or the others take longer to elect than a session lasts.
void fail_over(Scenario& scenario, Random& random) {
  const Duration session = scenario.lock_settings.duration("session");
  const bool slowly = random.below(3) == 0;
  if (!slowly) return raft::fail_over(scenario, random);
  const Duration election = random.between(session * 6 / 5, session * 2);
  scenario.lock_settings.put("election_timeout", election);
  scenario.lock_settings.put("heartbeat", session / 20);
  scenario.duration += session * 5;
  scenario.workload_settings.put("work_min", session / 2);
  scenario.workload_settings.put("work_max", session * 5);
  Fault fault;
  fault.kind = "crash";
  fault.targets = {"zookeeper-1"};
  fault.lasts = random.between(session, session * 3);
  scenario.faults.push_back(std::move(fault));
}

}  // namespace

std::vector<Parameter> slip_parameters() {
  return {
      {"rearm_watches", true, "a client that comes back sets its watches again"},
      {"compare_as_integers", false, "suffixes that wrapped to negative sort first"},
      {"release_once", false, "a release that loses its connection is not tried again"},
      {"withdraw_once", false, "nor is the removal of a node that gave up waiting"},
      {"miss_early_events", false, "an event before the wait began wakes nobody"},
  };
}

Backend entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  const auto append = [&](const auto& parameters) {
    backend.parameters.insert(backend.parameters.end(), parameters.begin(), parameters.end());
  };
  append(client_parameters());
  append(own);
  append(server_parameters());
  backend.lease = "session";
  backend.product = "zookeeper";
  backend.replicated = true;
  backend.servers = 3;
  backend.server_names = server_names;
  backend.claims.ordered_token = true;
  backend.steps = {"created", "listed", "watching"};
  backend.serve = serve;
  backend.interpret = interpret;
  backend.interpret_queue = interpret_queue;
  backend.liveness_bound = bound;
  backend.fail_over = fail_over;
  return backend;
}

}  // namespace lockstep::zookeeper
