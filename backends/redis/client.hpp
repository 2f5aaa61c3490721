#pragma once
// A Redis client library as applications use one: commands over pooled connections, with timeouts,
// reconnection and, if asked for, at-least-once retry.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends/redis/reply.hpp"
#include "backends/redis/words.hpp"
#include "core/lock.hpp"

namespace lockstep::redis {

class Deployment;

struct ClientOptions {
  Duration connect_timeout = 1s;
  /// How long to wait for a reply; zero: for ever.
  Duration request_timeout = 1s;
  /// How often a command is sent again after a timeout or a lost connection, over a new
  /// connection, whether or not it was executed (jedis, ioredis, redis-py with retry_on_timeout).
  std::int64_t retries = 0;
};

/// Where the master is that a client wants: a server that never changes, or whoever Sentinels say.
struct Endpoint {
  Endpoint(NodeId only) : server(only) {}

  NodeId server;
  std::vector<NodeId> sentinels{};  // asked each time a connection is opened, best one first
  std::string master_name{};
};
/// The `group`-th master of a lock's deployment.
Endpoint endpoint_of(const LockOptions& options, std::size_t group = 0);
Endpoint endpoint_of(const Deployment& deployment, std::size_t group);

/// Opens a connection to the master, as clients that know Sentinel do: the first Sentinel that
/// answers says where it is (Redis documentation, "Guidelines for Redis clients with support for
/// Redis Sentinel"). `endpoint` must live as long.
Task<Result<ConnectionPtr>> connect_to_master(Env& env, Endpoint& endpoint, Duration timeout);

/// A pool: a call takes an idle connection or opens one, so that calls may be made side by side. A
/// connection whose reply did not come in time is closed: a late reply never answers another call.
/// One to a server that turns out to be no master is closed as well, with all others.
class Client {
 public:
  Client(Env& env, Endpoint endpoint, ClientOptions options = {})
      : env_(env), endpoint_(std::move(endpoint)), options_(options) {}

  /// Sends one command and gives the server's reply, error replies included. Ends in `refused`
  /// when no connection could be made (it was never sent), in `timeout` or `disconnected` once it
  /// may have reached the server.
  Task<Result<Reply>> call(Words words);
  /// The same for a command that is already in its frame, and may go to other servers too.
  Task<Result<Reply>> call(Frame command);
  /// The same on the connection of the last call, or not at all; never sent twice.
  Task<Result<Reply>> call_next(Words words);
  /// EVAL of `script` with keys and arguments.
  Task<Result<Reply>> eval(std::string script, Words keys, Words arguments);

 private:
  Task<Result<Reply>> attempt(Frame command);
  Task<Result<Reply>> insist(Frame command);
  Result<Reply> take_reply(ConnectionPtr connection, const Result<Frame>& frame);
  Task<Result<ConnectionPtr>> open_connection();

  Env& env_;
  Endpoint endpoint_;
  ClientOptions options_;
  std::vector<ConnectionPtr> idle_;
};

/// A connection that listens to channels. Messages published while it is not connected are lost.
class Subscriber {
 public:
  Subscriber(Env& env, Endpoint endpoint, ClientOptions options = {})
      : env_(env), endpoint_(std::move(endpoint)), options_(options) {}

  Task<Result<void>> subscribe(std::string channel);
  /// The next published message's payload, until the deadline.
  Task<Result<std::string>> next(Deadline until);

 private:
  Env& env_;
  Endpoint endpoint_;
  ClientOptions options_;
  ConnectionPtr connection_;
};

}  // namespace lockstep::redis
