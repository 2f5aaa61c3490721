#pragma once
// What clients and servers of ZooKeeper say to each other (zookeeper.jute, the records of its
// protocol), and what a server tells its leader of sessions.

#include <string>
#include <vector>

#include "backends/zookeeper/data.hpp"
#include "backends/zookeeper/tree.hpp"
#include "core/time.hpp"

namespace lockstep::zookeeper {

/// A client opens a session, or comes back to the one that it has.
struct ConnectRequest {
  Zxid last_zxid = 0;  // the newest that it has seen: no server may show it an older state
  Duration timeout{};  // asked for
  SessionId session = 0;
  std::string password{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

struct ConnectResponse {
  SessionId session = 0;  // 0: it has expired
  std::string password{};
  Duration timeout{};  // granted

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// Several operations are one transaction ("multi").
struct Request {
  std::uint64_t xid = 0;
  std::vector<Operation> operations{};
  bool close = false;  // ends the session

  void fold(Digest& digest) const;
  std::string describe() const;
};

struct Response {
  std::uint64_t xid = 0;
  Zxid zxid = 0;  // how far the server was
  Code code{};    // of a transaction: of the operation that stopped it
  std::vector<Answer> answers{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// "I am alive", and the answer to it.
struct Ping {
  void fold(Digest& digest) const { digest.fold(std::uint64_t{2}); }
  std::string describe() const { return "ping"; }
};

/// Watches of a client that comes back: those whose node has changed since `last_zxid` fire.
struct SetWatches {
  Zxid last_zxid = 0;
  std::vector<std::string> data{};
  std::vector<std::string> exist{};
  std::vector<std::string> child{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

struct Event {
  EventType type{};
  std::string path{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

/// The server lets go of the connection: its FIN.
struct Goodbye {
  void fold(Digest& digest) const { digest.fold(std::uint64_t{3}); }
  std::string describe() const { return "server closes the connection"; }
};

/// From a server to its leader: the sessions whose clients it has heard.
struct Heard {
  std::vector<SessionId> sessions{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

}  // namespace lockstep::zookeeper
