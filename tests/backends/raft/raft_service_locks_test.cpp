// Locks on replicated services (our own, Chubby's, Consul's): alike in what they do when nothing
// goes wrong, and each in the trouble that it is known for.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/backends/turns.hpp"

namespace lockstep {
namespace {

class EveryServiceLock : public testing::TestWithParam<std::string> {};

std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (const Backend& backend : all_backends()) {
    const bool ours =
        backend.product == "raft" || backend.product == "chubby" || backend.product == "consul";
    if (ours) names.emplace_back(backend.name);
  }
  return names;
}
INSTANTIATE_TEST_SUITE_P(Services, EveryServiceLock, testing::ValuesIn(names_of_all()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

const LocksPlay::Sets ten_seconds{{"session", Duration(10s)}};

TEST_P(EveryServiceLock, LetsClientsInOneAtATime) {
  LocksPlay play(GetParam(), ten_seconds);
  const Turns turns = turns_of_three(play, 60s);
  EXPECT_EQ(turns.most, 1);
  EXPECT_EQ(turns.count, 15);
}

TEST_P(EveryServiceLock, NamesTheOwnerInTheRecordAsInTheLease) {
  LocksPlay play(GetParam(), ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  ASSERT_FALSE(play.grants.empty());
  EXPECT_EQ(play.grants.back().owner, lease->owner);
}

TEST_P(EveryServiceLock, GivesTokensThatRise) {
  LocksPlay play(GetParam(), ten_seconds);
  std::uint64_t last = 0;
  for (const char* name : {"ann", "bob", "ann"}) {
    const auto lease = play.acquire(name);
    ASSERT_TRUE(lease);
    EXPECT_GT(lease->token, last);
    last = lease->token;
    ASSERT_TRUE(play.release(name, *lease));
  }
}

TEST_P(EveryServiceLock, EndsAWaitInHeldWhenPatienceRunsOut) {
  LocksPlay play(GetParam(), ten_seconds);
  ASSERT_TRUE(play.acquire("ann"));
  const WorldTime began = play.world.now();
  const auto lease = play.acquire("bob", 3s);
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().code, ErrorCode::held);
  EXPECT_LE(play.world.now() - began, 3500ms);
  EXPECT_GE(play.world.now() - began, 2400ms);
}

TEST_P(EveryServiceLock, KeepsALiveHolderFromLosingIt) {
  LocksPlay play(GetParam(), ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.pass(60s);
  EXPECT_TRUE(play.believes("ann", *lease));
  EXPECT_FALSE(play.gets_it("bob", 1s));
  EXPECT_TRUE(play.release("ann", *lease));
}

TEST_P(EveryServiceLock, LetsTheNextInOnceADeadHoldersSessionHasEnded) {
  LocksPlay play(GetParam(), ten_seconds);
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  EXPECT_FALSE(play.gets_it("bob", 6s));
  EXPECT_TRUE(play.gets_it("bob", 20s));
}

TEST_P(EveryServiceLock, GoesOnWhenTheLeaderHasDied) {
  LocksPlay play(GetParam(), ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.server->kill();
  play.pass(5s);
  // Consul's holder takes the end of its blocking query for the end of its lock.
  EXPECT_EQ(play.believes("ann", *lease), play.backend.product != "consul");
  EXPECT_TRUE(play.release("ann", *lease));
  EXPECT_TRUE(play.gets_it("bob", 5s));
}

TEST_P(EveryServiceLock, GuardsItsStoreForTheHolderAlone) {
  LocksPlay play(GetParam(), ten_seconds);
  if (!play.backend.claims.guarded_store) GTEST_SKIP() << "it has no store of its own";
  LocksPlay::Actor& ann = play.client("ann");
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  const auto empty = play.outcome(play.begin(ann, ann.lock->guarded_read(*lease, "sum")));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->value, 0);
  ASSERT_TRUE(play.outcome(play.begin(ann, ann.lock->guarded_write(*lease, "sum", 7))));
  const auto seven = play.outcome(play.begin(ann, ann.lock->guarded_read(*lease, "sum")));
  ASSERT_TRUE(seven);
  EXPECT_EQ(seven->value, 7);
  ASSERT_TRUE(play.release("ann", *lease));
  const auto late = play.outcome(play.begin(ann, ann.lock->guarded_write(*lease, "sum", 8)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::lost);
}

TEST_P(EveryServiceLock, MayTakeItsSessionAndAllTimeoutsUntilSomebodyMustHaveIt) {
  const Backend& backend = *find_backend(GetParam());
  Settings settings(backend.parameters);
  const Duration bound = backend.liveness_bound(settings);
  EXPECT_GT(bound, settings.duration("session") * 2 + settings.duration("request_timeout"));
  settings.put("session", settings.duration("session") * 2);
  EXPECT_GT(backend.liveness_bound(settings), bound);
}

/// Everything that `name`'s machine could reach is out of its reach.
void cut_off(LocksPlay& play, const std::string& name) {
  const NodeId client = play.client(name).node.id();
  for (const NodeId server : play.server_ids()) {
    play.world.cut(client, server);
    play.world.cut(server, client);
  }
}

TEST(RaftLock, StopsByItsOwnClockBeforeItsSessionCanEnd) {
  LocksPlay play("raft-lock", ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  ASSERT_TRUE(lease->until);
  cut_off(play, "ann");
  const auto bob = play.begin_acquire("bob");
  while (!*bob) {
    play.pass(10ms);
    if (*bob) break;
    ASSERT_LT(play.world.now() - WorldTime{}, 60s);
  }
  EXPECT_TRUE((*bob)->has_value());
  EXPECT_FALSE(play.believes("ann", *lease));
}

TEST(RaftLocalRead, BelievesForAsLongAsNobodyTellsIt) {
  LocksPlay play("raft-local-read", ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  cut_off(play, "ann");
  EXPECT_TRUE(play.gets_it("bob", 30s));
  EXPECT_TRUE(play.believes("ann", *lease));
}

TEST(Chubby, IsInJeopardyUntilAMasterAnswersAgain) {
  LocksPlay play("chubby", ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.pass(7s);
  // All of them are away for longer than a lease, and for less than the grace period.
  for (sim::Node* server : play.servers) server->pause();
  play.pass(11s);
  EXPECT_FALSE(play.believes("ann", *lease));
  for (sim::Node* server : play.servers) server->power_off();
  for (sim::Node* server : play.servers) server->start();
  play.pass(8s);
  EXPECT_TRUE(play.believes("ann", *lease)) << "the next master gives each session its time";
  EXPECT_TRUE(play.losses.empty());
}

TEST(Chubby, ExpiresWithTheGracePeriod) {
  LocksPlay play("chubby", ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  cut_off(play, "ann");
  play.pass(60s);
  EXPECT_FALSE(play.believes("ann", *lease));
  EXPECT_EQ(play.losses.size(), 1u);
}

/// How long after a holder's death somebody else gets the lock.
Duration until_free(std::string_view lock) {
  LocksPlay play(lock, ten_seconds);
  if (!play.acquire("ann")) return {};
  const WorldTime began = play.world.now();
  play.crash("ann");
  return play.acquire("bob", 100s) ? play.world.now() - began : Duration{};
}

TEST(LockDelay, KeepsALostHoldersLockClosedForAWhile) {
  EXPECT_GT(until_free("chubby"), until_free("chubby-no-lock-delay") + 3s);
  EXPECT_GT(until_free("consul-api-lock"), until_free("consul-no-lock-delay") + 3s);
}

TEST(ConsulApiLock, IsNotToldWhilePacketsAreLost) {
  LocksPlay play("consul-api-lock", ten_seconds);
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  play.pass(1s);
  cut_off(play, "ann");
  EXPECT_TRUE(play.gets_it("bob", 60s));
  EXPECT_TRUE(play.believes("ann", *lease));
}

TEST(ConsulLock, RefusesTheEffectsOfWhoLostIt) {
  LocksPlay play("consul-lock", ten_seconds);
  LocksPlay::Actor& ann = play.client("ann");
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  ann.node.pause();
  EXPECT_TRUE(play.gets_it("bob", 60s));
  ann.node.resume();
  const auto late = play.outcome(play.begin(ann, ann.lock->guarded_write(*lease, "sum", 8)));
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, ErrorCode::lost);
}

TEST(ConsulDeleteBehaviour, GivesTheSameTokenTwice) {
  LocksPlay play("consul-delete-behaviour", ten_seconds);
  const auto first = play.acquire("ann");
  ASSERT_TRUE(first);
  play.crash("ann");
  const auto second = play.acquire("bob", 60s);
  ASSERT_TRUE(second);
  EXPECT_EQ(first->token, second->token);
}

}  // namespace
}  // namespace lockstep
