#include "backends/sql/pooler.hpp"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "backends/sql/driver.hpp"
#include "backends/sql/server.hpp"

namespace lockstep::sql {
namespace {

constexpr Duration for_ever = 24h * 365;

struct Client {
  ConnectionPtr connection;              // null once it is gone
  std::optional<std::size_t> session{};  // of the pool, while in a transaction
};
using ClientPtr = std::shared_ptr<Client>;

struct Pool {
  Pool(Env& environment, std::vector<NodeId> to, const Settings& settings)
      : env(environment),
        servers(std::move(to)),
        driver(driver_options(settings)),
        size(static_cast<std::size_t>(settings.number("pool_size"))),
        round_robin(settings.flag("server_round_robin")) {
    const auto least = static_cast<std::size_t>(settings.number("min_pool_size"));
    while (sessions.size() < std::min(least, size)) idle.push_back(grow());
  }

  std::size_t grow() {
    sessions.push_back(std::make_unique<Driver>(env, servers, driver));
    return sessions.size() - 1;
  }

  /// A session that nobody uses, or a new one.
  std::optional<std::size_t> take() {
    if (idle.empty()) {
      if (sessions.size() >= size) return std::nullopt;
      return grow();
    }
    const std::size_t taken = round_robin ? idle.front() : idle.back();
    if (round_robin) {
      idle.pop_front();
    } else {
      idle.pop_back();
    }
    return taken;
  }

  Env& env;
  std::vector<NodeId> servers;
  DriverOptions driver;
  std::size_t size;
  bool round_robin;
  std::vector<std::unique_ptr<Driver>> sessions;
  std::deque<std::size_t> idle;
  std::deque<std::pair<ClientPtr, Statement>> waiting;  // for a session
};
using PoolPtr = std::shared_ptr<Pool>;

void dispatch(PoolPtr pool);

Answer no_server() {
  Answer answer;
  answer.error = "08006";
  answer.text = "server connection crashed";
  return answer;
}

/// One statement of one client, on a session that is its own meanwhile.
Task<void> forward(PoolPtr pool, ClientPtr client, Statement statement, std::size_t session) {
  Driver& driver = *pool->sessions[session];
  Answer answer = no_server();
  const auto connected = co_await driver.connect();
  if (connected) {
    const auto got = co_await driver.execute(std::move(statement), for_ever);
    if (got) answer = *got;
  }
  // Who leaves in the middle of a statement or a transaction takes the session with him.
  if (!client->connection) driver.close();
  if (client->connection && driver.connected() && answer.in_transaction) {
    client->session = session;
  } else {
    client->session.reset();
    pool->idle.push_back(session);
  }
  if (client->connection) (void)client->connection->send(make_frame(std::move(answer)));
  dispatch(pool);
}

/// Gives free sessions to those who wait for one.
void dispatch(PoolPtr pool) {
  while (!pool->waiting.empty()) {
    auto& [client, statement] = pool->waiting.front();
    if (!client->connection) {
      pool->waiting.pop_front();
      continue;
    }
    const auto session = client->session ? client->session : pool->take();
    if (!session) return;
    ClientPtr whose = client;
    Statement what = std::move(statement);
    pool->waiting.pop_front();
    pool->env.spawn(forward(pool, std::move(whose), std::move(what), *session));
  }
}

Task<void> converse_pooled(PoolPtr pool, ConnectionPtr connection) {
  Connection& socket = *connection;
  const auto client = std::make_shared<Client>();
  client->connection = std::move(connection);
  for (;;) {
    const auto frame = co_await socket.receive();
    if (!frame) break;
    const auto* statement = content_of<Statement>(*frame);
    if (statement == nullptr) break;
    if (statement->verb == Verb::startup) {
      Answer welcome;
      welcome.backend = pool->env.name();
      (void)socket.send(make_frame(std::move(welcome)));
      continue;
    }
    Statement forwarded = *statement;
    forwarded.client = socket.peer();
    if (client->session) {
      pool->env.spawn(forward(pool, client, std::move(forwarded), *client->session));
    } else {
      pool->waiting.emplace_back(client, std::move(forwarded));
      dispatch(pool);
    }
  }
  client->connection.reset();
  if (client->session) {
    pool->sessions[*client->session]->close();
    pool->idle.push_back(*client->session);
    client->session.reset();
    dispatch(pool);
  }
}

}  // namespace

std::vector<Parameter> pooler_parameters() {
  return {
      {"pool_size", std::int64_t{20}, "sessions that the pooler has at most"},
      {"min_pool_size", std::int64_t{5}, "sessions that it has at least"},
      {"server_round_robin", true, "the pooler takes the session that was idle longest, not least"},
  };
}

Task<void> serve_pooler(Env& env, ServerOptions options) {
  std::vector<NodeId> servers(options.servers.begin() + 1, options.servers.end());
  servers = database_servers(std::move(servers));
  const auto pool = std::make_shared<Pool>(env, std::move(servers), options.settings);
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse_pooled(pool, std::move(connection)));
  }
}

}  // namespace lockstep::sql
