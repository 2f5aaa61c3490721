// zk-ephemeral: one ephemeral node, which whoever creates it holds; the others watch it.
//
// Claims mutual exclusion while the session lives. All waiters wake at every release (the herd), in
// no order. It knows its node by its path alone: after a lost reply it waits for its own node, and
// a delete that is sent again can remove its successor's. zk-ephemeral-owned looks whose session a
// node belongs to and which creation it is, and deletes no other.
// Source: ZooKeeper Programmer's Guide, ephemeral nodes. Fencing token: the node's czxid.

#include <utility>

#include "backends/zookeeper/locks/belief.hpp"
#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"
#include "core/join.hpp"

namespace lockstep::zookeeper {
namespace {

class EphemeralLock final : public Lock {
 public:
  EphemeralLock(Env& env, LockOptions options, bool owned)
      : env_(env),
        owned_(owned),
        client_(Client::start(env, options.servers, client_options(options.settings))),
        belief_(std::make_shared<Belief>(env, Stops::at_lost)) {
    belief_->listen(*client_);
  }

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override { return belief_->holds(lease); }

 private:
  Task<Result<Zxid>> attempt(std::string name, SessionId session, Deadline until);
  Task<Result<Zxid>> mine(std::string name, SessionId session);
  Task<bool> wait_for_release(std::string name, SessionId session, Deadline until);
  Task<Result<void>> remove(std::string name, SessionId session, std::string owner);

  Env& env_;
  bool owned_;
  ClientPtr client_;
  std::shared_ptr<Belief> belief_;
};

std::string node_of(const std::string& name) {
  return lock_path(name) + "/lock";
}

Task<Result<Lease>> EphemeralLock::acquire(std::string name, Duration patience) {
  const Deadline give_up = env_.steady_now() + patience;
  for (;;) {
    const auto session = co_await client_->connected(give_up);
    if (!session) co_return fail(ErrorCode::held, "no server in time");
    const auto created = co_await attempt(name, *session, give_up);
    if (created) {
      co_await env_.step("created");
      Lease lease;
      lease.lock = std::move(name);
      lease.owner = std::to_string(*created);
      lease.token = *created;
      co_return belief_->begin(std::move(lease), *session, *client_);
    }
    const ErrorCode why = created.error().code;
    if (why == ErrorCode::refused) co_return fail(created.error());
    if (why == ErrorCode::held) {
      const bool free = co_await wait_for_release(name, *session, give_up);
      if (!free) co_return fail(ErrorCode::held);
    }
    if (nanos(env_.steady_now()) >= nanos(give_up)) co_return fail(ErrorCode::held);
  }
}

/// The czxid of the node that is now ours. Ends in `held` when somebody's is there.
Task<Result<Zxid>> EphemeralLock::attempt(std::string name, SessionId session, Deadline until) {
  const std::vector<Operation> creation(1, create(node_of(name), "", true, false));
  std::optional<Deadline> patience = until;
  for (;;) {
    const auto created = co_await client_->call(session, creation, patience);
    if (!created) {
      if (created.error().code != ErrorCode::disconnected) co_return fail(created.error());
      if (owned_) patience.reset();  // nothing of ours is left behind
      continue;
    }
    if (created->code == Code::ok) co_return created->answers.front().stat.czxid;
    if (created->code == Code::node_exists) {
      if (!owned_) co_return fail(ErrorCode::held);
      auto found = co_await mine(name, session);
      co_return found;
    }
    if (created->code != Code::no_node) co_return fail(ErrorCode::refused, created->describe());
    const auto made =
        co_await client_->insist(session, zookeeper::create(lock_path(name), "", false, false));
    if (!made) co_return fail(made.error());
  }
}

/// A node exists: is it one that this session created before its connection was lost?
Task<Result<Zxid>> EphemeralLock::mine(std::string name, SessionId session) {
  const auto found = co_await client_->insist(session, exists(node_of(name)));
  if (!found) co_return fail(found.error());
  const Answer& node = found->answers.front();
  if (found->code != Code::ok || node.stat.ephemeral_owner != session)
    co_return fail(ErrorCode::held);
  co_return node.stat.czxid;
}

namespace {

Task<bool> gone(ClientPtr client, SessionId session, WatchPtr watch) {
  while (!watch->event && client->session() == session) co_await watch->changed.wait();
  co_return true;
}

}  // namespace

/// False when patience ran out.
Task<bool> EphemeralLock::wait_for_release(std::string name, SessionId session, Deadline until) {
  const auto watch = std::make_shared<Watch>();
  const auto seen = co_await client_->insist(session, exists(node_of(name)), watch);
  if (!seen || seen->code == Code::no_node) co_return true;
  co_await env_.step("watching");
  const auto woken = co_await within(env_, until, gone(client_, session, watch));
  co_return woken.has_value();
}

Task<Result<void>> EphemeralLock::release(Lease lease) {
  belief_->end();
  auto removed = co_await remove(std::move(lease.lock), belief_->session(), std::move(lease.owner));
  co_return removed;
}

Task<Result<void>> EphemeralLock::remove(std::string name, SessionId session, std::string owner) {
  const std::vector<Operation> deletion(1, erase(node_of(name)));
  for (bool sent = false;; sent = true) {
    if (sent && owned_) {
      const auto found = co_await client_->insist(session, exists(node_of(name)));
      if (!found) co_return fail(ErrorCode::lost);
      const Zxid there = found->answers.front().stat.czxid;
      if (found->code != Code::ok || std::to_string(there) != owner) co_return Result<void>();
    }
    const auto removed = co_await client_->call(session, deletion);
    if (!removed && removed.error().code != ErrorCode::disconnected) {
      co_return fail(ErrorCode::lost, "the session is over");
    }
    if (!removed) continue;
    if (removed->code == Code::no_node && !sent) co_return fail(ErrorCode::lost);
    co_return Result<void>();
  }
}

template <bool owned>
std::unique_ptr<Lock> make(Env& client, LockOptions options) {
  return std::make_unique<EphemeralLock>(client, std::move(options), owned);
}

}  // namespace
}  // namespace lockstep::zookeeper

namespace lockstep {

Backend backends::zk_ephemeral() {
  Backend lock = zookeeper::entry({"zk-ephemeral", "one ephemeral node, known by its path",
                                   "ZooKeeper Programmer's Guide, ephemeral nodes"});
  lock.connect = zookeeper::make<false>;
  lock.steps = {"created", "watching"};
  return lock;
}

Backend backends::zk_ephemeral_owned() {
  Backend lock = zookeeper::entry({"zk-ephemeral-owned",
                                   "one ephemeral node, known by its session and its creation",
                                   "ZooKeeper Programmer's Guide, ephemeral nodes"});
  lock.connect = zookeeper::make<true>;
  lock.steps = {"created", "watching"};
  return lock;
}

}  // namespace lockstep
