// What every lock on Redis does when nothing goes wrong, and what it promises when its holder dies.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/backends/turns.hpp"

namespace lockstep {
namespace {

class EveryLock : public testing::TestWithParam<std::string> {};

std::vector<std::string> names_of_all() {
  std::vector<std::string> names;
  for (const Backend& backend : all_backends()) {
    if (backend.name.starts_with("redis-")) names.emplace_back(backend.name);
  }
  return names;
}
std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}
INSTANTIATE_TEST_SUITE_P(Redis, EveryLock, testing::ValuesIn(names_of_all()), test_name);

/// A cache evicts locks on purpose, and not in tests of anything else.
LocksPlay::Sets without_eviction(const std::string& lock) {
  if (lock != "redis-setpx-evicted") return {};
  return {{"maxmemory", std::int64_t{0}}};
}

TEST_P(EveryLock, LetsClientsInOneAtATime) {
  LocksPlay play(GetParam(), without_eviction(GetParam()));
  const Turns turns = turns_of_three(play, 60s);
  EXPECT_EQ(turns.most, 1);
  EXPECT_EQ(turns.count, 15);
}

TEST_P(EveryLock, TellsTheRecordOfGrantsAndEndsInTurn) {
  LocksPlay play(GetParam(), without_eviction(GetParam()));
  for (const char* name : {"ann", "bob"}) {
    auto lease = play.acquire(name);
    ASSERT_TRUE(lease);
    play.pass(1ms);
    ASSERT_TRUE(play.release(name, *lease));
  }
  std::vector<GrantChange> changes;
  for (const GrantNote& note : play.grants) {
    EXPECT_EQ(note.lock, "a");
    if (note.change == GrantChange::renewed) continue;
    // The keys of a Redlock say the same, one after the other.
    const bool several = play.backend.name.starts_with("redlock");
    const bool again = several && !changes.empty() && changes.back() == note.change;
    if (!again) changes.push_back(note.change);
  }
  EXPECT_THAT(changes, testing::ElementsAre(GrantChange::granted, GrantChange::released,
                                            GrantChange::granted, GrantChange::released));
}

TEST_P(EveryLock, NamesTheOwnerInTheRecordAsInTheLease) {
  LocksPlay play(GetParam(), without_eviction(GetParam()));
  const auto lease = play.acquire("ann");
  ASSERT_TRUE(lease);
  ASSERT_FALSE(play.grants.empty());
  EXPECT_EQ(play.grants.front().owner, lease->owner);
}

TEST_P(EveryLock, EndsAWaitInHeldWhenPatienceRunsOut) {
  LocksPlay play(GetParam(), without_eviction(GetParam()));
  ASSERT_TRUE(play.acquire("ann"));
  const WorldTime began = play.world.now();
  const auto lease = play.acquire("bob", 3s);
  ASSERT_FALSE(lease);
  EXPECT_EQ(lease.error().code, ErrorCode::held);
  EXPECT_LE(play.world.now() - began, 3100ms);
  EXPECT_GE(play.world.now() - began, 2400ms);
}

TEST_P(EveryLock, LetsTheNextInAfterADeadHolderIfItsGrantsExpire) {
  LocksPlay play(GetParam(), without_eviction(GetParam()));
  ASSERT_TRUE(play.acquire("ann"));
  play.crash("ann");
  EXPECT_FALSE(play.gets_it("bob", 8s));
  EXPECT_EQ(play.gets_it("bob", 8s), play.backend.claims.expires);
}

TEST_P(EveryLock, GuardsItsStoreForTheHolderAlone) {
  LocksPlay play(GetParam(), without_eviction(GetParam()));
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

TEST_P(EveryLock, TakesTheParametersThatAllLocksTake) {
  const Settings settings(find_backend(GetParam())->parameters);
  for (const char* length :
       {"lease", "request_timeout", "connect_timeout", "retry_min", "retry_max"}) {
    EXPECT_GT(settings.duration(length), Duration::zero()) << length;
  }
  EXPECT_EQ(settings.number("retries"), 0);
  EXPECT_EQ(settings.number("drift_allowance"), 10'000);
}

TEST_P(EveryLock, MayTakeItsLeaseAndAllTimeoutsUntilSomebodyMustHaveIt) {
  const Backend& backend = *find_backend(GetParam());
  Settings settings(backend.parameters);
  const Duration bound = backend.liveness_bound(settings);
  EXPECT_GT(bound, settings.duration("lease") + settings.duration("request_timeout"));
  settings.put("lease", settings.duration("lease") * 2);
  EXPECT_GT(backend.liveness_bound(settings), bound);
}

TEST(Locks, HaveNamesOfTheirOwn) {
  std::vector<std::string_view> names;
  for (const Backend& backend : all_backends()) names.push_back(backend.name);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
  EXPECT_EQ(find_backend("no-such-lock"), nullptr);
}

}  // namespace
}  // namespace lockstep
