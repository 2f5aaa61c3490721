#include "backends/zookeeper/client.hpp"

#include <algorithm>
#include <utility>

#include "core/join.hpp"

namespace lockstep::zookeeper {
namespace {

std::vector<std::string> paths_in(const std::map<std::string, std::vector<WatchPtr>>& table) {
  std::vector<std::string> paths;
  for (const auto& [path, watches] : table) paths.push_back(path);
  return paths;
}

}  // namespace

std::vector<Parameter> client_parameters() {
  return {
      {"session", Duration(10s), "session timeout: what the ensemble bears of a client's silence"},
      {"request_timeout", Duration(0),
       "a connection ends when a request on it has no answer for so long; 0: never"},
      {"connect_timeout", Duration(0), "how long a client waits for a server; 0: session / 3"},
      {"reconnect_pause", Duration(0), "longest pause between two servers; 0: session / 100"},
  };
}

ClientOptions client_options(const Settings& settings) {
  ClientOptions options;
  options.session = settings.duration("session");
  options.request_timeout = settings.duration("request_timeout");
  options.connect_timeout = settings.duration("connect_timeout");
  if (options.connect_timeout == Duration::zero()) options.connect_timeout = options.session / 3;
  options.reconnect_pause = settings.duration("reconnect_pause");
  if (options.reconnect_pause == Duration::zero()) options.reconnect_pause = options.session / 100;
  return options;
}

Client::Client(Env& env, std::vector<NodeId> servers, ClientOptions options)
    : env_(env), servers_(std::move(servers)), options_(options), timeout_(options.session) {
  if (options_.first_server == ClientOptions::npos) {
    next_server_ = static_cast<std::size_t>(env_.random().below(servers_.size()));
  } else {
    next_server_ = options_.first_server % servers_.size();
  }
}

ClientPtr Client::start(Env& env, std::vector<NodeId> servers, ClientOptions options) {
  auto client = std::make_shared<Client>(env, std::move(servers), options);
  env.spawn(run(client));
  return client;
}

// The connection

Task<void> Client::run(ClientPtr client) {
  while (client->state_ != ClientState::closed) {
    const bool opened = co_await client->open();
    if (opened) {
      co_await client->converse();
      client->suspend();
    } else {
      Env& env = client->env_;
      const Duration pause = env.random().between(Duration(0), client->options_.reconnect_pause);
      co_await env.sleep_for(pause);
    }
  }
}

Task<bool> Client::open() {
  const bool given_up =
      options_.declares_loss && session_ != 0 && env_.steady_now() >= suspended_at_ + timeout_;
  if (given_up) lose_session();
  const NodeId server = servers_[next_server_];
  next_server_ = (next_server_ + 1) % servers_.size();
  const Deadline until = env_.steady_now() + options_.connect_timeout;
  auto connected = co_await env_.connect(server, until);
  if (!connected) co_return false;
  connection_ = std::move(*connected);
  dropped_ = false;
  const bool opened = co_await shake_hands();
  if (!opened) connection_.reset();
  co_return opened;
}

Task<bool> Client::shake_hands() {
  ConnectRequest request;
  request.last_zxid = last_zxid_;
  request.timeout = options_.session;
  request.session = session_;
  request.password = password_;
  const SteadyTime sent = env_.steady_now();
  if (!connection_->send(make_frame(std::move(request)))) co_return false;
  const Deadline until = sent + options_.connect_timeout;
  const auto frame = co_await connection_->receive(until);
  if (!frame) co_return false;
  const auto* response = content_of<ConnectResponse>(*frame);
  if (response == nullptr) co_return false;
  if (response->session == 0) {
    lose_session();
    co_return false;
  }
  session_ = response->session;
  password_ = response->password;
  timeout_ = response->timeout;
  const bool again = state_ == ClientState::suspended;
  state_ = ClientState::connected;
  last_sent_ = last_heard_ = env_.steady_now();
  heard(sent);
  if (options_.rearms_watches) set_watches_again();
  if (again) tell(SessionEvent::resumed);
  changed_.notify();
  co_return true;
}

/// When to do something if nothing arrives.
SteadyTime Client::next_deadline() const {
  SteadyTime next = std::min(last_sent_ + timeout_ / 3, last_heard_ + timeout_ * 2 / 3);
  if (options_.request_timeout > Duration::zero()) {
    next = std::min(next, env_.steady_now() + options_.request_timeout);
  }
  return next;
}

/// False: the connection is given up.
bool Client::keep_alive() {
  const SteadyTime now = env_.steady_now();
  if (now >= last_heard_ + timeout_ * 2 / 3) return false;
  const bool bounded = options_.request_timeout > Duration::zero();
  if (bounded && !pending_.empty()) {
    if (now >= pending_.front()->sent + options_.request_timeout) return false;
  }
  if (now < last_sent_ + timeout_ / 3) return true;
  pings_.push_back(now);
  return send(make_frame(Ping()));
}

Task<void> Client::converse() {
  while (!dropped_) {
    const Deadline until = next_deadline();
    const auto frame = co_await connection_->receive(until);
    if (frame) {
      take(*frame);
    } else if (frame.error().code == ErrorCode::disconnected) {
      dropped_ = true;
    }
    if (!keep_alive()) dropped_ = true;
  }
}

bool Client::send(Frame frame) {
  last_sent_ = env_.steady_now();
  return connection_->send(std::move(frame)).has_value();
}

void Client::suspend() {
  connection_.reset();
  pings_.clear();
  if (state_ == ClientState::closed) return fail_pending();
  state_ = ClientState::suspended;
  suspended_at_ = env_.steady_now();
  tell(SessionEvent::suspended);
  fail_pending();
  wake_watches();
  changed_.notify();
}

void Client::lose_session() {
  session_ = 0;
  password_.clear();
  if (state_ != ClientState::closed) state_ = ClientState::connecting;
  tell(SessionEvent::lost);
  wake_watches();
  for (WatchTable* table : {&data_, &exist_, &child_}) table->clear();
  changed_.notify();
}

void Client::fail_pending() {
  for (const PendingPtr& pending : std::exchange(pending_, {})) {
    pending->result = fail(ErrorCode::disconnected, "connection loss");
    pending->done.notify();
  }
}

void Client::heard(SteadyTime sent) {
  if (sent <= proven_) return;
  proven_ = sent;
  if (on_heard_) on_heard_();
}

void Client::tell(SessionEvent event) {
  if (on_event_) on_event_(event);
}

// What arrives

void Client::take(const Frame& frame) {
  last_heard_ = env_.steady_now();
  if (const auto* response = content_of<Response>(frame)) {
    take_response(*response);
  } else if (const auto* event = content_of<Event>(frame)) {
    take_event(*event);
  } else if (content_of<Ping>(frame) != nullptr) {
    if (pings_.empty()) return;
    const SteadyTime sent = pings_.front();
    pings_.pop_front();
    heard(sent);
  } else if (content_of<Goodbye>(frame) != nullptr) {
    dropped_ = true;
  }
}

void Client::take_response(const Response& response) {
  if (pending_.empty() || pending_.front()->xid != response.xid) {
    dropped_ = true;  // answers come in the order of the requests
    return;
  }
  const PendingPtr pending = pending_.front();
  pending_.pop_front();
  last_zxid_ = std::max(last_zxid_, response.zxid);
  if (pending->watch) keep_watch(*pending, response.code);
  heard(pending->sent);
  pending->result = response;
  pending->done.notify();
}

void Client::keep_watch(const Pending& pending, Code code) {
  const Operation& read = pending.operations.front();
  const bool missing = code == Code::no_node;
  if (missing && read.action != Action::exists) return;
  WatchTable& table = missing ? exist_ : read.action == Action::children ? child_ : data_;
  table[read.path].push_back(pending.watch);
}

void Client::take_event(const Event& event) {
  std::vector<WatchPtr> fired;
  const auto take_from = [&](WatchTable& table) {
    const auto at = table.find(event.path);
    if (at == table.end()) return;
    fired.insert(fired.end(), at->second.begin(), at->second.end());
    table.erase(at);
  };
  const bool deleted = event.type == EventType::deleted;
  if (event.type != EventType::children_changed) take_from(data_);
  if (event.type != EventType::children_changed) take_from(exist_);
  if (deleted || event.type == EventType::children_changed) take_from(child_);
  for (const WatchPtr& watch : fired) {
    watch->event = event;
    watch->changed.notify();
  }
}

void Client::wake_watches() {
  std::vector<WatchPtr> all;
  for (const WatchTable* table : {&data_, &exist_, &child_}) {
    for (const auto& [path, watches] : *table)
      all.insert(all.end(), watches.begin(), watches.end());
  }
  for (const WatchPtr& watch : all) watch->changed.notify();
}

void Client::set_watches_again() {
  for (WatchTable* table : {&data_, &exist_, &child_}) {
    for (auto& [path, watches] : *table) {
      // Whoever no longer waits has let go of its watch.
      std::erase_if(watches, [](const WatchPtr& watch) { return watch.use_count() == 1; });
    }
    std::erase_if(*table, [](const auto& entry) { return entry.second.empty(); });
  }
  SetWatches request;
  request.last_zxid = last_zxid_;
  request.data = paths_in(data_);
  request.exist = paths_in(exist_);
  request.child = paths_in(child_);
  if (request.data.empty() && request.exist.empty() && request.child.empty()) return;
  (void)send(make_frame(std::move(request)));
}

// What is asked for

/// True once there is a connection; false when the session is another one, if one is given.
Task<bool> Client::wait_for_connection(SessionId session) {
  while (state_ != ClientState::connected) {
    if (state_ == ClientState::closed || (session != 0 && session_ != session)) co_return false;
    co_await changed_.wait();
  }
  co_return session == 0 || session_ == session;
}

Task<Result<SessionId>> Client::connected(std::optional<Deadline> until) {
  std::optional<bool> there;
  auto waiting = wait_for_connection(0);
  if (until) {
    there = co_await within(env_, *until, std::move(waiting));
  } else {
    there = co_await std::move(waiting);
  }
  if (!there) co_return fail(ErrorCode::refused, "no server of the ensemble took us in time");
  if (!*there) co_return fail(ErrorCode::lost, "the client is closed");
  co_return session_;
}

Task<Result<Response>> Client::call(SessionId session, std::vector<Operation> operations,
                                    std::optional<Deadline> until, WatchPtr watch) {
  if (state_ != ClientState::connected || session_ != session) {
    std::optional<bool> there;
    auto waiting = wait_for_connection(session);
    if (until) {
      there = co_await within(env_, *until, std::move(waiting));
    } else {
      there = co_await std::move(waiting);
    }
    if (!there) co_return fail(ErrorCode::refused, "not connected");
    if (!*there) co_return fail(ErrorCode::lost, "the session is over");
  }
  const auto pending = std::make_shared<Pending>();
  pending->xid = ++last_xid_;
  pending->operations = std::move(operations);
  if (watch) pending->operations.front().watch = true;
  pending->watch = std::move(watch);
  pending->sent = env_.steady_now();
  Request request;
  request.xid = pending->xid;
  request.operations = pending->operations;
  if (dropped_ || !send(make_frame(std::move(request)))) {
    // The reader has not yet found out; until it has, nothing is sent.
    dropped_ = true;
  }
  pending_.push_back(pending);
  while (!pending->result) co_await pending->done.wait();
  co_return std::move(*pending->result);
}

Task<Result<Response>> Client::insist(SessionId session, Operation operation, WatchPtr watch) {
  const std::vector<Operation> operations(1, std::move(operation));
  const std::optional<Deadline> never;
  for (;;) {
    auto response = co_await call(session, operations, never, watch);
    if (response || response.error().code != ErrorCode::disconnected) co_return response;
  }
}

Task<void> Client::close() {
  if (state_ == ClientState::connected) {
    const auto pending = std::make_shared<Pending>();
    pending->xid = ++last_xid_;
    pending->sent = env_.steady_now();
    Request request;
    request.xid = pending->xid;
    request.close = true;
    pending_.push_back(pending);
    (void)send(make_frame(std::move(request)));
    while (!pending->result) co_await pending->done.wait();
  }
  state_ = ClientState::closed;
  dropped_ = true;
  session_ = 0;
}

}  // namespace lockstep::zookeeper
