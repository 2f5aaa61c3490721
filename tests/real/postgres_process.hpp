#pragma once
// A real PostgreSQL server on the loopback, started by the test and gone with it, and sessions of
// it that speak the frontend/backend protocol (PostgreSQL manual, chapter 55).

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lockstep::sql {

/// A server of its own, in its own directory. As root it runs as the user postgres, for the server
/// refuses to be root.
class PostgresProcess {
 public:
  /// `settings`: "name=value" for the server's -c.
  explicit PostgresProcess(std::vector<std::string> settings = {});
  /// A hot standby of `primary`, by pg_basebackup.
  explicit PostgresProcess(const PostgresProcess& primary);
  ~PostgresProcess();
  PostgresProcess& operator=(const PostgresProcess&) = delete;

  /// Whether there is a server to start. Where not, tests must skip with `how_to_install`.
  static bool installed();
  static constexpr const char* how_to_install =
      "no PostgreSQL server here: apt-get install postgresql";

  std::uint16_t port() const { return port_; }
  /// kill -9 of the postmaster; its children go by themselves.
  void kill_hard();
  /// pg_ctl promote.
  void promote();

 private:
  void start();
  std::string data() const { return directory_ + "/data"; }

  std::vector<std::string> settings_;
  std::string directory_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

/// What one query brought.
struct PostgresAnswer {
  std::string error{};  // SQLSTATE; "over" when the session was
  std::string tag{};    // "UPDATE 1"
  std::vector<std::vector<std::string>> rows{};
};

/// One session. A query may be sent and its answer looked for later.
class PostgresSession {
 public:
  explicit PostgresSession(std::uint16_t port);
  ~PostgresSession();
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  std::int64_t pid() const { return pid_; }
  void send(const std::string& query);
  bool busy() const { return busy_; }
  /// The answer, once there; waits for no longer than `patience`.
  std::optional<PostgresAnswer> receive(std::chrono::milliseconds patience);
  /// Sends and waits.
  PostgresAnswer ask(const std::string& query);

 private:
  bool fill(std::chrono::milliseconds patience);
  std::optional<PostgresAnswer> take_over();
  bool take(PostgresAnswer& answer);

  int socket_ = -1;
  std::int64_t pid_ = 0;
  bool busy_ = false;
  bool over_ = false;
  std::string buffer_;
  PostgresAnswer answer_;
};

}  // namespace lockstep::sql
