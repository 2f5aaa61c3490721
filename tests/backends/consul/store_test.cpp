// Consul's store: transactions, locks by sessions, and what the end of a session does.

#include <gtest/gtest.h>

#include "backends/consul/store.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::consul {
namespace {

Operation op(Verb verb, std::string key, std::string value = {}, SessionId session = 0,
             std::uint64_t at = 0) {
  return {verb, std::move(key), std::move(value), session, at};
}

struct Consul {
  Consul() {
    store.observe([this](const KeyChange& change) { changes.push_back(change); });
    store.observe_ends(
        [this](const std::string& key, Duration delay) { delayed.emplace_back(key, delay); });
  }
  Reply apply(Request request, raft::Term of = 1) {
    Command command;
    command.request = std::move(request);
    command.term = of;
    const std::string bytes = raft::to_bytes(command);
    const Frame reply = store.apply(raft::Committed{++index, term, bytes});
    return *content_of<Reply>(reply);
  }
  Reply txn(std::vector<Operation> operations) {
    Request request;
    request.action = Action::transact;
    request.operations = std::move(operations);
    return apply(std::move(request));
  }
  SessionId session(Behaviour behaviour = Behaviour::release) {
    Request request;
    request.action = Action::create_session;
    request.behaviour = behaviour;
    request.lock_delay = Duration(15s).count();
    return apply(std::move(request)).session;
  }
  void end(SessionId id, Action how = Action::expire_session, raft::Term of = 1) {
    Request request;
    request.action = how;
    request.session = id;
    apply(std::move(request), of);
  }

  Store store;
  raft::Index index = 0;
  raft::Term term = 1;
  std::vector<KeyChange> changes;
  std::vector<std::pair<std::string, Duration>> delayed;
};

TEST(ConsulStore, SetsAKeyOnlyIfItIsAsItWasRead) {
  Consul consul;
  EXPECT_EQ(consul.txn({op(Verb::cas, "k", "1")}).status, Status::ok);
  const std::uint64_t first = consul.store.find("k")->modify_index;
  EXPECT_EQ(consul.txn({op(Verb::cas, "k", "2", 0, first)}).status, Status::ok);
  EXPECT_EQ(consul.txn({op(Verb::cas, "k", "3", 0, first)}).status, Status::failed);
  EXPECT_EQ(consul.txn({op(Verb::cas, "k", "3")}).status, Status::failed);
  EXPECT_EQ(consul.store.find("k")->value, "2");
}

TEST(ConsulStore, DoesAllOfATransactionOrNothing) {
  Consul consul;
  const auto reply = consul.txn({op(Verb::set, "a", "1"), op(Verb::check_index, "a", "", 0, 99)});
  EXPECT_EQ(reply.status, Status::failed);
  EXPECT_EQ(consul.store.find("a"), nullptr);
  EXPECT_TRUE(consul.changes.empty());
}

TEST(ConsulStore, LocksAKeyForOneSession) {
  Consul consul;
  const SessionId ann = consul.session();
  const SessionId bob = consul.session();
  EXPECT_EQ(consul.txn({op(Verb::lock, "lock:a", "ann", ann)}).status, Status::ok);
  EXPECT_EQ(consul.txn({op(Verb::lock, "lock:a", "bob", bob)}).status, Status::failed);
  EXPECT_EQ(consul.txn({op(Verb::lock, "lock:a", "ann", ann)}).status, Status::ok) << "again";
  EXPECT_EQ(consul.store.find("lock:a")->lock_index, 1u);
  EXPECT_EQ(consul.txn({op(Verb::unlock, "lock:a", "", bob)}).status, Status::failed);
  EXPECT_EQ(consul.txn({op(Verb::unlock, "lock:a", "", ann)}).status, Status::ok);
  EXPECT_EQ(consul.txn({op(Verb::lock, "lock:a", "bob", bob)}).status, Status::ok);
  EXPECT_EQ(consul.store.find("lock:a")->lock_index, 2u);
}

TEST(ConsulStore, KnowsNoSessionThatWasNotCreated) {
  Consul consul;
  EXPECT_EQ(consul.txn({op(Verb::lock, "lock:a", "", 77)}).status, Status::no_session);
}

TEST(ConsulStore, ChecksASessionInTheTransactionOfAnEffect) {
  Consul consul;
  const SessionId ann = consul.session();
  consul.txn({op(Verb::lock, "lock:a", "", ann)});
  const std::vector<Operation> effect{op(Verb::check_session, "lock:a", "", ann),
                                      op(Verb::set, "resource:x", "7")};
  EXPECT_EQ(consul.txn(effect).status, Status::ok);
  consul.end(ann);
  EXPECT_EQ(consul.txn(effect).status, Status::failed);
}

TEST(ConsulStore, FreesTheKeysOfASessionThatEnds) {
  Consul consul;
  const SessionId ann = consul.session();
  consul.txn({op(Verb::lock, "lock:a", "ann", ann)});
  consul.end(ann);
  ASSERT_NE(consul.store.find("lock:a"), nullptr);
  EXPECT_EQ(consul.store.find("lock:a")->session, 0u);
  EXPECT_EQ(consul.store.find("lock:a")->lock_index, 1u);
  ASSERT_EQ(consul.delayed.size(), 1u);
  EXPECT_EQ(consul.delayed.front().second, Duration(15s));
  EXPECT_EQ(consul.changes.back().cause, ChangeCause::expired);
}

TEST(ConsulStore, BeginsTheLockIndexAnewWhenTheSessionsEndDeletesTheKey) {
  Consul consul;
  const SessionId ann = consul.session(Behaviour::erase);
  const SessionId bob = consul.session(Behaviour::erase);
  consul.txn({op(Verb::lock, "lock:a", "", ann)});
  const std::uint64_t first = consul.store.find("lock:a")->modify_index;
  consul.end(ann);
  EXPECT_EQ(consul.store.find("lock:a"), nullptr);
  consul.txn({op(Verb::lock, "lock:a", "", bob)});
  EXPECT_EQ(consul.store.find("lock:a")->lock_index, 1u);
  EXPECT_GT(consul.store.find("lock:a")->modify_index, first);
}

TEST(ConsulStore, KeepsASessionThatOnlyADeposedLeaderWouldEnd) {
  Consul consul;
  const SessionId ann = consul.session();
  consul.term = 2;
  consul.end(ann, Action::expire_session, 1);
  EXPECT_TRUE(consul.store.sessions().contains(ann));
}

TEST(ConsulStore, RemembersWhenAKeyThatIsGoneChanged) {
  Consul consul;
  EXPECT_EQ(consul.store.changed_at("k"), 1u);
  consul.txn({op(Verb::set, "k", "1")});
  consul.txn({op(Verb::erase, "k")});
  EXPECT_EQ(consul.store.changed_at("k"), consul.index);
}

TEST(ConsulStore, IsTheSameAfterASnapshot) {
  Consul consul;
  const SessionId ann = consul.session();
  consul.txn({op(Verb::lock, "lock:a", "ann", ann), op(Verb::set, "k", "1")});
  consul.txn({op(Verb::erase, "k")});
  Store other;
  other.restore(consul.store.snapshot());
  EXPECT_EQ(other.snapshot(), consul.store.snapshot());
  EXPECT_EQ(*other.find("lock:a"), *consul.store.find("lock:a"));
}

}  // namespace
}  // namespace lockstep::consul
