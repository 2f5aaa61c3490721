#pragma once
// A real redis-server on the loopback, started by the test and gone with it, and a connection to
// it that speaks RESP.

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "backends/redis/reply.hpp"
#include "backends/redis/session.hpp"
#include "tests/real/process.hpp"
#include "tests/real/shifted_clock.hpp"

namespace lockstep::redis {

/// A redis-server of its own, with its own empty directory.
class RedisProcess {
 public:
  explicit RedisProcess(std::vector<std::string> options = {});
  /// Lives by `clock`, which outlives it.
  RedisProcess(std::vector<std::string> options, const ShiftedClock& clock);
  /// A Sentinel, with these lines in its configuration.
  struct SentinelLines {
    std::vector<std::string> lines;
  };
  explicit RedisProcess(SentinelLines sentinel);
  ~RedisProcess();
  RedisProcess(const RedisProcess&) = delete;
  RedisProcess& operator=(const RedisProcess&) = delete;

  /// Whether there is a redis-server to start. Where not, tests must skip with `how_to_install`.
  static bool installed();
  static constexpr const char* how_to_install =
      "no redis-server here: apt-get install redis-server";

  /// kill -9, and starts it again on the same directory, and port where that is free.
  void kill_and_restart();
  /// kill -9.
  void kill();
  /// SIGSTOP, and SIGCONT.
  void pause();
  void resume();
  std::uint16_t port() const { return port_; }

 private:
  void start();
  std::vector<std::string> command_line() const;

  std::vector<std::string> options_;
  const ShiftedClock* clock_ = nullptr;  // null: the machine's
  std::vector<std::string> sentinel_;    // empty: it is a server
  std::string directory_ = real::new_directory("redis");
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

/// One blocking connection. Throws std::runtime_error when the server goes away.
class RedisConnection {
 public:
  explicit RedisConnection(std::uint16_t port);
  ~RedisConnection();
  RedisConnection(RedisConnection&& other) noexcept;
  RedisConnection& operator=(RedisConnection&&) = delete;

  Reply call(const Words& words);
  /// The next reply or push that comes by itself.
  Reply read();

 private:
  std::string take(std::size_t size);
  std::string take_line();
  void fill();

  int socket_ = -1;
  std::string buffer_;
};

}  // namespace lockstep::redis
