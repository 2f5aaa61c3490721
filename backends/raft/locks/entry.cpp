#include "backends/raft/locks/entry.hpp"

#include <algorithm>
#include <utility>

#include "backends/queue.hpp"
#include "backends/raft/fail_over.hpp"
#include "backends/raft/member.hpp"
#include "backends/raft/service/server.hpp"
#include "backends/raft/service/variant.hpp"

namespace lockstep::raft {
namespace {

constexpr std::string_view line_prefix = "lock:";

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_line(change, line_prefix, 1, out);
}
void interpret_queue(const KeyChange& change, std::vector<QueueNote>& out) {
  interpret_line_queue(change, line_prefix, out);
}

std::vector<std::string> server_nodes(const Settings& settings) {
  return member_names("raft", settings);
}

/// The silence that a dead holder's session bears, twice, for a new leader begins it anew; those
/// of the dead before it in line; elections, and the timeouts of a few requests.
Duration bound(const Settings& settings) {
  const Duration session = settings.duration("session");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : session * 4;
  const Duration election = std::max<Duration>(settings.duration("election_timeout"), 1s);
  return session * 5 + patience * 6 + election * 4 + 1s;
}

}  // namespace

Backend entry(EntryText text, std::string mistake,
              std::unique_ptr<Lock> (*connect)(Env& client, LockOptions options)) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  backend.product = "raft";
  backend.replicated = true;
  backend.servers = 3;
  backend.server_names = server_nodes;
  backend.lease = "session";
  backend.claims.checks_lease = true;
  backend.claims.ordered_token = true;
  backend.parameters = {
      {"session", Duration(10s), "how long the service bears a client's silence"},
      {"keepalive", Duration(0), "pause between keep-alives; 0: 1/3 of the session"},
      {"tick", Duration(0), "how often a leader looks at sessions; 0: 1/20 of the session"},
      {"request_timeout", Duration(1s), "how long a client waits for an answer; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"drift_allowance", std::int64_t{10'000},
       "parts per million by which clients stop counting on a session early"},
      {"cleanup", false, "the leader takes members that can't be reached out of the group"},
      {"reentrant", false, "who holds the lock may acquire it once more"},
      {"mistake", std::move(mistake), "a known way to get the service wrong",
       service::variant_names()},
  };
  for (Parameter& parameter : member_parameters()) backend.parameters.push_back(parameter);
  backend.steps = {"renewing", "renewed", "waiting"};
  backend.serve = service::serve;
  backend.connect = connect;
  backend.interpret = interpret;
  backend.interpret_queue = interpret_queue;
  backend.liveness_bound = bound;
  backend.fail_over = fail_over;
  return backend;
}

}  // namespace lockstep::raft
