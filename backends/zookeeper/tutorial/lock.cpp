// tutorial-zookeeper-lock: the ZooKeeperLock of a tutorial, as it is written there.
//
// An ephemeral sequential node, all children sorted by name, the first of them holds. It claims
// mutual exclusion. But exists() gives a stat, and the tutorial waits on it as if it were an event:
// any contended acquire dies and leaves its node (F21; `mended_wait` waits on the watch instead).
// Then whatever wakes it counts as the release (F22, F23), an event that came before the wait was
// prepared is forgotten (F24), and a predecessor that vanished makes it begin again behind its own
// first node (F25). No parent is made (F20), no node found again (F26), no other error caught
// (F27), no prefix looked at (F28), no session (F29), no patience (F31); a release looks and then
// deletes, and is silent when the node is gone (F29, F30). Source: lock-algorithms.md, section F,
// article 2, F20 to F31: the bugs are left in. What mends them: zk-seq. Fencing token: none.

#include <algorithm>

#include "backends/zookeeper/locks/belief.hpp"
#include "backends/zookeeper/locks/entry.hpp"
#include "backends/zookeeper/locks/sequence.hpp"

namespace lockstep::zookeeper {
namespace {

class TutorialLock final : public Lock {
 public:
  TutorialLock(Env& env, LockOptions options)
      : env_(env),
        mended_wait_(options.settings.flag("mended_wait")),
        makes_parent_(options.settings.flag("make_parent")),
        exception_pause_(options.settings.duration("exception_pause")),
        client_(Client::start(env, options.servers, client_options(options.settings))) {}

  Task<Result<Lease>> acquire(std::string name, Duration) override {
    const std::optional<Deadline> never;
    const auto session = co_await client_->connected(never);
    if (!session) co_return fail(session.error());
    if (makes_parent_) {
      const auto made =
          co_await client_->insist(*session, create(lock_path(name), "", false, false));
      if (!made) co_return fail(made.error());
      makes_parent_ = false;
    }
    auto node = co_await stand_in_line(name, *session);
    if (!node) co_return fail(node.error());
    node_ = node->path;
    session_ = *session;
    Lease lease;
    lease.lock = std::move(name);
    lease.owner = std::to_string(node->stat.czxid);
    co_return lease;
  }

  Task<Result<void>> release(Lease) override {
    const std::vector<Operation> look(1, exists(node_));
    const auto there = co_await client_->call(session_, look);
    if (!there) co_return fail(there.error());
    if (there->code != Code::ok) co_return Result<void>();
    const std::vector<Operation> deletion(1, erase(node_));
    const auto removed = co_await client_->call(session_, deletion);
    if (!removed) co_return fail(removed.error());
    co_return Result<void>();
  }

 private:
  /// One request, whose failure is an exception that nobody catches.
  Task<Result<Response>> ask(SessionId session, Operation operation, WatchPtr watch) {
    const std::vector<Operation> operations(1, std::move(operation));
    auto response = co_await client_->call(session, operations, std::nullopt, std::move(watch));
    co_return response;
  }

  Task<Result<Answer>> stand_in_line(std::string name, SessionId session) {
    const std::string parent = lock_path(name);
    const auto created = co_await ask(session, create(parent + "/lock-", "", true, true), nullptr);
    if (!created) co_return fail(created.error());
    if (created->code != Code::ok) co_return fail(ErrorCode::refused, created->describe());
    const Answer node = created->answers.front();
    co_await env_.step("created");
    const auto listed = co_await ask(session, children(parent), nullptr);
    if (!listed) co_return fail(listed.error());
    std::vector<std::string> line = listed->answers.front().children;
    std::stable_sort(line.begin(), line.end());
    const auto own = std::find(line.begin(), line.end(), name_in(node.path));
    if (own == line.end()) co_return fail(ErrorCode::lost, "ValueError: not in list");
    if (own == line.begin()) co_return node;
    co_await env_.step("listed");
    const auto watch = std::make_shared<Watch>();
    const auto seen = co_await ask(session, exists(parent + "/" + *(own - 1)), watch);
    if (!seen) co_return fail(seen.error());
    if (seen->code != Code::ok) {
      auto again = co_await stand_in_line(std::move(name), session);
      co_return again;
    }
    co_await env_.step("watching");
    if (!mended_wait_) {
      co_await env_.sleep_for(exception_pause_);
      co_return fail(ErrorCode::timeout,
                     "AttributeError: 'ZnodeStat' object has no attribute 'wait'");
    }
    co_await watch->changed.wait();
    co_return node;
  }

  Env& env_;
  bool mended_wait_;
  bool makes_parent_;
  Duration exception_pause_;
  ClientPtr client_;
  SessionId session_ = 0;
  std::string node_;
};

std::unique_ptr<Lock> make(Env& client, LockOptions options) {
  return std::make_unique<TutorialLock>(client, std::move(options));
}

}  // namespace
}  // namespace lockstep::zookeeper

namespace lockstep {

Backend backends::tutorial_zookeeper_lock() {
  Backend lock = zookeeper::entry(
      {"tutorial-zookeeper-lock", "the ZooKeeperLock of a tutorial, bugs and all",
       "lock-algorithms.md, section F, F20 to F31"},
      {{"make_parent", true, "somebody makes the parent first; the tutorial does not"},
       {"mended_wait", false, "waits on the watch; the tutorial waits on a stat, and dies"},
       {"exception_pause", Duration(1s), "from that exception to the caller's next attempt"}});
  lock.claims.ordered_token = false;
  lock.connect = zookeeper::make;
  return lock;
}

}  // namespace lockstep
