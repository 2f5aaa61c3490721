// Semaphores in the record of whole runs: permits that no service can put a name to.

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "checker/properties/ledger.hpp"
#include "harness/fault_class.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

Outcome run_of(std::string_view lock, std::string_view fault, std::uint64_t seed) {
  return run(
      aimed_scenario(*find_backend(lock), *find_fault_class(fault), ResourcePolicy::none, seed));
}

TEST(PermitsInRecord, AreTheirHoldersAgainAfterARestart) {
  std::size_t restored = 0;
  std::size_t unknown = 0;  // a release that had not reached the disk is undone: whose was it?
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    const Outcome outcome = run_of("sem-counter-nx", "Rf", seed);
    for (const ServiceEvent& event : outcome.record.service) {
      if (event.change != GrantChange::granted || event.by >= 0) continue;
      ++restored;
      unknown += event.holder < 0;
    }
    for (const Verdict& verdict : outcome.verdicts) {
      if (verdict.property != "service-exclusion" && verdict.property != "release-rights") continue;
      EXPECT_EQ(verdict.status, Status::holds)
          << "seed " << seed << " " << verdict.property << ": " << verdict.explanation;
    }
  }
  EXPECT_GT(restored, 10u);
  EXPECT_LT(unknown * 5, restored);
}

TEST(PermitsInRecord, HaveAGrantForEachBelief) {
  for (const char* lock : {"sem-counter-lua", "sem-zset-lua", "sem-permit-expirable"}) {
    const Outcome outcome = run_of(lock, "0", 3);
    const Ledger ledger(outcome.record);
    ASSERT_FALSE(outcome.record.beliefs.empty());
    for (const Belief& belief : outcome.record.beliefs) {
      const Grant* grant = ledger.of(belief);
      ASSERT_NE(grant, nullptr) << lock;
      EXPECT_EQ(grant->begun->holder, belief.process) << lock;
    }
  }
}

TEST(PermitsInRecord, AreNeverFewerThanOneAndLeaveSomebodyToWait) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const Scenario scenario = aimed_scenario(*find_backend("sem-zset-lua"), *find_fault_class("0"),
                                             ResourcePolicy::none, seed);
    EXPECT_GE(scenario.lock_settings.number("permits"), 1);
    EXPECT_LT(scenario.lock_settings.number("permits"), scenario.clients);
  }
}

}  // namespace
}  // namespace lockstep
