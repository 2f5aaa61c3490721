#pragma once
// A simulated ZooKeeper ensemble and a real one side by side: every session exists in both, every
// request goes to both, and what they answer must be equal, but for their zxids and session ids.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "backends/zookeeper/server.hpp"
#include "sim/world.hpp"
#include "tests/real/zookeeper_process.hpp"

namespace lockstep::zookeeper {

constexpr std::chrono::milliseconds tick{1'000};

/// The simulated ensemble, and a node from which sessions speak to its servers.
class SimulatedEnsemble {
 public:
  explicit SimulatedEnsemble(std::size_t servers) {
    ServerOptions options;
    options.settings = Settings(server_parameters());
    options.settings.put("servers", static_cast<std::int64_t>(servers));
    options.settings.put("session", Duration(10s));
    options.settings.put("tick", Duration(tick));
    for (std::size_t i = 0; i < servers; ++i) {
      options.servers.push_back(NodeId{static_cast<std::uint32_t>(i)});
    }
    for (std::size_t i = 0; i < servers; ++i) {
      options.self = i;
      world.add(name(i), [options](Env& env) { return serve(env, options); });
    }
    client = &world.add("client", [](Env&) -> Task<void> { co_return; });
    world.run_until(world.now() + 5s);
  }
  static std::string name(std::size_t server) { return "zookeeper-" + std::to_string(server + 1); }

  sim::World world{{}};
  sim::Node* client = nullptr;
};

/// One session of the simulated ensemble over one connection, like ZooKeeperSession.
class SimulatedSession {
 public:
  SimulatedSession(SimulatedEnsemble& ensemble, std::size_t server,
                   std::chrono::milliseconds timeout, const ConnectResponse& of = {})
      : ensemble_(ensemble) {
    ensemble_.client->spawn(
        converse(*ensemble_.client, NodeId{static_cast<std::uint32_t>(server)}, said_));
    wait([this] { return said_->connection != nullptr; });
    ConnectRequest request;
    request.timeout = timeout;
    request.session = of.session;
    request.password = of.password;
    send(make_frame(std::move(request)));
    wait([this] { return said_->granted.has_value(); });
  }

  const ConnectResponse& granted() const { return *said_->granted; }
  Response call(const std::vector<Operation>& operations) {
    Request request;
    request.xid = ++last_xid_;
    request.operations = operations;
    send(make_frame(std::move(request)));
    wait([this] { return said_->answer && said_->answer->xid == last_xid_; });
    return *said_->answer;
  }
  void ping() {
    const std::size_t before = said_->pings;
    send(make_frame(Ping()));
    wait([&] { return said_->pings > before; });
  }
  void close() {
    Request request;
    request.xid = ++last_xid_;
    request.close = true;
    send(make_frame(std::move(request)));
    wait([this] { return said_->answer && said_->answer->xid == last_xid_; });
    drop();
  }
  /// Its coroutine lets go of the connection: nobody else may while it waits there.
  void drop() {
    said_->wanted = false;
    ensemble_.world.run_until(ensemble_.world.now() + 5ms);
  }
  std::vector<Event> take_events() {
    ping();
    return std::exchange(said_->events, {});
  }

 private:
  struct Said {
    ConnectionPtr connection;
    bool wanted = true;
    std::optional<ConnectResponse> granted;
    std::optional<Response> answer;
    std::vector<Event> events;
    std::size_t pings = 0;
  };

  static Task<void> converse(Env& env, NodeId server, std::shared_ptr<Said> said) {
    auto connection = co_await env.connect(server, env.steady_now() + 5s);
    if (!connection) co_return;
    said->connection = std::move(*connection);
    while (said->wanted) {
      auto frame = co_await said->connection->receive(env.steady_now() + 1ms);
      if (!frame && frame.error().code != ErrorCode::timeout) co_return;
      if (!frame) continue;
      if (const auto* granted = content_of<ConnectResponse>(*frame)) said->granted = *granted;
      if (const auto* answer = content_of<Response>(*frame)) said->answer = *answer;
      if (const auto* event = content_of<Event>(*frame)) said->events.push_back(*event);
      if (content_of<Ping>(*frame) != nullptr) ++said->pings;
    }
    said->connection.reset();
  }
  void send(Frame frame) {
    if (!said_->connection || !said_->connection->send(std::move(frame))) {
      throw std::runtime_error("the connection to the simulated ZooKeeper is over");
    }
  }
  template <class Condition>
  void wait(Condition condition) {
    sim::World& world = ensemble_.world;
    const WorldTime end = world.now() + 20s;
    while (!condition() && world.now() < end) world.run_until(world.now() + 1ms);
    if (!condition()) throw std::runtime_error("the simulated ZooKeeper does not answer");
  }

  SimulatedEnsemble& ensemble_;
  std::shared_ptr<Said> said_ = std::make_shared<Said>();
  std::uint64_t last_xid_ = 0;
};

class ZooKeeperPair {
 public:
  explicit ZooKeeperPair(std::size_t servers = 1, int sync_ticks = 5)
      : real(servers, tick, sync_ticks), simulated(servers), leader_(real.leader()) {}

  /// The real server of a number: 0 leads at first, in both.
  std::size_t real_server(std::size_t server) const { return (leader_ + server) % real.size(); }

  /// A new session in both, by the server of that number.
  void open(const std::string& who, std::chrono::milliseconds timeout = std::chrono::seconds(10),
            std::size_t server = 0) {
    Both both;
    both.theirs = connect(real.port(real_server(server)), timeout, {});
    both.ours = std::make_unique<SimulatedSession>(simulated, server, timeout);
    both.port = real.port(real_server(server));
    EXPECT_EQ(Duration(both.ours->granted().timeout), both.theirs->granted().timeout);
    sessions_[who] = std::move(both);
  }
  /// Comes back to the session of `who` over a new connection; false when it has expired.
  bool reopen(const std::string& who, std::chrono::milliseconds timeout, std::size_t server = 0) {
    Both& both = sessions_.at(who);
    const ConnectResponse their_session = both.theirs->granted();
    const ConnectResponse our_session = both.ours->granted();
    both.theirs = connect(real.port(real_server(server)), timeout, their_session);
    both.ours = std::make_unique<SimulatedSession>(simulated, server, timeout, our_session);
    both.port = real.port(real_server(server));
    EXPECT_EQ(both.ours->granted().session != 0, both.theirs->granted().session != 0);
    return both.theirs->granted().session != 0;
  }
  /// What both answer: "ok /l/x-0000000001", "BadVersion", "stat v1 cv0 ...".
  std::string say(const std::string& who, const std::vector<Operation>& operations) {
    Both& both = sessions_.at(who);
    const std::string ours = told(both.ours->call(operations), operations);
    const std::string theirs = told(insist(both, operations), operations);
    EXPECT_EQ(ours, theirs) << operations.front().describe();
    return theirs;
  }
  std::string say(const std::string& who, Operation operation) {
    return say(who, std::vector<Operation>{std::move(operation)});
  }
  /// The events that both were told since the last time, and that both must agree on.
  std::vector<std::string> events(const std::string& who) {
    Both& both = sessions_.at(who);
    const auto ours = told(both.ours->take_events());
    const auto theirs = told(both.theirs->take_events());
    EXPECT_EQ(ours, theirs);
    return theirs;
  }
  void ping(const std::string& who) {
    sessions_.at(who).theirs->ping();
    sessions_.at(who).ours->ping();
  }
  void close(const std::string& who) {
    sessions_.at(who).theirs->close();
    sessions_.at(who).ours->close();
  }
  void drop(const std::string& who) {
    sessions_.at(who).theirs->drop();
    sessions_.at(who).ours->drop();
  }
  /// The real connection alone: it is taken up again with the next request.
  void lose_real(const std::string& who) { sessions_.at(who).theirs->drop(); }
  /// Lets time pass in both, while everybody in `alive` pings.
  void pass(std::chrono::milliseconds length, const std::vector<std::string>& alive = {}) {
    constexpr std::chrono::milliseconds step{200};
    for (auto passed = std::chrono::milliseconds(0); passed < length; passed += step) {
      simulated.world.run_until(simulated.world.now() + step);
      std::this_thread::sleep_for(step);
      for (const std::string& who : alive) ping(who);
    }
  }
  /// The zxid of a node's creation in the real ensemble, and in ours.
  std::pair<Zxid, Zxid> czxid(const std::string& who, const std::string& path) {
    Both& both = sessions_.at(who);
    return {both.theirs->call({exists(path)}).answers.at(0).stat.czxid,
            both.ours->call({exists(path)}).answers.at(0).stat.czxid};
  }

  ZooKeeperEnsemble real;
  SimulatedEnsemble simulated;

 private:
  struct Both {
    std::unique_ptr<ZooKeeperSession> theirs;
    std::unique_ptr<SimulatedSession> ours;
    std::uint16_t port = 0;  // of the real server
  };

  /// Asks the real server. On a loaded machine it may close a connection: then, as ZooKeeper's own
  /// client, a new one takes the session up while it lives, and what is safe to ask twice is asked
  /// again. Of a write it is looked up first whether it was done.
  static Response insist(Both& both, const std::vector<Operation>& operations) {
    for (;;) {
      try {
        return both.theirs->call(operations);
      } catch (const ConnectionOver&) {
        const Operation& asked = operations.front();
        const bool writes = asked.action == Action::set;
        const bool reads = asked.action == Action::get || asked.action == Action::exists ||
                           asked.action == Action::sync;
        if (operations.size() > 1 || asked.watch || !(reads || writes)) throw;
        take_up(both);
        if (!writes) continue;
        (void)insist(both, {sync(asked.path)});
        Response seen = insist(both, {get(asked.path)});
        if (seen.code == Code::ok && seen.answers.front().data == asked.data) return seen;
      }
    }
  }
  /// A new connection for the real session.
  static void take_up(Both& both) {
    const ConnectResponse session = both.theirs->granted();
    const auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(session.timeout);
    both.theirs = connect(both.port, timeout, session);
    if (both.theirs->granted().session == 0) throw std::runtime_error("the session is over");
  }
  /// A server that has not joined its leader yet closes connections at once: it is tried again, for
  /// as long as a session lasts.
  static std::unique_ptr<ZooKeeperSession> connect(std::uint16_t port,
                                                   std::chrono::milliseconds timeout,
                                                   const ConnectResponse& of) {
    const auto end = std::chrono::steady_clock::now() + timeout;
    for (;;) {
      try {
        return std::make_unique<ZooKeeperSession>(port, timeout, of);
      } catch (const ConnectionOver&) {
        if (std::chrono::steady_clock::now() >= end) throw;
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
      }
    }
  }

  static std::string told(const Stat& stat) {
    return fmt::format("v{} cv{} children {}{}", stat.version, stat.cversion, stat.children,
                       stat.ephemeral_owner != 0 ? " ephemeral" : "");
  }
  static std::string told(const Answer& answer, Action action) {
    if (answer.code != Code::ok) return std::string(name_of(answer.code));
    switch (action) {
      case Action::create: return answer.path;
      case Action::get: return answer.data + " " + told(answer.stat);
      case Action::exists:
      case Action::set: return told(answer.stat);
      case Action::children: {
        std::vector<std::string> names = answer.children;
        std::sort(names.begin(), names.end());  // the real ones come in the order of a hash
        return fmt::format("[{}] {}", fmt::join(names, " "), told(answer.stat));
      }
      default: return "ok";
    }
  }
  static std::string told(const Response& response, const std::vector<Operation>& operations) {
    if (response.answers.empty()) return std::string(name_of(response.code));
    std::string out;
    for (std::size_t i = 0; i < response.answers.size(); ++i) {
      out += (i > 0 ? "; " : "") + told(response.answers[i], operations[i].action);
    }
    return out;
  }
  static std::vector<std::string> told(const std::vector<Event>& events) {
    std::vector<std::string> out;
    for (const Event& event : events) {
      out.push_back(std::string(name_of(event.type)) + " " + event.path);
    }
    return out;
  }

  std::size_t leader_;
  std::map<std::string, Both> sessions_;
};

inline Operation watching(Operation operation) {
  operation.watch = true;
  return operation;
}

}  // namespace lockstep::zookeeper
