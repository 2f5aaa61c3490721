#include "backends/zookeeper/server.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "backends/raft/encoding.hpp"
#include "backends/raft/member.hpp"
#include "backends/zookeeper/deadlines.hpp"
#include "backends/zookeeper/machine.hpp"
#include "backends/zookeeper/messages.hpp"
#include "backends/zookeeper/watches.hpp"

namespace lockstep::zookeeper {
namespace {

/// One client's connection, from its handshake on.
struct Conversation {
  explicit Conversation(ConnectionPtr its) : connection(std::move(its)) {}

  /// What this server's TCP would say is said by a message: the connection itself ends when the
  /// client lets go of it.
  void hang_up() {
    if (!over) (void)connection->send(make_frame(Goodbye()));
    over = true;
  }

  ConnectionPtr connection;
  SessionId session = 0;
  std::uint64_t attachment = 0;
  Duration timeout{};
  bool closing = false;  // its client ends the session, and waits for the answer
  bool over = false;
};
using ConversationPtr = std::shared_ptr<Conversation>;

class Server final : public Listener {
 public:
  Server(Env& env, const ServerOptions& options)
      : env_(env),
        number_(static_cast<std::uint32_t>(options.self) + 1),
        tick_(tick_of(options.settings)),
        machine_(env, static_cast<std::int32_t>(options.settings.number("creates_before"))),
        member_(env, raft::member_options(options, options.settings.duration("session")), machine_),
        deadlines_(tick_) {
    machine_.set_listener(this);
  }

  Env& env() { return env_; }
  raft::Member& member() { return member_; }
  const Machine& machine() const { return machine_; }
  Duration tick() const { return tick_; }

  bool serving() const { return member_.leader() != no_node; }
  /// Within 2 and 20 ticks.
  Duration granted(Duration asked) const { return std::clamp(asked, tick_ * 2, tick_ * 20); }

  Task<Result<Outcome>> propose(Command command, Duration patience) {
    command.server = number_;
    const Deadline until = env_.steady_now() + patience;
    auto reply = co_await member_.propose(raft::to_bytes(command), until);
    if (!reply) co_return fail(reply.error());
    const auto* outcome = content_of<Outcome>(*reply);
    if (outcome == nullptr) co_return fail(ErrorCode::disconnected);
    co_return *outcome;
  }

  /// The session is spoken for by this connection: unless it was attached elsewhere meanwhile.
  bool begin(const ConversationPtr& conversation) {
    const auto state = machine_.sessions().find(conversation->session);
    if (state == machine_.sessions().end()) return false;
    if (state->second.attachment != conversation->attachment) return false;
    watches_.forget(conversation->session);
    conversations_[conversation->session] = conversation;
    return true;
  }
  void end(const ConversationPtr& conversation) {
    conversation->over = true;
    const auto at = conversations_.find(conversation->session);
    if (at == conversations_.end() || at->second != conversation) return;
    conversations_.erase(at);
    watches_.forget(conversation->session);
  }

  /// A client was heard: the leader counts its silence from now on.
  void touch(SessionId session) {
    const auto state = machine_.sessions().find(session);
    if (state == machine_.sessions().end()) return;
    if (member_.leads()) {
      const Duration timeout(state->second.timeout);
      deadlines_.touch(member_.term(), session, timeout, env_.steady_now());
    } else if (std::find(heard_.begin(), heard_.end(), session) == heard_.end()) {
      heard_.push_back(session);
    }
  }
  std::vector<SessionId> take_heard() { return std::exchange(heard_, {}); }
  std::vector<SessionId> take_over() {
    return deadlines_.over(member_.term(), machine_.sessions(), env_.steady_now());
  }

  Answer read(const ConversationPtr& conversation, const Operation& operation) {
    Answer answer = machine_.tree().read(operation);
    if (operation.watch) watches_.add(conversation->session, operation, answer.code);
    return answer;
  }
  void set_watches(const ConversationPtr& conversation, const SetWatches& request) {
    fire(watches_.add_again(conversation->session, request, machine_.tree()));
  }

  void hang_up_on_all() {
    for (const auto& [session, conversation] : conversations_) conversation->hang_up();
  }

  // Listener
  void on_change(const Change& change, Zxid) override { fire(watches_.take(change)); }
  void on_attached(SessionId session, std::uint64_t attachment) override {
    if (member_.leads()) touch(session);
    const auto at = conversations_.find(session);
    if (at != conversations_.end() && at->second->attachment != attachment) at->second->hang_up();
  }
  void on_session_over(SessionId session) override {
    deadlines_.forget(session);
    const auto at = conversations_.find(session);
    if (at != conversations_.end() && !at->second->closing) ending_.push_back(at->second);
  }
  void on_restored() override { hang_up_on_all(); }

  /// Sessions that ended: their clients are let go of once what they asked for is answered.
  void let_go() {
    for (const ConversationPtr& conversation : std::exchange(ending_, {})) conversation->hang_up();
  }

 private:
  /// Events go out within apply: before any answer that could show the change.
  void fire(const std::vector<Firing>& firings) {
    for (const Firing& firing : firings) {
      const auto at = conversations_.find(firing.session);
      if (at == conversations_.end() || at->second->over) continue;
      (void)at->second->connection->send(make_frame(firing.event));
    }
  }

  Env& env_;
  std::uint32_t number_;
  Duration tick_;
  Machine machine_;
  raft::Member member_;
  Deadlines deadlines_;
  Watches watches_;
  std::map<SessionId, ConversationPtr> conversations_;
  std::vector<ConversationPtr> ending_;
  std::vector<SessionId> heard_;
};
using ServerPtr = std::shared_ptr<Server>;

/// Opens the session that is asked for, or attaches this connection to it, and answers. False: the
/// connection is of no use.
Task<bool> shake_hands(ServerPtr server, ConversationPtr conversation, ConnectRequest request) {
  if (!server->serving() || request.last_zxid > server->machine().zxid()) co_return false;
  ConnectResponse response;
  response.timeout = server->granted(request.timeout);
  response.password = request.session == 0 ? server->env().random().token() : request.password;
  Command command;
  command.type = request.session == 0 ? Command::Type::open : Command::Type::attach;
  command.session = request.session;
  command.timeout = response.timeout.count();
  command.password = response.password;
  command.client = index_of(conversation->connection->peer());
  const Duration patience = response.timeout;
  const auto outcome = co_await server->propose(std::move(command), patience);
  if (!outcome) co_return false;
  if (outcome->code == Code::ok) {
    conversation->session = outcome->session;
    conversation->attachment = outcome->attachment;
    conversation->timeout = response.timeout;
    if (!server->serving() || !server->begin(conversation)) co_return false;
    response.session = outcome->session;
  }
  Frame frame = make_frame(std::move(response));
  co_return conversation->connection->send(std::move(frame)).has_value() &&
      conversation->session != 0;
}

/// None: nobody knows what became of the request, and the connection must end.
Task<std::optional<Response>> answer(ServerPtr server, ConversationPtr conversation,
                                     Request request) {
  Response response;
  response.xid = request.xid;
  const bool writes = request.close || changes(request.operations.front().action);
  if (!writes && request.operations.front().action == Action::sync) {
    const Deadline until = server->env().steady_now() + conversation->timeout;
    const auto synced = co_await server->member().read_barrier(until);
    if (!synced) co_return std::nullopt;
    response.answers.resize(1);
  } else if (!writes) {
    response.answers.push_back(server->read(conversation, request.operations.front()));
    response.code = response.answers.front().code;
  } else {
    Command command;
    command.type = request.close ? Command::Type::close : Command::Type::write;
    command.session = conversation->session;
    command.attachment = conversation->attachment;
    command.xid = request.xid;
    command.operations = std::move(request.operations);
    conversation->closing = request.close;
    const Duration patience = conversation->timeout;
    auto outcome = co_await server->propose(std::move(command), patience);
    if (!outcome) co_return std::nullopt;
    const bool refused = outcome->zxid == 0;  // the session is over, or speaks elsewhere
    if (refused) co_return std::nullopt;
    response.code = outcome->code;
    response.answers = std::move(outcome->answers);
  }
  response.zxid = server->machine().zxid();
  co_return response;
}

/// A client's requests, one after the other.
Task<void> converse(ServerPtr server, ConversationPtr conversation) {
  for (;;) {
    const auto frame = co_await conversation->connection->receive();
    if (!frame || conversation->over) co_return;
    server->touch(conversation->session);
    if (content_of<Ping>(*frame) != nullptr) {
      if (!conversation->connection->send(make_frame(Ping()))) co_return;
      continue;
    }
    if (const auto* watches = content_of<SetWatches>(*frame)) {
      server->set_watches(conversation, *watches);
      continue;
    }
    const auto* request = content_of<Request>(*frame);
    if (request == nullptr) co_return;
    auto response = co_await answer(server, conversation, *request);
    if (!response || conversation->over) co_return;
    if (!conversation->connection->send(make_frame(std::move(*response)))) co_return;
    if (request->close) co_return;
  }
}

/// A follower's reports of whom it has heard.
Task<void> hear_follower(ServerPtr server, ConnectionPtr connection, Heard first) {
  for (const SessionId session : first.sessions) server->touch(session);
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const auto* heard = content_of<Heard>(*frame);
    if (heard == nullptr || !server->member().leads()) co_return;
    for (const SessionId session : heard->sessions) server->touch(session);
  }
}

Task<void> take(ServerPtr server, ConnectionPtr connection) {
  const auto frame = co_await connection->receive();
  if (!frame) co_return;
  if (const auto* heard = content_of<Heard>(*frame)) {
    co_await hear_follower(server, std::move(connection), *heard);
    co_return;
  }
  const auto* request = content_of<ConnectRequest>(*frame);
  if (request == nullptr) co_return;
  const auto conversation = std::make_shared<Conversation>(std::move(connection));
  const bool open = co_await shake_hands(server, conversation, *request);
  if (open) co_await converse(server, conversation);
  server->end(conversation);
}

Task<void> expire(ServerPtr server, SessionId session) {
  Command command;
  command.type = Command::Type::expire;
  command.session = session;
  command.term = server->member().term();
  const Duration patience = server->tick();
  const auto outcome = co_await server->propose(std::move(command), patience);
  (void)outcome;  // if it did not happen, the next tick proposes it again
}

/// Every half tick a follower reports to its leader; at every tick the leader ends sessions.
Task<void> keep_sessions(ServerPtr server) {
  Env& env = server->env();
  ConnectionPtr to_leader;
  NodeId leader = no_node;
  for (;;) {
    const Duration half = server->tick() / 2;
    const std::int64_t passed = nanos(env.steady_now()) / half.count();
    co_await env.sleep_until(SteadyTime((passed + 1) * half));
    if (server->member().leads()) {
      to_leader.reset();
      if ((passed + 1) % 2 != 0) continue;
      for (const SessionId session : server->take_over()) env.spawn(expire(server, session));
      continue;
    }
    if (leader != server->member().leader()) to_leader.reset();
    leader = server->member().leader();
    Heard heard{server->take_heard()};
    if (heard.sessions.empty() || leader == no_node || leader == env.id()) continue;
    const Frame report = make_frame(std::move(heard));
    if (to_leader && to_leader->send(report)) continue;
    to_leader.reset();
    const Deadline until = env.steady_now() + half;
    auto connected = co_await env.connect(leader, until);
    if (!connected) continue;
    to_leader = std::move(*connected);
    (void)to_leader->send(report);
  }
}

/// Whoever loses its leader, or gets another, lets all its clients go.
Task<void> watch_leader(ServerPtr server) {
  raft::Member& member = server->member();
  NodeId leader = member.leader();
  raft::Term term = member.term();
  for (;;) {
    co_await member.changed().wait();
    server->let_go();
    if (member.leader() == leader && member.term() == term) continue;
    leader = member.leader();
    term = member.term();
    server->hang_up_on_all();
  }
}

Task<void> take_part(ServerPtr server) {
  co_await server->member().run();
}

}  // namespace

std::vector<Parameter> server_parameters() {
  std::vector<Parameter> parameters{
      {"tick", Duration(0), "sessions end at ticks, and last 2 to 20 of them; 0: session / 5"},
      {"creates_before", std::int64_t{0}, "how many nodes a lock's parent has seen before"},
  };
  for (Parameter& parameter : raft::member_parameters()) {
    parameters.push_back(std::move(parameter));
  }
  return parameters;
}

std::vector<std::string> server_names(const Settings& settings) {
  return raft::member_names("zookeeper", settings);
}

Duration tick_of(const Settings& settings) {
  const Duration set = settings.duration("tick");
  return set > Duration::zero() ? set : settings.duration("session") / 5;
}

Task<void> serve(Env& env, ServerOptions options) {
  const auto server = std::make_shared<Server>(env, options);
  env.spawn(take_part(server));
  env.spawn(watch_leader(server));
  env.spawn(keep_sessions(server));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(take(server, std::move(connection)));
  }
}

}  // namespace lockstep::zookeeper
