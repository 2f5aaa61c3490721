#include "tests/real/redis_process.hpp"

#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/real/process.hpp"

namespace lockstep::redis {
namespace {

/// Whether a server is there and has finished loading.
bool answers(std::uint16_t port) {
  const int probe = real::connect_to(port);
  if (probe < 0) return false;
  ::close(probe);
  return describe(RedisConnection(port).call({"PING"})) == "PONG";
}

}  // namespace

RedisProcess::RedisProcess(std::vector<std::string> options) : options_(std::move(options)) {
  start();
}

RedisProcess::RedisProcess(std::vector<std::string> options, const ShiftedClock& clock)
    : options_(std::move(options)), clock_(&clock) {
  start();
}

RedisProcess::RedisProcess(SentinelLines sentinel) : sentinel_(std::move(sentinel.lines)) {
  start();
}

RedisProcess::~RedisProcess() {
  kill();
  real::remove_directory(directory_);
}

bool RedisProcess::installed() {
  return !real::program_in_path("redis-server").empty();
}

/// A Sentinel keeps what it learns in the file that it was started with.
std::vector<std::string> RedisProcess::command_line() const {
  if (!sentinel_.empty()) {
    const std::string file = directory_ + "/sentinel.conf";
    std::ofstream out(file);
    out << "port " << port_ << "\nbind 127.0.0.1\ndir " << directory_ << "\nlogfile " << directory_
        << "/log\n";
    for (const std::string& line : sentinel_) out << line << "\n";
    return {"redis-server", file, "--sentinel"};
  }
  std::vector<std::string> words = {"redis-server",
                                    "--port",
                                    std::to_string(port_),
                                    "--bind",
                                    "127.0.0.1",
                                    "--save",
                                    "",
                                    "--dir",
                                    directory_,
                                    "--logfile",
                                    directory_ + "/log"};
  words.insert(words.end(), options_.begin(), options_.end());
  return words;
}

void RedisProcess::start() {
  for (int attempt = 0; attempt < 5; ++attempt) {
    if (port_ == 0 || attempt > 0) port_ = real::free_port();
    process_ = real::launch({.words = command_line(), .before_it_begins = [this] {
                               if (clock_ != nullptr) clock_->give_to_this_process();
                             }});
    // It may take a while on a loaded machine; it is gone at once when somebody took the port.
    for (int i = 0; i < 1000 && real::is_running(process_); ++i) {
      if (answers(port_)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    kill();
  }
  throw std::runtime_error("redis-server does not start; see its log in " + directory_);
}

void RedisProcess::kill() {
  real::kill_hard(process_);
}

void RedisProcess::pause() {
  ::kill(process_, SIGSTOP);
}

void RedisProcess::resume() {
  ::kill(process_, SIGCONT);
}

void RedisProcess::kill_and_restart() {
  kill();
  start();
}

RedisConnection::RedisConnection(std::uint16_t port) : socket_(real::connect_to(port)) {
  if (socket_ < 0) throw std::runtime_error("can't connect to redis-server");
}

RedisConnection::RedisConnection(RedisConnection&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)), buffer_(std::move(other.buffer_)) {}

RedisConnection::~RedisConnection() {
  if (socket_ >= 0) ::close(socket_);
}

Reply RedisConnection::call(const Words& words) {
  std::string bytes;
  append_resp(bytes, words);
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t size = ::send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (size <= 0) throw std::runtime_error("redis-server went away");
    sent += static_cast<std::size_t>(size);
  }
  return read();
}

Reply RedisConnection::read() {
  const std::string line = take_line();
  const std::string text = line.substr(1);
  switch (line[0]) {
    case '+': return Reply::status(text);
    case '-': return Reply::error(text);
    case ':': return Reply::integer(std::stoll(text));
    case '$': {
      if (text == "-1") return Reply::nil();
      std::string bulk = take(std::stoull(text) + 2);
      bulk.resize(bulk.size() - 2);
      return Reply::bulk(std::move(bulk));
    }
    case '*': {
      if (text == "-1") return Reply::nil_array();
      std::vector<Reply> elements(std::stoull(text));
      for (Reply& element : elements) element = read();
      return Reply::array(std::move(elements));
    }
    default: throw std::runtime_error("not RESP2: " + line);
  }
}

void RedisConnection::fill() {
  char chunk[65536];
  const ssize_t size = ::recv(socket_, chunk, sizeof chunk, 0);
  if (size <= 0) throw std::runtime_error("redis-server went away");
  buffer_.append(chunk, static_cast<std::size_t>(size));
}

std::string RedisConnection::take(std::size_t size) {
  while (buffer_.size() < size) fill();
  std::string out = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return out;
}

std::string RedisConnection::take_line() {
  std::size_t end = 0;
  while ((end = buffer_.find("\r\n")) == std::string::npos) fill();
  std::string line = take(end + 2);
  line.resize(end);
  return line;
}

}  // namespace lockstep::redis
