#pragma once
// A client like etcd's clientv3: any of the endpoints will do, and the next one when this one
// fails.

#include <optional>
#include <vector>

#include "backends/etcd/calls.hpp"
#include "backends/etcd/messages.hpp"
#include "core/env.hpp"
#include "core/lock.hpp"
#include "core/result.hpp"
#include "core/settings.hpp"

namespace lockstep::etcd {

struct ClientOptions {
  Duration connect_timeout = 1s;
  Duration request_timeout = 1s;  // zero: for ever
  std::int64_t retries = 0;       // how often an unanswered request is sent again
  Duration backoff = 10ms;        // pause before another endpoint is tried
  Duration probe = 1s;            // after so long in silence a watch asks whether anybody is there
};
ClientOptions client_options(const Settings& settings);

class Client {
 public:
  Client(Env& env, const LockOptions& options);

  /// Sends a request to some member. Gives the answers that say what became of it; ends in
  /// `refused` when it certainly was not executed, in `timeout` or `disconnected` when it may have
  /// been, or may yet be. May be called side by side.
  Task<Result<Response>> call(Request request);

  /// Returns once a key in `span` was deleted at revision `start` or later, as a watch that is
  /// resumed at other endpoints learns it. Ends in `held` at `until`, in `refused` when the
  /// beginning was compacted.
  Task<Result<void>> wait_deleted(KeySpan span, Revision start, SteadyTime until);

  /// A connection to an endpoint, for a stream; they are counted round and round.
  Task<Result<ConnectionPtr>> open_stream(std::size_t endpoint);
  /// Which endpoint serves now.
  std::size_t current() const { return current_; }
  /// From now on requests and streams go to the next endpoint.
  void turn_to_next();

  Env& env() { return env_; }
  const ClientOptions& options() const { return options_; }

 private:
  enum class Seen { deleted, nothing, compacted, over };

  Task<Result<Response>> attempt(Frame request);
  Task<Seen> watch_once(KeySpan span, Revision& next, SteadyTime until);
  Deadline patience(Duration length) const;

  Env& env_;
  std::vector<NodeId> endpoints_;
  ClientOptions options_;
  std::size_t current_;
  Calls calls_;
};

}  // namespace lockstep::etcd
