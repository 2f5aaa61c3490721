#pragma once
// A real mariadbd on a socket in a directory of its own, started by the test and gone with it, and
// sessions on it through its command line client: no library is needed to build this.

#include <sys/types.h>

#include <optional>
#include <string>

namespace lockstep::sql {

class MariaDbProcess {
 public:
  MariaDbProcess();
  ~MariaDbProcess();
  MariaDbProcess(const MariaDbProcess&) = delete;
  MariaDbProcess& operator=(const MariaDbProcess&) = delete;

  /// Whether there is a server to start. Where not, tests must skip with `how_to_install`.
  static bool installed();
  static constexpr const char* how_to_install = "no mariadbd here: apt-get install mariadb-server";

  const std::string& socket() const { return socket_; }

 private:
  std::string directory_;
  std::string socket_;
  pid_t process_ = -1;
};

/// One session. It reads what it is told and answers line by line.
class MariaDbSession {
 public:
  explicit MariaDbSession(const std::string& socket);
  ~MariaDbSession();
  MariaDbSession(const MariaDbSession&) = delete;
  MariaDbSession& operator=(const MariaDbSession&) = delete;

  /// Executes a query that gives one line: a value, "NULL", or an error's number.
  std::string ask(const std::string& query);
  void begin_ask(const std::string& query);
  /// The line, if it comes within so many milliseconds; nothing: it waits still.
  std::optional<std::string> answer(int within_ms);
  /// The connection ends.
  void leave();

 private:
  pid_t process_ = -1;
  int to_ = -1;
  int from_ = -1;
  std::string buffer_;
};

}  // namespace lockstep::sql
