// E3 of research/lock-algorithms.md: revisions, transactions, leases and watches of a real etcd and
// of the simulated one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/real/etcd_pair.hpp"

namespace lockstep::etcd {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

class SameEtcd : public testing::Test {
 protected:
  void SetUp() override {
    if (!EtcdCluster::installed()) GTEST_SKIP() << EtcdCluster::how_to_install;
    pair = std::make_unique<EtcdPair>();
  }
  std::string say(Operation operation) { return (*pair)(std::move(operation)); }
  std::string ask(Request request) { return (*pair)(std::move(request)); }

  std::unique_ptr<EtcdPair> pair;
};

Txn create_if_absent(const std::string& key) {
  Txn txn;
  txn.compares = {created_at(key, 0)};
  txn.success = {Put(key, "mine")};
  txn.failure = {get(key)};
  return txn;
}

TEST_F(SameEtcd, CountsRevisionsAndVersions) {  // row 1
  say(Put("k", "a"));
  say(Put("k", "b"));
  EXPECT_EQ(say(Delete{KeySpan("k")}), "rev 4 succeeded; deleted 1");
  EXPECT_EQ(say(Delete{KeySpan("k")}), "rev 4 succeeded; deleted 0");
  say(Put("k", "c"));
  EXPECT_EQ(ask(Request(get("k"))), "1 keys, k=c c5 m5 v1");
}

TEST_F(SameEtcd, BumpsNoRevisionWithoutAChange) {  // row 2
  EXPECT_EQ(ask(Request(create_if_absent("k"))), "rev 2 succeeded; put");
  EXPECT_EQ(ask(Request(create_if_absent("k"))), "rev 2 failed; 1 keys, k=mine c2 m2 v1");
  Txn reads;
  reads.success = {get("k")};
  EXPECT_EQ(ask(Request(reads)), "rev 2 succeeded; 1 keys, k=mine c2 m2 v1");
}

TEST_F(SameEtcd, ChangesSeveralKeysInOneRevisionButNoKeyTwice) {  // row 3
  Txn two;
  two.success = {Put("a", "1"), Put("b", "2")};
  EXPECT_EQ(ask(Request(two)), "rev 2 succeeded; put; put");
  Txn twice;
  twice.success = {Put("a", "1"), Put("a", "2")};
  EXPECT_EQ(ask(Request(twice)), "etcdserver: duplicate key given in txn request");
  EXPECT_EQ(ask(Request(get("a"))), "1 keys, a=1 c2 m2 v1");
}

TEST_F(SameEtcd, GrantsLeasesOfAtLeastTwoSeconds) {  // row 4
  LeaseId id = 100;
  for (const std::int64_t seconds : {0, -1, 1, 2, 5}) {
    EXPECT_EQ(ask(Request(lease_of(++id, seconds))), seconds == 5 ? "ttl 5" : "ttl 2");
  }
  EXPECT_EQ(ask(Request(lease_of(id, 5))), "etcdserver: lease already exists");
}

TEST_F(SameEtcd, RefusesWhatNeedsALeaseThatIsNotThere) {  // row 5
  EXPECT_EQ(say(Put("k", "v", 123)), "etcdserver: requested lease not found");
  ask(Request(lease_of(7, 60)));
  EXPECT_EQ(ask(Request(revoke(7))), "revoked, rev 1");
  EXPECT_EQ(ask(Request(revoke(7))), "etcdserver: requested lease not found");
  EXPECT_EQ(ask(Request(renew(7))), "ttl 0");
  EXPECT_EQ(ask(Request(ask_ttl(7))), "ttl -1");
}

TEST_F(SameEtcd, RevokesALeaseWithAllItsKeysInOneRevision) {  // row 6
  ask(Request(lease_of(7, 60)));
  say(Put("a", "1", 7));
  say(Put("b", "2", 7));
  EXPECT_EQ(ask(Request(revoke(7))), "revoked, rev 4");
  WatchCreate watch;
  watch.span = KeySpan("a", "c");
  watch.start = 4;
  EXPECT_THAT(pair->watch(watch, 2), ElementsAre("delete a m4", "delete b m4"));
}

TEST_F(SameEtcd, EndsLeasesThatNobodyRenews) {  // row 7
  ask(Request(lease_of(2, 2)));
  ask(Request(lease_of(5, 5)));
  say(Put("two", "v", 2));
  say(Put("five", "v", 5));
  pair->pass(milliseconds(1'200));
  EXPECT_EQ(ask(Request(get("two"))), "1 keys, two=v c2 m2 v1 lease 2");
  pair->pass(milliseconds(2'300));
  EXPECT_EQ(ask(Request(get("two"))), "0 keys");
  EXPECT_EQ(ask(Request(renew(5))), "ttl 5");
  pair->pass(milliseconds(3'500));  // 7 s after it was granted
  EXPECT_EQ(ask(Request(get("five"))), "1 keys, five=v c3 m3 v1 lease 5");
  pair->pass(milliseconds(3'500));
  EXPECT_EQ(ask(Request(get("five"))), "0 keys");
}

TEST_F(SameEtcd, DetachesAKeyThatIsPutWithoutItsLease) {  // row 8
  ask(Request(lease_of(2, 60)));
  say(Put("k", "v", 2));
  say(Put("k", "w"));
  ask(Request(revoke(2)));
  EXPECT_EQ(ask(Request(get("k"))), "1 keys, k=w c2 m3 v2");
}

TEST_F(SameEtcd, GivesALeaseItsWholeTimeAgainAfterARestart) {  // row 9
  ask(Request(lease_of(9, 10)));
  say(Put("k", "v", 9));
  pair->pass(milliseconds(5'000));
  EXPECT_EQ(ask(Request(ask_ttl(9))), "ttl 4");
  pair->real.restart(0);
  pair->simulated.member(0).kill();
  pair->simulated.member(0).start();
  while (pair->real.leader() != 0) pair->pass(milliseconds(50));
  pair->pass(milliseconds(2'000));
  pair->pass(milliseconds(4'500));  // 11.5 s after it was granted
  EXPECT_EQ(ask(Request(get("k"))), "1 keys, k=v c2 m2 v1 lease 9");
  pair->pass(milliseconds(9'000));
  EXPECT_EQ(ask(Request(get("k"))), "0 keys");
}

TEST_F(SameEtcd, ReplaysWatchesFromTheirRevisionUntilItIsCompacted) {  // row 13
  say(Put("k", "a"));
  say(Put("k", "b"));
  say(Delete{KeySpan("k")});
  WatchCreate watch;
  watch.span = KeySpan("k");
  watch.start = 2;
  EXPECT_THAT(pair->watch(watch, 3),
              ElementsAre("put k=a c2 m2 v1", "put k=b c2 m3 v2", "delete k m4"));
  Compact compact;
  compact.revision = 4;
  ask(Request(compact));
  EXPECT_THAT(pair->watch(watch, 1), ElementsAre("compacted 4"));
}

}  // namespace
}  // namespace lockstep::etcd
