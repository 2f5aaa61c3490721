#pragma once
// Requests and answers over connections that are kept for the next one.

#include <map>
#include <vector>

#include "backends/etcd/messages.hpp"
#include "core/env.hpp"
#include "core/result.hpp"

namespace lockstep::etcd {

class Calls {
 public:
  explicit Calls(Env& env) : env_(env) {}

  /// One request to one member, and its answer, whatever it says. Ends in `refused` when it was
  /// certainly not sent, in `timeout` or `disconnected` once it may have arrived.
  Task<Result<Response>> call(NodeId peer, Frame request, Deadline connect_by, Deadline until);

 private:
  Task<Result<ConnectionPtr>> take(NodeId peer, Deadline connect_by);

  Env& env_;
  std::map<NodeId, std::vector<ConnectionPtr>> idle_;
};

}  // namespace lockstep::etcd
