#pragma once
// An etcd member as its clients see it: any member serves, and asks the others where it must.

#include <vector>

#include "core/lock.hpp"

namespace lockstep::etcd {

/// What siblings of the right service do otherwise.
struct ServerMistakes {
  bool old_leader_revokes = false;  // etcd#12528, #15247: LessorOptions::outlives_leader
  bool wall_heap = false;           // etcd#12291
  /// A renewal looks for the lease before it makes sure that its member leads, and not again after
  /// (before etcd 943f4d296).
  bool renews_after_revoke = false;
};

/// What every lock on etcd appends to its own parameters.
std::vector<Parameter> server_parameters();

Task<void> serve(Env& env, ServerOptions options, ServerMistakes mistakes);
inline constexpr ServerMistakes no_mistakes{};

template <const ServerMistakes& mistakes>
Task<void> serve_with(Env& env, ServerOptions options) {
  return serve(env, std::move(options), mistakes);
}

}  // namespace lockstep::etcd
