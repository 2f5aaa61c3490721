#pragma once
// What a server knows of its place in replication: commands ask it, the server layer keeps it.

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace lockstep::redis {

/// A replica as its master knows it.
struct AttachedReplica {
  std::uint64_t session = 0;
  std::string host;
  std::int64_t port = 0;
  std::int64_t acknowledged = 0;    // how much of the stream it says it has received
  std::int64_t acknowledged_s = 0;  // when it said so, on our wall clock, in seconds since 1970
};

struct ReplicationState {
  /// Whom we follow; no port: nobody, we are a master.
  std::string master_host;
  std::int64_t master_port = 0;
  bool link_up = false;         // the copy is whole and follows the master's stream
  std::int64_t offset = 0;      // bytes of the stream written here, or received from the master
  std::uint64_t turns = 0;      // changes of whom we follow
  std::uint64_t evictions = 0;  // CLIENT KILL TYPE normal: sessions older than the last are over
  std::vector<AttachedReplica> replicas;

  bool is_replica() const { return master_port != 0; }
  bool follows(const std::string& host, std::int64_t port) const {
    return is_replica() && master_host == host && master_port == port;
  }
  /// Replicas that have received the stream up to `upto`.
  std::int64_t received(std::int64_t upto) const {
    return std::count_if(replicas.begin(), replicas.end(), [upto](const AttachedReplica& replica) {
      return replica.acknowledged >= upto;
    });
  }
  /// Replicas heard of in the last `max_lag_s` seconds.
  std::int64_t good(std::int64_t now_s, std::int64_t max_lag_s) const {
    return std::count_if(replicas.begin(), replicas.end(), [=](const AttachedReplica& replica) {
      return now_s - replica.acknowledged_s <= max_lag_s;
    });
  }
};

}  // namespace lockstep::redis
