#include "backends/redis/server.hpp"

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "backends/redis/database.hpp"
#include "backends/redis/deployment.hpp"
#include "backends/redis/messages.hpp"
#include "backends/redis/replication.hpp"
#include "backends/redis/script.hpp"
#include "backends/redis/sentinel.hpp"
#include "backends/redis/storage.hpp"
#include "backends/redis/text.hpp"
#include "core/signal.hpp"

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
  config.min_replicas = settings.number("min_replicas_to_write");
  config.min_replicas_max_lag_s = settings.number("min_replicas_max_lag");
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
        storage_(env, database_, storage_options(settings)),
        replication_(env, database_, storage_) {
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
  std::uint64_t evictions() const { return database_.replication().evictions; }
  void close(Session& session) {
    database_.disconnect(session);
    peers_.erase(session.id);
  }

  Reply execute(Session& session, const Words& words) {
    Reply reply = database_.execute(session, words, now_us());
    if (database_.has_log()) pass_on();
    session.written_upto = database_.replication().offset;
    return reply;
  }
  Storage& storage() { return storage_; }
  Replication& replication() { return replication_; }
  void expire_some() {
    database_.active_expire_cycle(now_us());
    if (database_.has_log()) pass_on();
  }

  /// True while some key has a deadline.
  bool has_mortal_keys() const { return database_.has_mortal_keys(); }
  /// Told when a key gets a deadline.
  Signal& mortal() { return mortal_; }

  /// Sends what others' commands have published to their subscribers.
  void push() {
    for (Session* session : database_.take_woken()) push(*session);
  }
  void push(Session& session) {
    if (session.pushes.empty()) return;
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

  /// What was changed goes to the disk and to the replicas.
  void pass_on() {
    const std::string bytes = database_.take_log();
    storage_.log(bytes);
    replication_.feed(bytes);
  }

  void tell(const Change& change) {
    Note note(std::in_place_type<KeyChange>);
    auto& told = std::get<KeyChange>(note);
    told.key = change.key;
    if (change.before) told.before = describe(change.before->value);
    if (change.after) {
      told.after = describe(change.after->value);
      if (change.after->expires_ms != forever) told.expires_at_ms = change.after->expires_ms;
    }
    told.cause = change.cause;
    if (told.expires_at_ms) mortal_.notify();
    const auto peer = peers_.find(change.session);
    if (peer != peers_.end()) told.by = peer->second.node;
    env_.note(note);
  }

  Env& env_;
  Database database_;
  Storage storage_;
  Replication replication_;
  std::uint64_t sessions_ = 0;
  std::map<std::uint64_t, Peer> peers_;
  Signal mortal_;
};

/// Every 100 ms from the last time, however late that was, as Redis's event loop has it. The times
/// at which it would find nothing with a deadline are left out.
Task<void> expire_for_ever(std::shared_ptr<Server> server) {
  SteadyTime last = server->env().steady_now();
  for (;;) {
    while (!server->has_mortal_keys()) co_await server->mortal().wait();
    const Duration since = server->env().steady_now() - last;
    co_await server->env().sleep_until(last + (since / expiry_interval + 1) * expiry_interval);
    server->expire_some();
    if (server->storage().unsettled()) co_await server->storage().settle();
    server->push();
    last = server->env().steady_now();
  }
}

Task<void> keep(std::shared_ptr<Server> server) {
  co_await server->storage().run();
}

Task<void> replicate(std::shared_ptr<Server> server) {
  co_await server->replication().run();
}

bool begins_replication(const Words& words) {
  return !words.empty() && equal_ignoring_case(words[0], "psync");
}

Task<void> converse(std::shared_ptr<Server> server, ConnectionPtr connection) {
  Session session(server->open(*connection));
  session.born = server->evictions();
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) break;
    const auto* command = content_of<CommandMessage>(*frame);
    // Who was evicted (CLIENT KILL) finds out with its next command, which is not executed.
    if (command == nullptr || session.born != server->evictions()) break;
    if (begins_replication(command->words)) {
      co_await server->replication().serve(*connection, session.id);
      break;
    }
    ReplyMessage answer(server->execute(session, command->words));
    if (server->replication().role_changed()) co_await server->replication().settle_role();
    if (server->storage().unsettled()) co_await server->storage().settle();
    if (session.held_back) {
      session.held_back = false;
      const auto received = co_await server->replication().wait(
          session.hold_upto, session.hold_replicas, session.hold_ms);
      answer.reply = Reply::integer(received);
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
  for (Parameter& parameter : deployment_parameters()) all.push_back(std::move(parameter));
  all.push_back({"maxmemory", std::int64_t{0}, "bytes a server may use; 0: no limit"});
  all.push_back({"maxmemory_policy", std::string("noeviction"), "which keys go when it is full"});
  return all;
}

Task<void> serve(Env& env, ServerOptions options) {
  const Deployment deployment(options.servers, options.settings);
  if (deployment.is_sentinel(options.self)) {
    co_await serve_sentinel(env, std::move(options));
    co_return;
  }
  const auto server = std::make_shared<Server>(env, options.settings);
  if (deployment.replicated()) {
    const NodeId master = deployment.first_master(deployment.group_of(options.self));
    std::optional<NodeId> follows;
    if (master != env.id()) follows = master;
    co_await server->replication().begin(follows);
  }
  co_await server->storage().load();
  env.spawn(expire_for_ever(server));
  env.spawn(keep(server));
  env.spawn(replicate(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(server, std::move(connection)));
  }
}

}  // namespace lockstep::redis
