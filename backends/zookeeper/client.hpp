#pragma once
// A client library of ZooKeeper, as the Java client and kazoo are: one session, kept over
// connections to one server after the other.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/zookeeper/messages.hpp"
#include "core/env.hpp"
#include "core/result.hpp"
#include "core/settings.hpp"
#include "core/signal.hpp"

namespace lockstep::zookeeper {

struct ClientOptions {
  Duration session = 10s;      // asked for
  Duration connect_timeout{};  // zero: a third of the session
  Duration request_timeout{};  // what is not answered by then ends the connection; zero: never
  Duration reconnect_pause{};  // at most, between two attempts; zero: a hundredth of the session
  bool declares_loss = false;  // after a session's length without a server (Curator since 3.0)
  bool rearms_watches = true;  // when it comes back
  std::size_t first_server = npos;  // npos: any
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);
};
ClientOptions client_options(const Settings& settings);
/// What every lock on ZooKeeper has for its client.
std::vector<Parameter> client_parameters();

/// A watch that was set, until it fires.
struct Watch {
  std::optional<Event> event;
  Signal changed;  // also when the connection or the session is lost
};
using WatchPtr = std::shared_ptr<Watch>;

enum class ClientState : std::uint8_t { connecting, connected, suspended, closed };
/// What happened to the session (kazoo: SUSPENDED, CONNECTED, LOST).
enum class SessionEvent : std::uint8_t { suspended, resumed, lost };

class Client {
 public:
  /// `env` outlives it. Its session is kept from now on.
  static std::shared_ptr<Client> start(Env& env, std::vector<NodeId> servers,
                                       ClientOptions options);
  Client(Env& env, std::vector<NodeId> servers, ClientOptions options);

  /// Waits for a connection; gives the session, which may be a new one. Ends in `refused` at
  /// `until`; none: never.
  Task<Result<SessionId>> connected(std::optional<Deadline> until);

  /// One request, sent once on whichever connection there is, in the order of the calls: its
  /// answers, refusals included. Ends in `lost` when the session is not that one any more, in
  /// `refused` when there was no connection until `until`, in `disconnected` when the connection
  /// ended before the answer: it may have been executed. `watch`: of a read that sets one.
  Task<Result<Response>> call(SessionId session, std::vector<Operation> operations,
                              std::optional<Deadline> until = std::nullopt,
                              WatchPtr watch = nullptr);
  /// The same until an answer is there or the session is over: for what may be done twice.
  Task<Result<Response>> insist(SessionId session, Operation operation, WatchPtr watch = nullptr);

  /// Ends the session.
  Task<void> close();

  SessionId session() const { return session_; }
  ClientState state() const { return state_; }
  Duration timeout() const { return timeout_; }
  /// When the newest request was sent that a server has answered: from then on the ensemble counts
  /// this client's silence, or from later.
  SteadyTime proven() const { return proven_; }

  void on_session_event(std::function<void(SessionEvent)> call) { on_event_ = std::move(call); }
  /// Called whenever `proven` has moved.
  void on_heard(std::function<void()> call) { on_heard_ = std::move(call); }

 private:
  struct Pending {
    std::uint64_t xid = 0;
    std::vector<Operation> operations;
    WatchPtr watch;
    SteadyTime sent{};
    std::optional<Result<Response>> result;
    Signal done;
  };
  using PendingPtr = std::shared_ptr<Pending>;
  using WatchTable = std::map<std::string, std::vector<WatchPtr>>;

  static Task<void> run(std::shared_ptr<Client> client);
  Task<bool> open();
  Task<bool> shake_hands();
  Task<void> converse();
  Task<bool> wait_for_connection(SessionId session);
  void take(const Frame& frame);
  void take_response(const Response& response);
  void take_event(const Event& event);
  void keep_watch(const Pending& pending, Code code);
  void set_watches_again();
  bool send(Frame frame);
  SteadyTime next_deadline() const;
  bool keep_alive();
  void heard(SteadyTime sent);
  void suspend();
  void lose_session();
  void fail_pending();
  void wake_watches();
  void tell(SessionEvent event);

  Env& env_;
  std::vector<NodeId> servers_;
  ClientOptions options_;
  std::size_t next_server_ = 0;

  ClientState state_ = ClientState::connecting;
  Signal changed_;
  ConnectionPtr connection_;
  bool dropped_ = false;  // the connection is of no more use
  SessionId session_ = 0;
  std::string password_;
  Duration timeout_{};
  Zxid last_zxid_ = 0;
  std::uint64_t last_xid_ = 0;
  SteadyTime last_sent_{};
  SteadyTime last_heard_{};
  SteadyTime proven_{};
  SteadyTime suspended_at_{};
  std::deque<PendingPtr> pending_;
  std::deque<SteadyTime> pings_;
  WatchTable data_;
  WatchTable exist_;
  WatchTable child_;
  std::function<void(SessionEvent)> on_event_;
  std::function<void()> on_heard_;
};
using ClientPtr = std::shared_ptr<Client>;

}  // namespace lockstep::zookeeper
