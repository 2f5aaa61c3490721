// redlock-key-shared-node: redlock whose "instances" are five keys on one server, while the quorum
// is that of the servers: one of one.
//
// Claims what redlock claims. But a quorum of servers is no majority of keys: one client has some
// of them, another the rest, and each counts itself the holder. Source: redisson#656, #1292 (a
// RedLock made of several locks of one server). Fencing token: none.

#include <algorithm>

#include "backends/redis/deployment.hpp"
#include "backends/redis/redlock/redlock.hpp"

namespace lockstep::redis {
namespace {

constexpr std::size_t keys = 5;

class SharedNodeRedlock final : public RedlockLock {
 public:
  SharedNodeRedlock(Env& env, LockOptions options)
      : RedlockLock(env, options, RedlockRules(), five_keys(env, options),
                    static_cast<std::int64_t>(options.servers.size() / 2 + 1)) {}

 private:
  static Instances five_keys(Env& env, const LockOptions& options) {
    const std::vector<Endpoint> same(keys, Endpoint(options.servers.front()));
    return Instances(env, same, options.settings, true);
  }
};

/// Keys "lock:<name>:<number>".
void interpret_numbered_key(const KeyChange& change, std::vector<GrantNote>& out) {
  KeyChange plain = change;
  plain.key.resize(std::min(plain.key.size(), plain.key.rfind(':')));
  if (plain.key != "lock") interpret_owner_key(plain, out);
}

}  // namespace
}  // namespace lockstep::redis

namespace lockstep {

Backend backends::redlock_key_shared_node() {
  Backend lock = redis::redlock_entry({"redlock-key-shared-node",
                                       "redlock on five keys of one server, a quorum of one",
                                       "redisson#656, #1292"});
  lock.servers = 1;
  lock.server_names = redis::server_names<1>;
  lock.quorum = 1;
  lock.interpret = redis::interpret_numbered_key;
  lock.connect = redis::make_lock<redis::SharedNodeRedlock>;
  return lock;
}

}  // namespace lockstep
