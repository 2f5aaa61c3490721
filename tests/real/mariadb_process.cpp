#include "tests/real/mariadb_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <chrono>
#include <stdexcept>
#include <thread>
#include <vector>

#include "tests/real/process.hpp"

namespace lockstep::sql {
namespace {

constexpr const char* server = "/usr/sbin/mariadbd";

/// mariadbd does not run as root unless it is told to.
std::vector<std::string> as_self(std::vector<std::string> words) {
  if (::getuid() == 0) words.emplace_back("--user=root");
  return words;
}

}  // namespace

bool MariaDbProcess::installed() {
  return ::access(server, X_OK) == 0;
}

MariaDbProcess::MariaDbProcess() {
  directory_ = real::new_directory("mariadb");
  socket_ = directory_ + "/socket";
  const std::string data = "--datadir=" + directory_ + "/data";
  real::run({as_self({"mariadb-install-db", "--no-defaults", data, "--skip-test-db",
                      "--auth-root-authentication-method=normal"})});
  process_ = real::launch(
      {as_self({server, "--no-defaults", data, "--socket=" + socket_, "--skip-networking",
                "--performance-schema=OFF", "--pid-file=" + directory_ + "/pid"})});
  for (int i = 0; i < 1000 && real::is_running(process_); ++i) {
    const std::vector<std::string> ping = {"mariadb", "--no-defaults", "--socket=" + socket_,
                                           "--user=root", "--execute=SELECT 1"};
    if (real::run({ping}) == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("mariadbd does not start in " + directory_);
}

MariaDbProcess::~MariaDbProcess() {
  real::kill_hard(process_);
  real::remove_directory(directory_);
}

MariaDbSession::MariaDbSession(const std::string& socket) {
  int in[2];
  int out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  // One line per answer as soon as it is there, no names of columns, and on after errors.
  process_ =
      real::launch({.words = {"mariadb", "--no-defaults", "--socket=" + socket, "--user=root",
                              "--batch", "--skip-column-names", "--unbuffered", "--force"},
                    .in = in[0],
                    .out = out[1]});
  ::close(in[0]);
  ::close(out[1]);
  to_ = in[1];
  from_ = out[0];
}

MariaDbSession::~MariaDbSession() {
  leave();
}

void MariaDbSession::leave() {
  if (process_ <= 0) return;
  real::kill_hard(process_);
  ::close(to_);
  ::close(from_);
}

void MariaDbSession::begin_ask(const std::string& query) {
  const std::string line = query + ";\n";
  if (::write(to_, line.data(), line.size()) != static_cast<ssize_t>(line.size())) {
    throw std::runtime_error("the session is over");
  }
}

std::optional<std::string> MariaDbSession::answer(int within_ms) {
  for (;;) {
    const std::size_t end = buffer_.find('\n');
    if (end != std::string::npos) {
      std::string line = buffer_.substr(0, end);
      buffer_.erase(0, end + 1);
      if (line.empty()) continue;
      // "ERROR 1213 (40001) at line 3: Deadlock found ..."
      if (line.starts_with("ERROR ")) return line.substr(6, line.find(' ', 6) - 6);
      return line;
    }
    pollfd readable{from_, POLLIN, 0};
    if (::poll(&readable, 1, within_ms) <= 0) return std::nullopt;
    char chunk[4096];
    const ssize_t size = ::read(from_, chunk, sizeof chunk);
    if (size <= 0) throw std::runtime_error("the session is over: " + buffer_);
    buffer_.append(chunk, static_cast<std::size_t>(size));
  }
}

std::string MariaDbSession::ask(const std::string& query) {
  begin_ask(query);
  const auto line = answer(30'000);
  return line ? *line : "no answer";
}

}  // namespace lockstep::sql
