#include "tests/real/tcp_proxy.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "tests/real/process.hpp"

namespace lockstep::redis {
TcpProxy::TcpProxy(std::uint16_t target) : target_(target) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = real::loopback(0);
  socklen_t size = sizeof address;
  const bool listening =
      ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      ::listen(listener_, 16) == 0 &&
      ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (!listening) throw std::runtime_error("no free port on the loopback");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { run(); });
}

TcpProxy::~TcpProxy() {
  done_ = true;
  thread_.join();
  ::close(listener_);
  for (const Route& route : routes_) ::close(route.from);
}

void TcpProxy::cut() {
  cut_ = true;
  const unsigned now = rounds_;
  while (rounds_ - now < 2) std::this_thread::yield();  // the round under way may have begun before
}

void TcpProxy::run() {
  while (!done_) {
    ++rounds_;
    std::vector<pollfd> waiting;
    if (!cut_) {
      waiting.push_back({listener_, POLLIN, 0});
      for (const Route& route : routes_) waiting.push_back({route.from, POLLIN, 0});
    }
    constexpr int patience_ms = 10;
    if (::poll(waiting.data(), waiting.size(), patience_ms) <= 0) continue;
    std::vector<int> ended;
    for (std::size_t i = 1; i < waiting.size(); ++i) {
      const Route route = routes_[i - 1];
      if (waiting[i].revents == 0 || forward(route)) continue;
      ended.push_back(route.from);
      ended.push_back(route.to);
    }
    std::sort(ended.begin(), ended.end());
    ended.erase(std::unique(ended.begin(), ended.end()), ended.end());
    for (const int socket : ended) {
      std::erase_if(routes_, [socket](const Route& route) { return route.from == socket; });
      ::close(socket);
    }
    if (waiting[0].revents != 0) accept_one();
  }
}

void TcpProxy::accept_one() {
  const int inside = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
  const int outside = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = real::loopback(target_);
  if (::connect(outside, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    ::close(inside);
    ::close(outside);
    return;
  }
  routes_.push_back({inside, outside});
  routes_.push_back({outside, inside});
}

/// False when either end is gone.
bool TcpProxy::forward(const Route& route) {
  char bytes[65536];
  const ssize_t size = ::recv(route.from, bytes, sizeof bytes, MSG_DONTWAIT);
  if (size <= 0) return false;
  for (ssize_t sent = 0; sent < size;) {
    const ssize_t part =
        ::send(route.to, bytes + sent, static_cast<std::size_t>(size - sent), MSG_NOSIGNAL);
    if (part <= 0) return false;
    sent += part;
  }
  return true;
}

}  // namespace lockstep::redis
