#include "backends/etcd/locks/entry.hpp"

#include <algorithm>

#include "backends/etcd/server.hpp"
#include "backends/queue.hpp"
#include "backends/raft/fail_over.hpp"
#include "backends/raft/member.hpp"

namespace lockstep::etcd {
namespace {

constexpr std::string_view lock_prefix = "lock:";

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_line(change, lock_prefix, 1, out);
}

void interpret_queue(const KeyChange& change, std::vector<QueueNote>& out) {
  interpret_line_queue(change, lock_prefix, out);
}

std::vector<std::string> names(const Settings& settings) {
  return raft::member_names("etcd", settings);
}

/// A lease that nobody renews any more, begun again by a new leader, a waiter whose own lease ran
/// out and who begins anew, and the timeouts of a few requests.
Duration bound(const Settings& settings) {
  const Duration session = settings.duration("session");
  const Duration request = settings.duration("request_timeout");
  // Without a timeout a client waits for what was sent to it, however late.
  const Duration patience =
      request > Duration::zero() ? request + settings.duration("connect_timeout") : session * 4;
  const std::int64_t sendings = settings.number("retries") + 1;
  const Duration elections =
      std::max<Duration>(settings.duration("election_timeout"), session / 10);
  return session * 4 + elections * 4 + patience * 6 * sendings + 1s;
}

}  // namespace

Backend entry(EntryText text, std::initializer_list<Parameter> own) {
  Backend backend;
  backend.name = text.name;
  backend.summary = text.summary;
  backend.source = text.source;
  backend.claims.ordered_token = true;
  backend.claims.fifo = true;
  backend.parameters = {
      {"session", Duration(10s), "the TTL of a session's lease"},
      {"request_timeout", Duration(1s), "how long a client waits for an answer; 0: for ever"},
      {"connect_timeout", Duration(1s), "how long a client waits for a connection"},
      {"retries", std::int64_t{0}, "how often the library sends an unanswered request again"},
  };
  const auto append = [&backend](const auto& parameters) {
    backend.parameters.insert(backend.parameters.end(), parameters.begin(), parameters.end());
  };
  append(own);
  append(server_parameters());
  backend.steps = {"renewing", "renewed", "waiting", "woken"};
  backend.servers = 3;
  backend.product = "etcd";
  backend.server_names = names;
  backend.replicated = true;
  backend.lease = "session";
  backend.serve = serve_with<no_mistakes>;
  backend.interpret = interpret;
  backend.interpret_queue = interpret_queue;
  backend.liveness_bound = bound;
  backend.fail_over = raft::fail_over;
  return backend;
}

}  // namespace lockstep::etcd
