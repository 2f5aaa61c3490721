// The argument about fencing tokens, measured: what each resource policy does to the same
// universes.

#include <gtest/gtest.h>

#include "backends/backend.hpp"
#include "harness/fault_class.hpp"
#include "harness/sweep.hpp"

namespace lockstep {
namespace {

SweepResult pauses_under(ResourcePolicy policy, std::string_view lock = "redis-fence-atomic") {
  const Backend& backend = *find_backend(lock);
  const FaultClass& pause = *find_fault_class("G");
  SweepOptions options;
  options.runs = 300;
  options.met = pause.met;
  return sweep([&](std::uint64_t seed) { return aimed_scenario(backend, pause, policy, seed); },
               options);
}

TEST(Fencing, WithoutItAStaleWriteLosesAnUpdate) {
  const SweepResult result = pauses_under(ResourcePolicy::none);
  EXPECT_GT(count_of(result, "belief-exclusion").violated, 100u);
  EXPECT_GT(count_of(result, "no-lost-update").violated, 100u);
}

TEST(Fencing, OfWritesAloneStillLosesOneBetweenTheNewHoldersReadAndWrite) {
  const SweepResult result = pauses_under(ResourcePolicy::fence_writes);
  EXPECT_GT(count_of(result, "no-lost-update").violated, 0u);
  EXPECT_LT(count_of(result, "no-lost-update").violated, 100u) << "most stale writes are refused";
}

TEST(Fencing, OfReadsAndWritesNeverLosesOneThoughTwoBelieve) {
  const SweepResult result = pauses_under(ResourcePolicy::fence_all);
  EXPECT_GT(count_of(result, "belief-exclusion").violated, 100u);
  EXPECT_EQ(count_of(result, "no-lost-update").violated, 0u);
  EXPECT_EQ(count_of(result, "fenced-safety").violated, 0u);
}

TEST(Fencing, IsNotNeededWhereVersionsAreComparedOrTheLockGuardsItsOwnStore) {
  for (const ResourcePolicy policy :
       {ResourcePolicy::compare_version, ResourcePolicy::same_store}) {
    const SweepResult result = pauses_under(policy);
    EXPECT_GT(count_of(result, "belief-exclusion").violated, 100u);
    EXPECT_EQ(count_of(result, "no-lost-update").violated, 0u) << name_of(policy);
  }
}

TEST(Fencing, WithATokenFromALaterCommandCanTurnTheLiveHolderAway) {
  const SweepResult result = pauses_under(ResourcePolicy::fence_all, "redis-fence-after");
  EXPECT_GT(count_of(result, "token-order").violated, 0u);
  EXPECT_GT(count_of(result, "fenced-safety").violated, 0u);
}

}  // namespace
}  // namespace lockstep
