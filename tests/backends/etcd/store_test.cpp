// etcd's store: revisions, transactions, leases and history, as etcd 3.4.23 showed them.
#include "backends/etcd/store.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "backends/raft/encoding.hpp"

namespace lockstep::etcd {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

Txn txn_of(std::vector<Operation> operations) {
  Txn txn;
  txn.success = std::move(operations);
  return txn;
}
Response put(Store& store, const std::string& key, const std::string& value = "v",
             LeaseId lease = 0) {
  return store.txn(txn_of({Put(key, value, lease)}));
}
Response erase(Store& store, const std::string& key) {
  return store.txn(txn_of({Delete(KeySpan(key))}));
}
KeyValue get(const Store& store, const std::string& key) {
  const auto found = store.keys().find(key);
  return found == store.keys().end() ? KeyValue() : found->second;
}
void grant(Store& store, LeaseId id) {
  LeaseGrant request;
  request.id = id;
  request.ttl_ms = 5'000;
  ASSERT_EQ(store.grant(request, NodeId{7}).status, Status::ok);
}

TEST(EtcdStore, NumbersEveryTransactionThatChangesSomething) {
  Store store;
  EXPECT_EQ(put(store, "a").revision, 2);
  EXPECT_EQ(put(store, "a").revision, 3);
  EXPECT_EQ(get(store, "a").version, 2);
  EXPECT_EQ(get(store, "a").create_revision, 2);
  EXPECT_EQ(erase(store, "a").revision, 4);
  EXPECT_EQ(erase(store, "a").revision, 4);
  EXPECT_EQ(put(store, "a").revision, 5);
  EXPECT_EQ(get(store, "a").version, 1);
  EXPECT_EQ(get(store, "a").create_revision, 5);
}

TEST(EtcdStore, ChangesNothingWhenAComparisonFails) {
  Store store;
  Txn create = txn_of({Put("a", "1")});
  create.compares = {created_at("a", 0)};
  create.failure = {Range(KeySpan("a"))};
  EXPECT_TRUE(store.txn(create).succeeded);
  const Response second = store.txn(create);
  EXPECT_FALSE(second.succeeded);
  EXPECT_EQ(second.revision, 2);
  EXPECT_EQ(second.results.front().kvs.front().create_revision, 2);
}

TEST(EtcdStore, GivesAllOfATransactionOneRevision) {
  Store store;
  EXPECT_EQ(store.txn(txn_of({Put("a", "1"), Put("b", "1")})).revision, 2);
  EXPECT_EQ(get(store, "b").create_revision, 2);
  EXPECT_EQ(store.txn(txn_of({Put("a", "1"), Put("a", "2")})).status, Status::duplicate_key);
  EXPECT_EQ(store.revision(), 2);
}

TEST(EtcdStore, DeletesAllKeysOfALeaseInOneRevision) {
  Store store;
  grant(store, 1);
  put(store, "a", "v", 1);
  put(store, "b", "v", 1);
  store.take_news();
  EXPECT_EQ(store.revoke(1).revision, 4);
  const std::vector<Event> news = store.take_news();
  ASSERT_THAT(news, SizeIs(2));
  EXPECT_EQ(news[0].kv.mod_revision, news[1].kv.mod_revision);
  EXPECT_EQ(store.revoke(1).status, Status::lease_not_found);
}

TEST(EtcdStore, KeepsAKeyThatWasPutAgainWithoutItsLease) {
  Store store;
  grant(store, 1);
  put(store, "a", "v", 1);
  put(store, "a", "w");
  store.revoke(1);
  EXPECT_EQ(get(store, "a").value, "w");
}

TEST(EtcdStore, KnowsNoLeaseTwiceAndPutsNothingUnderOneThatIsNotThere) {
  Store store;
  grant(store, 1);
  LeaseGrant again;
  again.id = 1;
  EXPECT_EQ(store.grant(again, no_node).status, Status::lease_exists);
  EXPECT_EQ(put(store, "a", "v", 2).status, Status::lease_not_found);
  EXPECT_EQ(store.revision(), 1);
}

TEST(EtcdStore, FindsWhoStandsBeforeAContender) {
  Store store;
  put(store, "q/b");
  put(store, "q/a");
  put(store, "q/c");
  Range before(with_prefix("q/"));
  before.order = Order::last_created;
  before.limit = 1;
  before.max_create = 3;
  const Response seen = store.range(before);
  EXPECT_EQ(seen.results.front().kvs.front().key, "q/a");
  EXPECT_EQ(seen.results.front().count, 2);
}

TEST(EtcdStore, ForgetsWhatWasCompacted) {
  Store store;
  for (int i = 0; i < 4; ++i) put(store, "a", std::to_string(i));
  EXPECT_EQ(store.compact(4).status, Status::ok);
  EXPECT_EQ(store.compact(3).status, Status::compacted);
  EXPECT_EQ(store.compact(9).status, Status::future_revision);
  Range old(KeySpan("a"));
  old.revision = 3;
  EXPECT_EQ(store.range(old).status, Status::compacted);
  old.revision = 4;
  EXPECT_EQ(store.range(old).results.front().kvs.front().value, "2");
  EXPECT_THAT(store.events_from(4, KeySpan("a")), SizeIs(2));
}

/// One put, deletion, lease or its end, of few keys.
void act(Store& store, std::uint64_t what) {
  const std::string key(1, static_cast<char>('a' + what % 4));
  const auto lease = static_cast<LeaseId>(1 + what / 4 % 3);
  LeaseGrant request;
  request.id = lease;
  switch (what / 12 % 5) {
    case 0: erase(store, key); return;
    case 1: store.grant(request, no_node); return;
    case 2: store.revoke(lease); return;
    case 3: put(store, key, std::to_string(what), lease); return;
    default: put(store, key, std::to_string(what)); return;
  }
}

RC_GTEST_PROP(EtcdStoreLaws, HistoryTellsEveryEarlierState, (std::vector<std::uint16_t> acts)) {
  Store store;
  std::map<Revision, std::map<std::string, KeyValue>> states;
  states[store.revision()] = store.keys();
  for (const std::uint16_t what : acts) {
    act(store, what);
    states[store.revision()] = store.keys();
  }
  for (const auto& [revision, keys] : states) {
    Range all(KeySpan("a", "z"));
    all.revision = revision;
    std::vector<KeyValue> expected;
    for (const auto& [key, kv] : keys) expected.push_back(kv);
    RC_ASSERT(store.range(all).results.front().kvs == expected);
  }
}

RC_GTEST_PROP(EtcdStoreLaws, RevisionsRiseByOneAndKeysBelongToLivingLeases,
              (std::vector<std::uint16_t> acts)) {
  Store store;
  for (const std::uint16_t what : acts) {
    const Revision before = store.revision();
    act(store, what);
    RC_ASSERT(store.revision() == before || store.revision() == before + 1);
    RC_ASSERT((store.revision() == before) == store.take_news().empty());
    for (const auto& [key, kv] : store.keys()) {
      if (kv.lease != 0) RC_ASSERT(store.leases().at(kv.lease).keys.count(key) == 1u);
    }
  }
}

RC_GTEST_PROP(EtcdStoreLaws, ASnapshotIsTheWholeState, (std::vector<std::uint16_t> acts)) {
  Store store;
  for (const std::uint16_t what : acts) act(store, what);
  const auto restored = raft::from_bytes<Store>(raft::to_bytes(store));
  RC_ASSERT(restored.has_value());
  RC_ASSERT(raft::to_bytes(*restored) == raft::to_bytes(store));
}

}  // namespace
}  // namespace lockstep::etcd
