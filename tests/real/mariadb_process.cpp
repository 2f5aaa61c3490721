#include "tests/real/mariadb_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <vector>

namespace lockstep::sql {
namespace {

constexpr const char* server = "/usr/sbin/mariadbd";

/// Starts a program whose standard streams are these; it dies with the test.
pid_t start(std::vector<std::string> words, int in, int out) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child != 0) return child;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::dup2(in, 0);
  ::dup2(out, 1);
  ::dup2(out, 2);
  ::execvp(arguments[0], arguments.data());
  ::_exit(127);
}

int run(std::vector<std::string> words) {
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const pid_t child = start(std::move(words), nowhere, nowhere);
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(nowhere);
  return status;
}

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
  std::string pattern = (std::filesystem::temp_directory_path() / "lockstep-mariadb-").string();
  pattern.append(6, 'X');  // what mkdtemp replaces
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
  socket_ = directory_ + "/socket";
  const std::string data = "--datadir=" + directory_ + "/data";
  run(as_self({"mariadb-install-db", "--no-defaults", data, "--skip-test-db",
               "--auth-root-authentication-method=normal"}));
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  process_ =
      start(as_self({server, "--no-defaults", data, "--socket=" + socket_, "--skip-networking",
                     "--performance-schema=OFF", "--pid-file=" + directory_ + "/pid"}),
            nowhere, nowhere);
  ::close(nowhere);
  for (int i = 0; i < 1000 && ::waitpid(process_, nullptr, WNOHANG) == 0; ++i) {
    const std::vector<std::string> ping = {"mariadb", "--no-defaults", "--socket=" + socket_,
                                           "--user=root", "--execute=SELECT 1"};
    if (run(ping) == 0) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("mariadbd does not start in " + directory_);
}

MariaDbProcess::~MariaDbProcess() {
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

MariaDbSession::MariaDbSession(const std::string& socket) {
  int in[2];
  int out[2];
  if (::pipe2(in, O_CLOEXEC) != 0 || ::pipe2(out, O_CLOEXEC) != 0) {
    throw std::runtime_error("no pipe");
  }
  // One line per answer as soon as it is there, no names of columns, and on after errors.
  process_ = start({"mariadb", "--no-defaults", "--socket=" + socket, "--user=root", "--batch",
                    "--skip-column-names", "--unbuffered", "--force"},
                   in[0], out[1]);
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
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  ::close(to_);
  ::close(from_);
  process_ = -1;
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
