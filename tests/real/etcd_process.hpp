#pragma once
// Real etcd members on the loopback, started by the test and gone with it, and their JSON gateway.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace lockstep::etcd {

/// One member's gRPC gateway: requests as JSON, by POST.
class EtcdGateway {
 public:
  explicit EtcdGateway(std::uint16_t port) : port_(port) {}

  /// What came back: the answer, or etcd's error under "error". None: nothing within `patience`.
  std::optional<nlohmann::json> post(
      const std::string& path, const nlohmann::json& body,
      std::chrono::milliseconds patience = std::chrono::milliseconds(10'000)) const;
  /// A stream of answers, each given to `line`, until that says no or `patience` is over.
  void stream(const std::string& path, const nlohmann::json& body,
              std::chrono::milliseconds patience,
              const std::function<bool(const nlohmann::json&)>& line) const;

 private:
  std::string url(const std::string& path) const;

  std::uint16_t port_;
};

/// A cluster of its own, in its own directory.
class EtcdCluster {
 public:
  explicit EtcdCluster(std::size_t members = 1);
  ~EtcdCluster();
  EtcdCluster(const EtcdCluster&) = delete;
  EtcdCluster& operator=(const EtcdCluster&) = delete;

  /// Whether there is an etcd to start. Where not, tests must skip with `how_to_install`.
  static bool installed();
  static constexpr const char* how_to_install = "no etcd here: apt-get install etcd-server";

  std::size_t size() const { return members_.size(); }
  EtcdGateway gateway(std::size_t member) const { return EtcdGateway(members_[member].clients); }
  /// Which member leads, once one does.
  std::size_t leader() const;
  /// kill -9; and starts it again on its data.
  void kill(std::size_t member);
  void restart(std::size_t member);

 private:
  struct Member {
    std::uint16_t clients = 0;
    std::uint16_t peers = 0;
    pid_t process = -1;
  };
  void start(std::size_t member);
  void wait_until_ready() const;
  std::string peer_url(std::size_t member) const;

  std::string directory_;
  std::vector<Member> members_;
};

}  // namespace lockstep::etcd
