#pragma once
// A cable that can be cut: forwards connections on the loopback to a server's port, or keeps what
// it is given to itself while cut, as a network does that drops packets.

#include <atomic>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

namespace lockstep::redis {

class TcpProxy {
 public:
  explicit TcpProxy(std::uint16_t target);
  ~TcpProxy();
  TcpProxy(const TcpProxy&) = delete;
  TcpProxy& operator=(const TcpProxy&) = delete;

  std::uint16_t port() const { return port_; }
  /// Nothing passes after its return.
  void cut();
  void mend() { cut_ = false; }

 private:
  struct Route {
    int from = -1;
    int to = -1;
  };
  void run();
  void accept_one();
  bool forward(const Route& route);

  std::uint16_t target_;
  std::uint16_t port_ = 0;
  int listener_ = -1;
  std::atomic<bool> cut_ = false;
  std::atomic<bool> done_ = false;
  std::atomic<unsigned> rounds_ = 0;
  std::vector<Route> routes_;  // two for each connection
  std::thread thread_;
};

}  // namespace lockstep::redis
