#include "backends/sql/server.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "backends/sql/messages.hpp"
#include "backends/sql/monitor.hpp"
#include "backends/sql/sessions.hpp"

namespace lockstep::sql {
namespace {

constexpr Duration wal_writer_delay = 200ms;

/// What a server's coroutines share. None of them waits for another: who ends a wait sends the
/// answer.
struct Server {
  Server(Env& environment, ServerOptions all)
      : env(environment),
        options(std::move(all)),
        sessions(environment, options.settings),
        check_interval(options.settings.duration("client_connection_check_interval")),
        synchronous(options.settings.flag("synchronous_commit")),
        waits_for_standby(options.settings.number("standbys") > 0 &&
                          options.settings.flag("synchronous_standby")) {}

  Database& database() { return sessions.database(); }

  Env& env;
  ServerOptions options;
  Sessions sessions;
  Duration check_interval;
  bool synchronous;
  bool flushing = false;
  // replication
  bool waits_for_standby;
  std::string log;                    // all of it, as on disk
  std::vector<Connection*> standbys;  // those that get the log
  struct Unconfirmed {
    std::uint64_t position;
    SessionId session;
  };
  std::vector<Unconfirmed> unconfirmed;  // commits that the standby does not have yet
};
using ServerPtr = std::shared_ptr<Server>;

std::string wal_file() {
  return "wal";
}

void ship(Server& server, const std::string& bytes) {
  LogPiece piece;
  piece.bytes = bytes;
  const Frame frame = make_frame(std::move(piece));
  for (Connection* standby : server.standbys) (void)standby->send(frame);
}

/// Makes commits durable in their order and lets them take effect: one coroutine at a time does,
/// for all who have something to commit.
Task<void> flush(ServerPtr server) {
  if (server->flushing) co_return;
  server->flushing = true;
  for (;;) {
    const std::vector<PendingCommit> commits = server->database().take_commits();
    if (commits.empty()) break;
    std::string bytes;
    for (const PendingCommit& commit : commits) bytes += encode(commit.record);
    server->log += bytes;
    const auto written = co_await server->env.disk().append(wal_file(), bytes);
    (void)written;
    if (server->synchronous) {
      const auto synced = co_await server->env.disk().sync(wal_file());
      (void)synced;
    }
    ship(*server, bytes);
    for (const PendingCommit& commit : commits) {
      if (server->waits_for_standby) {
        server->unconfirmed.push_back({server->log.size(), commit.session});
      } else {
        server->database().committed(commit.session, server->sessions.now());
      }
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

/// The standby has the log up to here: what commits waited for it take effect.
Task<void> confirm(ServerPtr server, std::uint64_t position) {
  auto& waiting = server->unconfirmed;
  while (!waiting.empty() && waiting.front().position <= position) {
    const SessionId session = waiting.front().session;
    waiting.erase(waiting.begin());
    server->database().committed(session, server->sessions.now());
  }
  server->sessions.send_answers();
  co_await flush(server);
}

void feed(Server& server, Connection& standby) {
  server.standbys.push_back(&standby);
  server.waits_for_standby = server.options.settings.flag("synchronous_standby");
  LogPiece all;
  all.bytes = server.log;
  all.whole = true;
  (void)standby.send(make_frame(std::move(all)));
}

/// The monitor's word reached this server: if it was a standby, it is one no more. Nobody follows
/// it yet, so it waits for nobody.
void promote(Server& server, const Primary& word) {
  if (word.place != server.options.self || !server.database().standby()) return;
  server.database().set_standby(false);
  server.waits_for_standby = false;
}

/// What other servers say. False when it is nothing of that kind.
Task<bool> hear(ServerPtr server, Connection* connection, Frame frame) {
  if (content_of<LogWanted>(frame) != nullptr) {
    feed(*server, *connection);
    co_return true;
  }
  if (const auto* reached = content_of<LogReached>(frame)) {
    co_await confirm(server, reached->size);
    co_return true;
  }
  const auto* word = content_of<Primary>(frame);
  if (word == nullptr) co_return false;
  promote(*server, *word);
  (void)connection->send(frame);
  co_return true;
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
    if (statement == nullptr) {
      const bool heard = co_await hear(server, connection.get(), *frame);
      if (heard) continue;
      break;
    }
    if (sessions.terminated(id)) {
      (void)connection->send(end_of_service());
      break;
    }
    // A client that does not wait for its answers breaks the protocol.
    if (sessions.database().busy(id)) break;
    sessions.execute(id, *statement);
    co_await flush(server);
  }
  std::erase(server->standbys, connection.get());
  co_await part(server, id);
}

Task<void> recover(ServerPtr server) {
  const auto log = co_await server->env.disk().read(wal_file());
  if (!log) co_return;
  server->log = *log;
  server->database().restore(decode(*log));
}

/// A standby takes in the log for as long as the connection lasts.
Task<void> take_log(ServerPtr server, ConnectionPtr primary) {
  (void)primary->send(make_frame(LogWanted()));
  for (;;) {
    const auto frame = co_await primary->receive();
    if (!frame || !server->database().standby()) co_return;
    const auto* piece = content_of<LogPiece>(*frame);
    if (piece == nullptr) co_return;
    if (piece->whole) {
      server->log = piece->bytes;
      server->database().restore(decode(piece->bytes));
      const auto written = co_await server->env.disk().replace(wal_file(), piece->bytes);
      (void)written;
    } else {
      server->log += piece->bytes;
      for (const CommitRecord& record : decode(piece->bytes)) server->database().replay(record);
      const auto written = co_await server->env.disk().append(wal_file(), piece->bytes);
      (void)written;
    }
    const auto synced = co_await server->env.disk().sync(wal_file());
    (void)synced;
    LogReached reached;
    reached.size = server->log.size();
    (void)primary->send(make_frame(reached));
  }
}

/// Follows the primary, whichever the monitor names, until this server is one itself.
Task<void> follow(ServerPtr server) {
  const Settings& settings = server->options.settings;
  const Duration pause = settings.duration("failover_after") / 4;
  for (;;) {
    if (!server->database().standby()) co_return;
    const std::size_t primary =
        co_await ask_monitor(server->env, server->options.servers.back(), pause);
    const Deadline until = server->env.steady_now() + pause;
    if (primary != server->options.self) {
      auto connection = co_await server->env.connect(server->options.servers[primary], until);
      if (connection) {
        (*connection)->keep_alive(settings.duration("failover_after"));
        co_await take_log(server, std::move(*connection));
      }
    }
    co_await server->env.sleep_for(pause);
  }
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
      {"standbys", std::int64_t{0}, "servers that replay the primary's log; at most 1"},
      {"synchronous_standby", true, "a commit is answered once the standby has its log, too"},
      {"failover_after", Duration(3s), "how long a silent primary stays primary"},
  };
}

std::vector<std::string> deployment(const Settings& settings) {
  if (settings.number("standbys") == 0) return {"pg-1"};
  return {"pg-1", "pg-2", "pg-monitor-1"};
}

std::vector<NodeId> database_servers(std::vector<NodeId> deployed) {
  if (deployed.size() > 1) deployed.pop_back();  // the monitor
  return deployed;
}

Task<void> serve(Env& env, ServerOptions options) {
  const bool replicated = options.servers.size() > 1;
  if (replicated && options.self + 1 == options.servers.size()) {
    co_await serve_monitor(env, std::move(options));
    co_return;
  }
  const auto server = std::make_shared<Server>(env, std::move(options));
  co_await recover(server);
  if (replicated) {
    const Duration pause = server->options.settings.duration("failover_after") / 8;
    const std::size_t primary = co_await ask_monitor(env, server->options.servers.back(), pause);
    if (primary != server->options.self) {
      server->database().set_standby(true);
      env.spawn(follow(server));
    }
  }
  if (!server->database().standby()) server->sessions.tell_recovered("shedlock");
  if (!server->synchronous) env.spawn(write_behind(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::sql
