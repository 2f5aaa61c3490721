#pragma once
// A real ZooKeeper ensemble on the loopback, started by the test and gone with it, and sessions of
// it that speak its protocol (zookeeper.jute).

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "backends/zookeeper/messages.hpp"
#include "tests/real/shifted_clock.hpp"

namespace lockstep::zookeeper {

class ZooKeeperEnsemble {
 public:
  /// `sync_ticks`: after how many ticks of silence a follower and its leader give each other up.
  explicit ZooKeeperEnsemble(std::size_t servers = 1,
                             std::chrono::milliseconds tick = std::chrono::milliseconds(1'000),
                             int sync_ticks = 5);
  ~ZooKeeperEnsemble();
  ZooKeeperEnsemble(const ZooKeeperEnsemble&) = delete;
  ZooKeeperEnsemble& operator=(const ZooKeeperEnsemble&) = delete;

  /// Whether there is one to start. Where not, tests must skip with `how_to_install`.
  static bool installed();
  static constexpr const char* how_to_install =
      "no ZooKeeper or no Java here: apt-get install zookeeper default-jre-headless";

  /// The wall clock that all of its servers live by.
  ShiftedClock& clock() { return clock_; }
  std::uint16_t port(std::size_t server) const { return servers_[server].clients; }
  std::size_t size() const { return servers_.size(); }
  /// Which server leads, once one does.
  std::size_t leader() const;
  /// SIGSTOP, and SIGCONT.
  void pause(std::size_t server);
  void resume(std::size_t server);

 private:
  struct Server {
    std::uint16_t clients = 0;
    std::uint16_t peers = 0;
    std::uint16_t elections = 0;
    pid_t process = -1;
  };
  void start(std::size_t server, std::chrono::milliseconds tick, int sync_ticks);
  /// What a four-letter command says; empty: nobody answers.
  std::string command(std::size_t server, const std::string& letters) const;

  ShiftedClock clock_;
  std::string directory_;
  std::vector<Server> servers_;
};

/// The connection could not be made, or is over. What was asked last may have been done.
class ConnectionOver : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One session over one connection. Throws ConnectionOver.
class ZooKeeperSession {
 public:
  /// A new one, or the one that `of` names.
  ZooKeeperSession(std::uint16_t port, std::chrono::milliseconds timeout,
                   const ConnectResponse& of = {});
  ~ZooKeeperSession();
  ZooKeeperSession(const ZooKeeperSession&) = delete;
  ZooKeeperSession& operator=(const ZooKeeperSession&) = delete;

  /// What the server said: session 0 when it has expired.
  const ConnectResponse& granted() const { return granted_; }
  /// One operation; several are one transaction.
  Response call(const std::vector<Operation>& operations);
  /// Sends a ping and waits for its answer.
  void ping();
  /// Ends the session.
  void close();
  /// Ends the connection alone.
  void drop();
  /// The events that came so far.
  std::vector<Event> take_events();

 private:
  void send(const std::string& body);
  std::string receive();
  /// The next frame that answers `xid`; events on the way are kept.
  std::string answer_to(std::int32_t xid);

  int socket_ = -1;
  std::int32_t last_xid_ = 0;
  ConnectResponse granted_;
  std::vector<Event> events_;
};

}  // namespace lockstep::zookeeper
