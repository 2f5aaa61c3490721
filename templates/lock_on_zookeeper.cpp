// my-lock: one ephemeral node that whoever creates it holds; the others ask again after a while.
//
// Claims that no two clients believe at once, and a token that rises with each grant: the node's
// czxid.
#include <lockstep/plugin.hpp>
#include <lockstep/zookeeper.hpp>

namespace my_lock {

using namespace lockstep;

std::string node_of(const std::string& lock) {
  return zookeeper::lock_path(lock) + "/lock";
}

class MyLock final : public Lock {
 public:
  // The gap: Stops::at_lost. A client that was paused, or cut off, believes until a server tells
  // it that its session is over, and by then somebody else has the lock. Stops::at_suspended_time
  // stops by the client's own clock.
  MyLock(Env& env, LockOptions options)
      : env_(env),
        client_(zookeeper::Client::start(env, options.servers,
                                         zookeeper::client_options(options.settings))),
        belief_(std::make_shared<zookeeper::Belief>(env, zookeeper::Stops::at_lost)) {
    belief_->listen(*client_);
  }

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override { return belief_->holds(lease); }

 private:
  Task<Result<zookeeper::Zxid>> attempt(std::string name, zookeeper::SessionId session);
  Task<Result<zookeeper::Zxid>> mine(std::string name, zookeeper::SessionId session);

  Env& env_;
  zookeeper::ClientPtr client_;
  std::shared_ptr<zookeeper::Belief> belief_;
};

Task<Result<Lease>> MyLock::acquire(std::string name, Duration patience) {
  const SteadyTime give_up = env_.steady_now() + patience;
  while (env_.steady_now() < give_up) {
    const auto session = co_await client_->connected(give_up);
    if (!session) break;
    const auto created = co_await attempt(name, *session);
    if (created) {
      Lease lease;
      lease.lock = std::move(name);
      lease.owner = std::to_string(*created);
      lease.token = *created;
      co_return belief_->begin(std::move(lease), *session, *client_);
    }
    const Duration pause = env_.random().between(Duration(1ms), Duration(200ms));
    co_await env_.sleep_for(pause);
  }
  co_return fail(ErrorCode::held);
}

Task<Result<zookeeper::Zxid>> MyLock::attempt(std::string name, zookeeper::SessionId session) {
  const auto parent = co_await client_->insist(
      session, zookeeper::create(zookeeper::lock_path(name), "", false, false));
  if (!parent) co_return fail(parent.error());
  const auto created =
      co_await client_->insist(session, zookeeper::create(node_of(name), "", true, false));
  if (!created) co_return fail(created.error());
  if (created->code == zookeeper::Code::ok) co_return created->answers.front().stat.czxid;
  auto found = co_await mine(name, session);
  co_return found;
}

/// There is a node: this session's, created before its connection was lost?
Task<Result<zookeeper::Zxid>> MyLock::mine(std::string name, zookeeper::SessionId session) {
  const auto found = co_await client_->insist(session, zookeeper::exists(node_of(name)));
  if (!found) co_return fail(found.error());
  const zookeeper::Answer& node = found->answers.front();
  const bool ours = found->code == zookeeper::Code::ok && node.stat.ephemeral_owner == session;
  if (!ours) co_return fail(ErrorCode::held);
  co_return node.stat.czxid;
}

Task<Result<void>> MyLock::release(Lease lease) {
  belief_->end();
  const zookeeper::SessionId session = belief_->session();
  const auto removed = co_await client_->insist(session, zookeeper::erase(node_of(lease.lock)));
  if (!removed) co_return fail(ErrorCode::lost, "the session is over");
  co_return Result<void>();
}

std::unique_ptr<Lock> connect(Env& client, LockOptions options) {
  return std::make_unique<MyLock>(client, std::move(options));
}

Backend entry() {
  Backend lock = zookeeper::entry({"my-lock", "one ephemeral node", "this project"});
  lock.claims.fifo = false;
  lock.connect = connect;
  return lock;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.locks.push_back(my_lock::entry());
}
