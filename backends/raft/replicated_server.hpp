#pragma once
// How a server of a replicated service takes requests: a task for each connection, whose requests
// are answered one after the other, beside those of all others.

#include <memory>

#include "backends/raft/leader_client.hpp"
#include "core/env.hpp"

namespace lockstep::raft {

class ReplicatedServer {
 public:
  virtual ~ReplicatedServer() = default;
  virtual Env& env() = 0;
  /// The answer to one request of a client, which may take its time; none: not a request.
  virtual Task<Frame> answer(Frame request, NodeId client) = 0;
};

/// Takes connections and answers what is asked on them, for as long as the node lives.
Task<void> take_requests(std::shared_ptr<ReplicatedServer> server);

}  // namespace lockstep::raft
