#include "tests/real/postgres_process.hpp"

#include <poll.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/real/process.hpp"

namespace lockstep::sql {
namespace {

using std::chrono::milliseconds;

/// Debian keeps the server's programs out of PATH.
std::string program(const std::string& name) {
  const std::filesystem::path versions = "/usr/lib/postgresql";
  std::string newest;
  std::error_code absent;
  for (const auto& entry : std::filesystem::directory_iterator(versions, absent)) {
    const std::string found = entry.path().string() + "/bin/" + name;
    if (::access(found.c_str(), X_OK) == 0 && found > newest) newest = found;
  }
  return newest;
}

constexpr const char* server_user = "postgres";

pid_t launch(std::vector<std::string> words, const std::string& directory) {
  return real::launch({.words = std::move(words), .log = directory + "/log", .user = server_user});
}

void run(std::vector<std::string> words, const std::string& directory) {
  const std::string name = words[0];
  const std::string log = directory + "/log";
  if (real::run({.words = std::move(words), .log = log, .user = server_user}) != 0) {
    throw std::runtime_error(name + " failed; see " + log);
  }
}

std::uint32_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  }
  return number;
}

void append_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

}  // namespace

PostgresProcess::PostgresProcess(std::vector<std::string> settings)
    : settings_(std::move(settings)), directory_(real::new_directory("postgres", server_user)) {
  run({program("initdb"), "-D", data(), "-A", "trust", "-U", "postgres", "--no-sync"}, directory_);
  start();
}

PostgresProcess::PostgresProcess(const PostgresProcess& primary)
    : settings_(primary.settings_), directory_(real::new_directory("postgres", server_user)) {
  run({program("pg_basebackup"), "-h", "127.0.0.1", "-p", std::to_string(primary.port()), "-U",
       "postgres", "-D", data(), "-R", "-X", "stream", "--no-sync", "--checkpoint=fast"},
      directory_);
  start();
}

PostgresProcess::~PostgresProcess() {
  kill_hard();
  real::remove_directory(directory_);
}

bool PostgresProcess::installed() {
  return !program("initdb").empty() && (::getuid() != 0 || ::getpwnam("postgres") != nullptr);
}

void PostgresProcess::start() {
  port_ = real::free_port();
  std::vector<std::string> words = {program("postgres"),          "-D", data(),      "-p",
                                    std::to_string(port_),        "-k", directory_,  "-c",
                                    "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c",
                                    "shared_buffers=16MB"};
  for (const std::string& setting : settings_) {
    words.push_back("-c");
    words.push_back(setting);
  }
  process_ = launch(std::move(words), directory_);
  // It may take a while on a loaded machine.
  for (int i = 0; i < 3000 && real::is_running(process_); ++i) {
    try {
      PostgresSession probe(port_);
      return;
    } catch (const std::runtime_error&) {
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
  throw std::runtime_error("PostgreSQL does not start; see " + directory_ + "/log");
}

void PostgresProcess::kill_hard() {
  real::kill_hard(process_);
}

void PostgresProcess::promote() {
  run({program("pg_ctl"), "promote", "-D", data(), "-w"}, directory_);
}

PostgresSession::PostgresSession(std::uint16_t port) : socket_(real::connect_to(port)) {
  if (socket_ < 0) throw std::runtime_error("can't connect to PostgreSQL");
  using namespace std::string_literals;
  const std::string parameters = "user\0postgres\0database\0postgres\0\0"s;
  std::string startup;
  append_number(startup, static_cast<std::uint32_t>(8 + parameters.size()));
  append_number(startup, 196608);  // protocol 3.0
  startup += parameters;
  busy_ = true;
  (void)::send(socket_, startup.data(), startup.size(), MSG_NOSIGNAL);
  const auto ready = receive(milliseconds(30'000));
  if (!ready || !ready->error.empty()) {
    ::close(socket_);
    throw std::runtime_error("PostgreSQL is not ready");
  }
}

PostgresSession::~PostgresSession() {
  ::close(socket_);
}

void PostgresSession::send(const std::string& query) {
  std::string message = "Q";
  append_number(message, static_cast<std::uint32_t>(5 + query.size()));
  message += query;
  message += '\0';
  busy_ = true;
  answer_ = {};
  const ssize_t sent = ::send(socket_, message.data(), message.size(), MSG_NOSIGNAL);
  if (sent < 0) over_ = true;
}

PostgresAnswer PostgresSession::ask(const std::string& query) {
  send(query);
  auto answer = receive(milliseconds(30'000));
  if (!answer) throw std::runtime_error("no answer to " + query);
  return *answer;
}

bool PostgresSession::fill(milliseconds patience) {
  pollfd ready{socket_, POLLIN, 0};
  if (::poll(&ready, 1, static_cast<int>(patience.count())) <= 0) return false;
  char chunk[65536];
  const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
  if (size <= 0) {
    over_ = true;
  } else {
    buffer_.append(chunk, static_cast<std::size_t>(size));
  }
  return true;
}

std::optional<PostgresAnswer> PostgresSession::receive(milliseconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (take(answer_)) {
      busy_ = false;
      return std::exchange(answer_, {});
    }
    if (over_) return take_over();
    const auto left =
        std::chrono::duration_cast<milliseconds>(end - std::chrono::steady_clock::now());
    if (left.count() < 0 || !fill(std::max(left, milliseconds(0)))) return std::nullopt;
  }
}

std::optional<PostgresAnswer> PostgresSession::take_over() {
  busy_ = false;
  PostgresAnswer answer;
  answer.error = "over";
  return answer;
}

/// Reads messages as far as they are there; true at the end of an answer.
bool PostgresSession::take(PostgresAnswer& answer) {
  while (buffer_.size() >= 5) {
    const std::size_t size = 1 + number_at(buffer_, 1);
    if (buffer_.size() < size) return false;
    const std::string message = buffer_.substr(0, size);
    buffer_.erase(0, size);
    switch (message[0]) {
      case 'Z': return true;
      case 'K': pid_ = number_at(message, 5); break;
      case 'C': answer.tag = message.substr(5, message.size() - 6); break;
      case 'E': {
        const auto code = message.find(std::string("\0C", 2));
        const bool first = message.compare(5, 1, "C") == 0;
        const std::size_t at = first ? 6 : code + 2;
        answer.error = message.substr(at, 5);
        if (answer.error == "57P01") over_ = true;
        break;
      }
      case 'D': {
        std::vector<std::string> row;
        std::size_t at = 7;
        const auto columns = static_cast<unsigned char>(message[6]);
        for (unsigned i = 0; i < columns; ++i) {
          const std::uint32_t length = number_at(message, at);
          at += 4;
          const bool null = length == 0xffffffffu;
          row.push_back(null ? "null" : message.substr(at, length));
          if (!null) at += length;
        }
        answer.rows.push_back(std::move(row));
        break;
      }
      default: break;
    }
  }
  return false;
}

}  // namespace lockstep::sql
