#pragma once
// A real pgbouncer on the loopback in front of a real PostgreSQL, pooling transactions, started by
// the test and gone with it.

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace lockstep::sql {

class PgbouncerProcess {
 public:
  /// `size` sessions of the server at `server_port`, opened at once and used in turn.
  PgbouncerProcess(std::uint16_t server_port, int size);
  ~PgbouncerProcess();
  PgbouncerProcess(const PgbouncerProcess&) = delete;
  PgbouncerProcess& operator=(const PgbouncerProcess&) = delete;

  /// Whether there is one to start. Where not, tests must skip with `how_to_install`.
  static bool installed();
  static constexpr const char* how_to_install = "no pgbouncer here: apt-get install pgbouncer";

  std::uint16_t port() const { return port_; }

 private:
  std::string directory_;
  std::uint16_t port_ = 0;
  pid_t process_ = -1;
};

}  // namespace lockstep::sql
