#include "backends/etcd/server.hpp"

#include <memory>
#include <utility>

#include "backends/etcd/calls.hpp"
#include "backends/etcd/lessor.hpp"
#include "backends/etcd/machine.hpp"
#include "backends/raft/encoding.hpp"
#include "backends/raft/member.hpp"

namespace lockstep::etcd {
namespace {

std::int64_t ms_of(Duration length) {
  return std::chrono::ceil<std::chrono::milliseconds>(length).count();
}

bool only_reads(const std::vector<Operation>& operations, bool& serializable) {
  for (const Operation& operation : operations) {
    const auto* range = std::get_if<Range>(&operation);
    if (range == nullptr) return false;
    serializable &= range->serializable;
  }
  return true;
}

LessorOptions lessor_of(const ServerOptions& options, ServerMistakes mistakes) {
  const Duration lease = options.settings.duration("session");
  const Duration election = raft::member_options(options, lease).election_timeout;
  LessorOptions lessor = lessor_options(options.settings, lease, election);
  lessor.wall_heap = mistakes.wall_heap;
  lessor.outlives_leader = mistakes.old_leader_revokes;
  return lessor;
}

class Server {
 public:
  Server(Env& environment, const ServerOptions& options, ServerMistakes wrong)
      : env(environment),
        mistakes(wrong),
        machine(environment),
        member(environment, raft::member_options(options, options.settings.duration("session")),
               machine),
        lessor(environment, member, machine, lessor_of(options, wrong)),
        peers_(environment) {}

  /// Everything but watches.
  Task<Response> answer(Request request, NodeId client);

  Env& env;
  const ServerMistakes mistakes;
  Machine machine;
  raft::Member member;
  Lessor lessor;

 private:
  SteadyTime until() const { return env.steady_now() + lessor.options().patience; }
  Task<Response> propose(Request request, NodeId client);
  Task<Status> read_index();
  Task<Response> range(Range range);
  Task<Response> txn(Txn txn, NodeId client);
  Task<Response> grant(LeaseGrant grant, NodeId client);
  Task<Response> keep_alive(LeaseKeepAlive request);
  Task<Response> time_to_live(LeaseTimeToLive request);
  Task<Response> renew_here(LeaseId id);
  Task<Response> ask_leader(Request request);
  Response lease_response(LeaseId id, std::optional<Duration> length) const;

  Calls peers_;
};

Task<Response> Server::propose(Request request, NodeId client) {
  std::string command = raft::to_bytes(Command(std::move(request), client));
  const auto reply = co_await member.propose(std::move(command), until());
  if (!reply) {
    const bool untouched = reply.error().definite();
    co_return Response(untouched ? Status::no_leader : Status::timed_out);
  }
  const auto* response = content_of<Response>(*reply);
  if (response == nullptr) co_return Response(Status::timed_out);
  co_return *response;
}

Task<Status> Server::read_index() {
  const auto read = co_await member.read_barrier(until());
  if (read) co_return Status::ok;
  co_return read.error().definite() ? Status::no_leader : Status::timed_out;
}

Task<Response> Server::range(Range range) {
  if (!range.serializable) {
    const Status status = co_await read_index();
    if (status != Status::ok) co_return Response(status);
  }
  co_return machine.store().range(range);
}

Task<Response> Server::txn(Txn txn, NodeId client) {
  bool serializable = true;
  const bool reads = only_reads(txn.success, serializable) && only_reads(txn.failure, serializable);
  if (!reads) {
    Request request(std::move(txn));
    auto response = co_await propose(std::move(request), client);
    co_return response;
  }
  if (!serializable) {
    const Status status = co_await read_index();
    if (status != Status::ok) co_return Response(status);
  }
  co_return machine.store().evaluate(txn);
}

Task<Response> Server::grant(LeaseGrant grant, NodeId client) {
  if (grant.id == 0) grant.id = static_cast<LeaseId>(env.random().next() >> 1) | 1;
  grant.ttl_ms = lessor.granted_ms(grant.ttl_ms);
  Request request(grant);
  auto response = co_await propose(std::move(request), client);
  co_return response;
}

Response Server::lease_response(LeaseId id, std::optional<Duration> length) const {
  Response response;
  response.revision = machine.store().revision();
  response.lease = id;
  response.ttl_ms = length ? ms_of(*length) : 0;
  return response;
}

/// On the leader: first it makes sure that it is, and that nobody else may have let the lease end.
Task<Response> Server::renew_here(LeaseId id) {
  const auto found = machine.store().leases().find(id);
  const std::int64_t granted_ms =
      found == machine.store().leases().end() ? 0 : found->second.ttl_ms;
  if (!mistakes.old_leader_revokes) {
    const Status leads = co_await read_index();
    if (leads != Status::ok || !lessor.primary()) co_return Response(Status::not_primary);
  }
  if (mistakes.renews_after_revoke && granted_ms > 0) {
    lessor.renew(id);
    co_return lease_response(id, std::chrono::milliseconds(granted_ms));
  }
  // What has run out is revoked first.
  while (lessor.primary() && lessor.running_out(id)) co_await member.changed().wait();
  if (!lessor.primary()) co_return Response(Status::not_primary);
  co_return lease_response(id, lessor.renew(id));
}

Task<Response> Server::ask_leader(Request request) {
  const NodeId leader = member.leader();
  if (leader == no_node) co_return Response(Status::no_leader);
  if (leader == env.id()) co_return Response(Status::not_primary);
  const Duration patience = lessor.options().patience;
  const Deadline connect_by = env.steady_now() + patience / 3;
  const Deadline answer_by = env.steady_now() + patience;
  const Frame frame = make_frame(std::move(request));
  const auto response = co_await peers_.call(leader, frame, connect_by, answer_by);
  if (!response) co_return Response(Status::no_leader);
  co_return *response;
}

Task<Response> Server::keep_alive(LeaseKeepAlive request) {
  if (lessor.primary()) {
    auto response = co_await renew_here(request.id);
    co_return response;
  }
  if (request.passed_on) co_return Response(Status::not_primary);
  request.passed_on = true;
  Request onward(request);
  auto response = co_await ask_leader(std::move(onward));
  co_return response;
}

Task<Response> Server::time_to_live(LeaseTimeToLive request) {
  if (!lessor.primary()) {
    if (request.passed_on) co_return Response(Status::not_primary);
    request.passed_on = true;
    Request onward(request);
    auto response = co_await ask_leader(std::move(onward));
    co_return response;
  }
  const Status leads = co_await read_index();
  if (leads != Status::ok || !lessor.primary()) co_return Response(Status::not_primary);
  const auto left = lessor.left(request.id);
  Response response = lease_response(request.id, left);
  if (!left) response.ttl_ms = -1;
  co_return response;
}

Task<Response> Server::answer(Request request, NodeId client) {
  auto& body = request.body;
  if (auto* one = std::get_if<Txn>(&body)) return txn(std::move(*one), client);
  if (auto* one = std::get_if<Range>(&body)) return range(std::move(*one));
  if (auto* one = std::get_if<LeaseGrant>(&body)) return grant(*one, client);
  if (auto* one = std::get_if<LeaseKeepAlive>(&body)) return keep_alive(*one);
  if (auto* one = std::get_if<LeaseTimeToLive>(&body)) return time_to_live(*one);
  return propose(std::move(request), client);
}

// Watches

struct Watcher {
  explicit Watcher(ConnectionPtr c) : connection(std::move(c)) {}
  ConnectionPtr connection;
  bool gone = false;
};

Task<void> notice_the_end(std::shared_ptr<Watcher> watcher) {
  const auto frame = co_await watcher->connection->receive();
  (void)frame;  // a watch is ended by ending its connection
  watcher->gone = true;
}

/// One answer for each revision. False once the client has gone.
bool send_events(Watcher& watcher, const Store& store, const KeySpan& span, Revision& next) {
  Response batch;
  for (Event& event : store.events_from(next, span)) {
    if (!batch.events.empty() && batch.revision != event.kv.mod_revision) {
      if (!watcher.connection->send(make_frame(std::exchange(batch, Response())))) return false;
    }
    batch.revision = event.kv.mod_revision;
    batch.events.push_back(std::move(event));
  }
  next = std::max(next, store.revision() + 1);
  return batch.events.empty() || watcher.connection->send(make_frame(std::move(batch)));
}

/// Runs within the member's loop, as soon as a revision is applied.
Task<void> watch(std::shared_ptr<Server> server, ConnectionPtr connection, WatchCreate request) {
  const auto watcher = std::make_shared<Watcher>(std::move(connection));
  server->env.spawn(notice_the_end(watcher));
  const Store& store = server->machine.store();
  Revision next = request.start == 0 ? store.revision() + 1 : request.start;
  Response created;
  created.revision = store.revision();
  if (!watcher->connection->send(make_frame(std::move(created)))) co_return;
  while (!watcher->gone) {
    if (next < store.compacted()) {
      Response cancelled(Status::compacted);
      cancelled.compact_revision = store.compacted();
      (void)watcher->connection->send(make_frame(std::move(cancelled)));
      co_return;
    }
    if (!send_events(*watcher, store, request.span, next)) co_return;
    if (server->member.leader() == no_node) {
      (void)watcher->connection->send(make_frame(Response(Status::no_leader)));
      co_return;
    }
    co_await server->member.changed().wait();
  }
}

Task<void> converse(std::shared_ptr<Server> server, ConnectionPtr connection) {
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const auto* request = content_of<Request>(*frame);
    if (request == nullptr) co_return;
    if (const auto* one = std::get_if<WatchCreate>(&request->body)) {
      server->env.spawn(watch(server, std::move(connection), *one));
      co_return;
    }
    auto response = co_await server->answer(*request, connection->peer());
    if (!connection->send(make_frame(std::move(response)))) co_return;
  }
}

Task<void> take_part(std::shared_ptr<Server> server) {
  co_await server->member.run();
}

Task<void> mind_leases(std::shared_ptr<Server> server) {
  co_await server->lessor.run();
}

}  // namespace

std::vector<Parameter> server_parameters() {
  std::vector<Parameter> all = raft::member_parameters();
  for (Parameter& parameter : lessor_parameters()) all.push_back(std::move(parameter));
  return all;
}

Task<void> serve(Env& env, ServerOptions options, ServerMistakes mistakes) {
  const auto server = std::make_shared<Server>(env, options, mistakes);
  env.spawn(mind_leases(server));
  env.spawn(take_part(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::etcd
