#include "backends/redis/server.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "backends/redis/database.hpp"
#include "backends/redis/messages.hpp"
#include "backends/redis/script.hpp"
#include "backends/redis/storage.hpp"

namespace lockstep::redis {
namespace {

constexpr Duration expiry_interval = 100ms;  // "hz 10"

/// An interpreter takes 50 us to make and keeps nothing that a script could see, so the worlds
/// that one thread runs one after the other share it (docs/decisions/0013-script-engine.md).
ScriptEngine& engine_of_this_thread() {
  // house: a cache of compiled scripts, of which no run can see anything
  thread_local ScriptEngine engine;
  return engine;
}

Config config_of(const Settings& settings) {
  Config config;
  const auto limit = std::to_string(settings.number("maxmemory"));
  if (auto why = config.set("maxmemory", limit)) throw std::invalid_argument("maxmemory: " + *why);
  if (auto why = config.set("maxmemory-policy", settings.text("maxmemory_policy"))) {
    throw std::invalid_argument("maxmemory_policy: " + *why);
  }
  return config;
}

DatabaseOptions options_of(Env& env, const Settings& settings) {
  DatabaseOptions options;
  options.config = config_of(settings);
  options.random = env.random().fork(1);
  options.engine = &engine_of_this_thread();
  options.keeps_log = Storage::keeps_log(storage_options(settings));
  return options;
}

class Server {
 public:
  Server(Env& env, const Settings& settings)
      : env_(env),
        database_(options_of(env, settings)),
        storage_(env, database_, storage_options(settings)) {
    database_.observe([this](const Change& change) { tell(change); });
  }

  Env& env() { return env_; }
  std::int64_t now_us() const {
    return std::chrono::floor<std::chrono::microseconds>(env_.wall_now().time_since_epoch())
        .count();
  }

  std::uint64_t open(Connection& connection) {
    const std::uint64_t id = ++sessions_;
    peers_[id] = {&connection, connection.peer()};
    return id;
  }
  void close(Session& session) {
    database_.disconnect(session);
    peers_.erase(session.id);
  }

  Reply execute(Session& session, const Words& words) {
    return database_.execute(session, words, now_us());
  }
  Storage& storage() { return storage_; }
  void expire_some() { database_.active_expire_cycle(now_us()); }

  /// Sends what others' commands have published to their subscribers.
  void push() {
    for (Session* session : database_.take_woken()) push(*session);
  }
  void push(Session& session) {
    const auto peer = peers_.find(session.id);
    for (Reply& reply : std::exchange(session.pushes, {})) {
      if (peer == peers_.end()) continue;
      ReplyMessage message;
      message.reply = std::move(reply);
      message.pushed = true;
      (void)peer->second.connection->send(make_frame(std::move(message)));
    }
  }

 private:
  struct Peer {
    Connection* connection = nullptr;
    NodeId node = no_node;
  };

  void tell(const Change& change) {
    KeyChange note;
    note.key = change.key;
    if (change.before) note.before = describe(change.before->value);
    if (change.after) {
      note.after = describe(change.after->value);
      if (change.after->expires_ms != forever) note.expires_at_ms = change.after->expires_ms;
    }
    note.cause = change.cause;
    const auto peer = peers_.find(change.session);
    if (peer != peers_.end()) note.by = peer->second.node;
    env_.note(std::move(note));
  }

  Env& env_;
  Database database_;
  Storage storage_;
  std::uint64_t sessions_ = 0;
  std::map<std::uint64_t, Peer> peers_;
};

Task<void> expire_for_ever(std::shared_ptr<Server> server) {
  for (;;) {
    co_await server->env().sleep_for(expiry_interval);
    server->expire_some();
    if (server->storage().unsettled()) co_await server->storage().settle();
    server->push();
  }
}

Task<void> keep(std::shared_ptr<Server> server) {
  co_await server->storage().run();
}

/// Keeps a reply back (WAIT) without stopping the server.
Task<void> hold_back(Env& env, std::int64_t ms) {
  const Duration length = ms > 0 ? Duration(std::chrono::milliseconds(ms)) : Duration(24h * 365);
  co_await env.sleep_for(length);
}

Task<void> converse(std::shared_ptr<Server> server, ConnectionPtr connection) {
  Session session(server->open(*connection));
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) break;
    const auto* command = content_of<CommandMessage>(*frame);
    if (command == nullptr) break;
    ReplyMessage answer;
    answer.reply = server->execute(session, command->words);
    if (server->storage().unsettled()) co_await server->storage().settle();
    if (session.held_back) {
      session.held_back = false;
      co_await hold_back(server->env(), session.hold_ms);
    }
    if (!connection->send(make_frame(std::move(answer)))) break;
    server->push(session);
    server->push();
    if (session.close) break;
  }
  server->close(session);
}

}  // namespace

std::vector<Parameter> server_parameters() {
  std::vector<Parameter> all = storage_parameters();
  all.push_back({"maxmemory", std::int64_t{0}, "bytes a server may use; 0: no limit"});
  all.push_back({"maxmemory_policy", std::string("noeviction"), "which keys go when it is full"});
  return all;
}

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options.settings);
  co_await server->storage().load();
  env.spawn(expire_for_ever(server));
  env.spawn(keep(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::redis
