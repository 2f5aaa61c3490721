#pragma once
// The independent Redis instances of a Redlock: one command sent to all of them side by side, and
// what each said to it.

#include <string>
#include <string_view>
#include <vector>

#include "backends/redis/client.hpp"
#include "core/lock.hpp"

namespace lockstep::redis {

/// What an instance said: it did what was asked; it did not; it certainly never heard of it;
/// nothing in time, so nobody knows.
enum class Vote : std::uint8_t { yes, no, unreached, none };
using Votes = std::vector<Vote>;

std::int64_t count(const Votes& votes, Vote vote);

/// A client of each instance, with a timeout per instance that is small against the lease, so that
/// a dead one does not use up the validity.
class Instances {
 public:
  /// With `own_keys` the key at each instance carries the instance's number, as where somebody
  /// gives several locks of one server for several servers.
  Instances(Env& env, std::vector<Endpoint> instances, const Settings& settings,
            bool own_keys = false);

  std::size_t size() const { return clients_.size(); }
  /// The votes on `command`, in the order of the instances, once each has answered or timed out.
  Task<Votes> ask_all(Words command);
  /// The vote of one instance alone.
  Task<Vote> ask(std::size_t which, Words command);

 private:
  Frame frame_for(std::size_t which, Words command) const;

  std::vector<Client> clients_;
  bool own_keys_;
};

/// All masters of a deployment.
std::vector<Endpoint> masters_of(const LockOptions& options);

/// EVAL of a script on one key.
Words eval_words(std::string_view script, const std::string& key, const std::string& owner);
Words eval_words(std::string_view script, const std::string& key, const std::string& owner,
                 std::int64_t argument);

}  // namespace lockstep::redis
