#include "backends/consul/locks/entry.hpp"

#include <algorithm>

#include "backends/consul/server.hpp"
#include "backends/queue.hpp"
#include "backends/raft/fail_over.hpp"
#include "backends/raft/member.hpp"

namespace lockstep::consul {
namespace {

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_line(change, "lock:", 1, out);
}

std::vector<std::string> server_nodes(const Settings& settings) {
  return raft::member_names("consul", settings);
}

/// The silence that a dead holder's session bears, twice, for a new leader begins it anew; the lock
/// delay; elections, and the timeouts of a few requests.
Duration bound(const Settings& settings) {
  const Duration session = settings.duration("session");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : session * 4;
  const Duration election = std::max<Duration>(settings.duration("election_timeout"), 1s);
  return session * 4 + lock_delay_in(settings) * 2 + patience * 6 + election * 4 + 1s;
}

}  // namespace

Duration lock_delay_in(const Settings& settings) {
  if (!settings.flag("delays")) return Duration::zero();
  const Duration set = settings.duration("lock_delay");
  return set > Duration::zero() ? set : settings.duration("session") / 2;
}

Backend entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  backend.product = "consul";
  backend.replicated = true;
  backend.servers = 3;
  backend.server_names = server_nodes;
  backend.lease = "session";
  backend.claims.ordered_token = true;
  backend.claims.guarded_store = true;
  backend.parameters = {
      {"session", Duration(30s), "how long the service bears a client's silence: twice its TTL"},
      {"delays", true, "a session's end closes its keys for a while"},
      {"lock_delay", Duration(0), "how long; 0: half of the session, which is its TTL"},
      {"behaviour",
       std::string("release"),
       "of the keys of a session that ends",
       {"release", "delete"}},
      {"token",
       std::string("modify-index"),
       "what serves as fencing token",
       {"modify-index", "lock-index"}},
      {"tick", Duration(0), "how often a leader looks at sessions; 0: 1/20 of the session"},
      {"request_timeout", Duration(1s), "how long a client waits for an answer; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"stale_reads", false, "a leader answers reads without asking whether it leads still"},
  };
  for (Parameter& parameter : raft::member_parameters()) backend.parameters.push_back(parameter);
  for (const Parameter& parameter : own) {
    const auto same = [&](const Parameter& other) { return other.name == parameter.name; };
    const auto known = std::find_if(backend.parameters.begin(), backend.parameters.end(), same);
    known->fallback = parameter.fallback;
  }
  backend.steps = {"renewing", "renewed"};
  backend.serve = serve;
  backend.interpret = interpret;
  backend.liveness_bound = bound;
  backend.fail_over = raft::fail_over;
  return backend;
}

}  // namespace lockstep::consul
