#include "tests/real/redis_process.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

namespace lockstep::redis {
namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  return address;
}

std::uint16_t free_port() {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof address;
  const bool bound =
      ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::getsockname(probe, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(probe);
  if (!bound) throw std::runtime_error("no free port on the loopback");
  return ntohs(address.sin_port);
}

int try_to_connect(std::uint16_t port) {
  const int made = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  if (::connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(made);
    return -1;
  }
  const int on = 1;
  ::setsockopt(made, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  return made;
}

/// Whether a server is there and has finished loading.
bool answers(std::uint16_t port) {
  const int probe = try_to_connect(port);
  if (probe < 0) return false;
  ::close(probe);
  return describe(RedisConnection(port).call({"PING"})) == "PONG";
}

}  // namespace

RedisProcess::RedisProcess(std::vector<std::string> options) : options_(std::move(options)) {
  make_directory();
  start();
}

RedisProcess::RedisProcess(std::vector<std::string> options, const ShiftedClock& clock)
    : options_(std::move(options)), clock_(&clock) {
  make_directory();
  start();
}

void RedisProcess::make_directory() {
  std::string pattern = (std::filesystem::temp_directory_path() / "lockstep-redis-").string();
  pattern.append(6, 'X');  // what mkdtemp replaces
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = pattern;
}

RedisProcess::RedisProcess(SentinelLines sentinel) : sentinel_(std::move(sentinel.lines)) {
  make_directory();
  start();
}

RedisProcess::~RedisProcess() {
  kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool RedisProcess::installed() {
  const char* const path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((folder + "/redis-server").c_str(), X_OK) == 0) return true;
  }
  return false;
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
    if (port_ == 0 || attempt > 0) port_ = free_port();
    std::vector<std::string> words = command_line();
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      if (clock_ != nullptr) clock_->give_to_this_process();
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // it must not outlive a test that is killed
      const int nowhere = ::open("/dev/null", O_RDWR);
      for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
      ::execvp(arguments[0], arguments.data());
      ::_exit(127);
    }
    // It may take a while on a loaded machine; it is gone at once when somebody took the port.
    for (int i = 0; i < 1000 && ::waitpid(process_, nullptr, WNOHANG) == 0; ++i) {
      if (answers(port_)) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    kill();
  }
  throw std::runtime_error("redis-server does not start; see its log in " + directory_);
}

void RedisProcess::kill() {
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
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

RedisConnection::RedisConnection(std::uint16_t port) : socket_(try_to_connect(port)) {
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
