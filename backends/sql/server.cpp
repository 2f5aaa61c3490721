#include "backends/sql/server.hpp"

#include <memory>
#include <string>
#include <utility>

#include "backends/sql/sessions.hpp"

namespace lockstep::sql {
namespace {

constexpr Duration wal_writer_delay = 200ms;

/// What a server's coroutines share. None of them waits for another: who ends a wait sends the
/// answer.
struct Server {
  Server(Env& environment, const Settings& settings)
      : env(environment),
        sessions(environment, settings),
        check_interval(settings.duration("client_connection_check_interval")),
        synchronous(settings.flag("synchronous_commit")) {}

  Env& env;
  Sessions sessions;
  Duration check_interval;
  bool synchronous;
  bool flushing = false;
};
using ServerPtr = std::shared_ptr<Server>;

std::string wal_file() {
  return "wal";
}

/// Makes commits durable in their order and lets them take effect: one coroutine at a time does,
/// for all who have something to commit.
Task<void> flush(ServerPtr server) {
  if (server->flushing) co_return;
  server->flushing = true;
  for (;;) {
    const std::vector<PendingCommit> commits = server->sessions.database().take_commits();
    if (commits.empty()) break;
    std::string bytes;
    for (const PendingCommit& commit : commits) bytes += encode(commit.record);
    const auto written = co_await server->env.disk().append(wal_file(), std::move(bytes));
    (void)written;
    if (server->synchronous) {
      const auto synced = co_await server->env.disk().sync(wal_file());
      (void)synced;
    }
    for (const PendingCommit& commit : commits) {
      server->sessions.database().committed(commit.session, server->sessions.now());
    }
    server->sessions.send_answers();
  }
  server->flushing = false;
}

/// With synchronous_commit off commits are synced by the way.
Task<void> write_behind(ServerPtr server) {
  for (;;) {
    co_await server->env.sleep_for(wal_writer_delay);
    const auto synced = co_await server->env.disk().sync(wal_file());
    (void)synced;
  }
}

/// A client is gone. A session that waits does not look at its connection: it ends when it has an
/// answer to send, or when client_connection_check_interval tells it.
Task<void> part(ServerPtr server, SessionId id) {
  Sessions& sessions = server->sessions;
  if (sessions.database().busy(id) && server->check_interval > Duration::zero()) {
    co_await server->env.sleep_for(server->check_interval);
    sessions.abandon(id);
    co_await flush(server);
    co_return;
  }
  sessions.leave(id);
  co_await flush(server);
  for (;;) {
    const auto timer = sessions.database().next_timer(id);
    if (!timer) co_return;
    co_await server->env.sleep_until(*timer);
    sessions.on_time(id);
    co_await flush(server);
  }
}

Frame end_of_service() {
  Answer answer;
  answer.error = "57P01";
  answer.text = "terminating connection due to administrator command";
  return make_frame(std::move(answer));
}

Task<void> converse(ServerPtr server, ConnectionPtr connection) {
  Sessions& sessions = server->sessions;
  const SessionId id = sessions.open(*connection);
  for (;;) {
    std::optional<Deadline> until;
    if (const auto timer = sessions.database().next_timer(id)) until = *timer;
    const auto frame = co_await Receive(*connection, until);
    if (!frame && frame.error().code == ErrorCode::timeout) {
      sessions.on_time(id);
      co_await flush(server);
      continue;
    }
    if (!frame) break;
    const auto* statement = content_of<Statement>(*frame);
    if (statement == nullptr || sessions.terminated(id)) {
      (void)connection->send(end_of_service());
      break;
    }
    // A client that does not wait for its answers breaks the protocol.
    if (sessions.database().busy(id)) break;
    sessions.execute(id, *statement);
    co_await flush(server);
  }
  co_await part(server, id);
}

Task<void> recover(ServerPtr server) {
  const auto log = co_await server->env.disk().read(wal_file());
  if (!log) co_return;
  for (const CommitRecord& record : decode(*log)) server->sessions.database().replay(record);
}

}  // namespace

std::vector<Parameter> server_parameters() {
  return {
      {"keepalive", Duration(10s),
       "after how long without a sign of a client's machine the server gives it up; 0: never"},
      {"client_connection_check_interval", Duration(0),
       "how often a session that waits looks for its client; 0: only when it has an answer"},
      {"deadlock_timeout", Duration(1s), "how long a session waits before it looks for a cycle"},
      {"synchronous_commit", true, "a commit is answered once its log is on disk"},
  };
}

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options.settings);
  co_await recover(server);
  if (!server->synchronous) env.spawn(write_behind(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::sql
