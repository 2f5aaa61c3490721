#pragma once
// A Redis client library as applications use one: commands over one connection, with timeouts,
// reconnection and, if asked for, at-least-once retry.

#include <memory>
#include <string>
#include <vector>

#include "backends/redis/reply.hpp"
#include "core/env.hpp"

namespace lockstep::redis {

using Words = std::vector<std::string>;

/// Builds a command out of text and numbers: words("PEXPIRE", key, 10000).
template <class... Parts>
Words words(const Parts&... parts);

struct ClientOptions {
  Duration connect_timeout = 1s;
  /// How long to wait for a reply; zero: for ever.
  Duration request_timeout = 1s;
  /// How often a command is sent again after a timeout or a lost connection, over a new
  /// connection, whether or not it was executed (jedis, ioredis, redis-py with retry_on_timeout).
  std::int64_t retries = 0;
};

/// One command at a time; a second call while one is under way waits for its turn.
class Client {
 public:
  Client(Env& env, NodeId server, ClientOptions options = {});

  /// Sends one command and gives the server's reply, error replies included. Ends in `timeout` or
  /// `disconnected` (indefinite) once a command may have reached the server, in `refused` or
  /// `timeout` when no connection could be made (then `Error::definite()` may still say no).
  Task<Result<Reply>> call(Words words);
  /// EVAL script with keys and arguments.
  Task<Result<Reply>> eval(std::string script, Words keys, Words arguments);

 private:
  struct Turn;
  Task<Result<Reply>> attempt(Frame command);

  Env& env_;
  NodeId server_;
  ClientOptions options_;
  ConnectionPtr connection_;
};

/// A connection that listens to channels.
class Subscriber {
 public:
  Subscriber(Env& env, NodeId server, ClientOptions options = {});

  Task<Result<void>> subscribe(std::string channel);
  /// The next published message's payload, until the deadline.
  Task<Result<std::string>> next(Deadline until);

 private:
  Env& env_;
  NodeId server_;
  ClientOptions options_;
  ConnectionPtr connection_;
};

namespace detail {
inline std::string word(std::string text) { return text; }
inline std::string word(const char* text) { return text; }
inline std::string word(std::int64_t number) { return std::to_string(number); }
inline std::string word(int number) { return std::to_string(number); }
inline std::string word(std::uint64_t number) { return std::to_string(number); }
}  // namespace detail

template <class... Parts>
Words words(const Parts&... parts) {
  Words all;
  all.reserve(sizeof...(parts));
  (all.push_back(detail::word(parts)), ...);
  return all;
}

}  // namespace lockstep::redis
