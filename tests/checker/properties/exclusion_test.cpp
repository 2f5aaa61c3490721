// Three exclusions, judged apart: what clients believed, what the service granted, what took
// effect.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::paused_holder;
using testing::Play;

TEST(BeliefExclusion, NamesThePauseTheExpiryAndTheSecondGrant) {
  Play play = paused_holder();
  const Verdict verdict = play.judge("belief-exclusion");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(11'100));
  EXPECT_TRUE(verdict.claimed);
  EXPECT_EQ(verdict.explanation,
            "client-2 believed that it held lock-1 from 11.100 s while client-1 still did, until "
            "11.300 s: client-1 paused for 11.4 s, its lease of lock-1 expired at 11.000 s, "
            "client-2 was granted lock-1 at 11.099 s");
}

TEST(BeliefExclusion, CanFailWhileTheServiceExcludes) {
  Play play = paused_holder();
  EXPECT_EQ(play.judge("service-exclusion").status, Status::holds);
  EXPECT_EQ(play.judge("linearizable").status, Status::holds);
}

TEST(BeliefExclusion, HoldsWhenOneEndsAsTheOtherBegins) {
  Play play;
  play.believe(0, 10, 20, "a");
  play.believe(1, 20, 30, "b");
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::holds);
}

TEST(BeliefExclusion, KeepsLocksApart) {
  Play play;
  play.believe(0, 10, 30, "a");
  play.lock = "lock-2";
  play.believe(1, 20, 40, "b");
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::holds);
}

TEST(BeliefExclusion, LetsOneOwnerEnterAgainAndAsManyAsThereArePermits) {
  Play play;
  play.believe(0, 10, 30, "a");
  play.believe(0, 20, 25, "a");
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::holds);
  play.believe(1, 28, 40, "b");
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::violated);
  play.claims.permits = 2;
  EXPECT_EQ(play.judge("belief-exclusion").status, Status::holds);
}

TEST(BeliefExclusion, BlamesTheClientWhoseGrantEndedFirst) {
  // The reply to client-1 took longer than the lease: it believes last, but its claim is older.
  Play play;
  play.granted(100, "a", 0).expired(10'100, "a", 0).granted(10'200, "b", 1);
  play.believe(1, 10'201, 12'000, "b");
  play.believe(0, 11'000, 12'000, "a");
  const Verdict verdict = play.judge("belief-exclusion");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation,
              HasSubstr("client-1's lease of lock-1 expired at 10.100 s, client-2 was granted"));
}

TEST(ServiceExclusion, TakesTheServersOfAQuorumForOneService) {
  Play play;
  play.service(10, GrantChange::granted, "a", 0, 0, "redis-3");
  play.service(20, GrantChange::granted, "b", 1, 1, "redis-5");
  play.believe(0, 11, 15, "a");
  EXPECT_EQ(play.judge("service-exclusion").status, Status::holds) << "servers with locks apart";
  play.record.quorum = 3;
  const Verdict verdict = play.judge("service-exclusion");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(20));
}

TEST(ServiceExclusion, LetsAnyServerOfAQuorumEndTheGrant) {
  Play play;
  play.record.quorum = 3;
  play.service(10, GrantChange::granted, "a", 0, 0, "redis-3");
  play.service(15, GrantChange::forgotten, "a", 0, -1, "redis-1");
  play.service(20, GrantChange::granted, "b", 1, 1, "redis-3");
  play.believe(0, 11, 14, "a");
  EXPECT_EQ(play.judge("service-exclusion").status, Status::holds);
}

TEST(ServiceExclusion, FailsWhenAGrantIsGivenBeforeTheOtherEnded) {
  Play play;
  play.granted(10, "a", 0).granted(20, "b", 1).released(30, "a", 0, 0);
  play.believe(0, 11, 29, "a");
  const Verdict verdict = play.judge("service-exclusion");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.explanation,
            "redis-1 granted lock-1 to client-2 at 0.020 s while the grant to client-1 of 0.010 s "
            "lived");
}

TEST(ServiceExclusion, JudgesEachServerByItself) {
  Play play;
  play.granted(10, "a", 0);
  play.service(11, GrantChange::granted, "b", 1, 1, "redis-2");
  EXPECT_EQ(play.judge("service-exclusion").status, Status::holds);
}

TEST(ServiceExclusion, IsUnknownWithoutTheServicesLog) {
  Play play;
  play.believe(0, 10, 20, "a");
  EXPECT_EQ(play.judge("service-exclusion").status, Status::unknown);
}

TEST(EffectExclusion, FailsWhenAnAccessFallsIntoAnothersSection) {
  Play play = paused_holder();
  const Verdict verdict = play.judge("effect-exclusion");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_FALSE(verdict.claimed) << "no lock alone can promise it under a pause";
  EXPECT_THAT(verdict.explanation,
              ::testing::AllOf(HasSubstr("client-2's read at 11.150 s fell into client-1's"),
                               HasSubstr("client-1 paused for 11.4 s")));
}

TEST(EffectExclusion, DoesNotCountWhatWasRefused) {
  Play play = paused_holder();
  play.record.resource.pop_back();
  play.refused(12'905, 0, 1, 0, 1);
  EXPECT_EQ(play.judge("effect-exclusion").status, Status::holds);
}

TEST(EffectExclusion, IsClaimedWhereEffectsAreGuarded) {
  Play play = paused_holder();
  play.scenario.resource = ResourcePolicy::fence_all;
  EXPECT_FALSE(play.judge("effect-exclusion").claimed) << "the lock has no tokens";
  play.claims.ordered_token = true;
  EXPECT_TRUE(play.judge("effect-exclusion").claimed);
  play.scenario.resource = ResourcePolicy::fence_writes;
  EXPECT_FALSE(play.judge("effect-exclusion").claimed);
  play.record.faults.clear();
  EXPECT_TRUE(play.judge("effect-exclusion").claimed) << "nothing was done to the run";
}

TEST(EffectExclusion, IsUnknownWithoutTheResourcesLog) {
  Play play;
  play.operation(0, "read", "counter", 1, 2, OpType::ok, "", 0, OpValue{std::int64_t{0}});
  EXPECT_EQ(play.judge("effect-exclusion").status, Status::unknown);
  EXPECT_EQ(play.judge("no-lost-update").status, Status::unknown);
}

// Each sweep and its obvious quadratic twin.

RC_GTEST_PROP(BeliefExclusion, AgreesWithEveryPair, ()) {
  Play play(4);
  const int count = *rc::gen::inRange(0, 9);
  play.claims.permits = *rc::gen::inRange(1, 3);
  std::int64_t from = 0;
  for (int i = 0; i < count; ++i) {
    from += *rc::gen::inRange(0, 4);
    const auto length = *rc::gen::inRange(0, 7);
    const auto process = *rc::gen::inRange(0, 4);
    play.lock = *rc::gen::element<std::string>("lock-1", "lock-2");
    play.believe(process, from, from + length, *rc::gen::element<std::string>("a", "b"));
  }
  const auto& beliefs = play.record.beliefs;
  bool broken = false;
  for (std::size_t i = 0; i < beliefs.size(); ++i) {
    std::int64_t rivals = 0;
    for (std::size_t j = 0; j < i; ++j) {
      const bool other =
          beliefs[j].lock == beliefs[i].lock &&
          (beliefs[j].process != beliefs[i].process || beliefs[j].owner != beliefs[i].owner);
      const bool overlap =
          std::max(beliefs[i].from, beliefs[j].from) < std::min(beliefs[i].to, beliefs[j].to);
      rivals += other && overlap;
    }
    broken |= rivals >= play.claims.permits;
  }
  const Verdict verdict = play.judge("belief-exclusion");
  RC_ASSERT((verdict.status == Status::violated) == broken);
  if (broken) RC_ASSERT(is_witnessed(play.record, verdict));
}

RC_GTEST_PROP(ServiceExclusion, AgreesWithEveryPairOfGrants, ()) {
  Play play(3);
  const int count = *rc::gen::inRange(0, 12);
  for (int i = 0; i < count; ++i) {
    const auto change =
        *rc::gen::element(GrantChange::granted, GrantChange::granted, GrantChange::released,
                          GrantChange::expired, GrantChange::renewed, GrantChange::forgotten);
    const auto process = *rc::gen::inRange(0, 3);
    const std::string server = *rc::gen::element<std::string>("redis-1", "redis-2");
    play.service(i, change, std::string(1, static_cast<char>('a' + process)), process, process,
                 server);
  }
  bool broken = false;
  const auto& log = play.record.service;
  for (std::size_t i = 0; i < log.size(); ++i) {
    for (std::size_t j = i + 1; j < log.size(); ++j) {
      if (log[i].change != GrantChange::granted || log[j].change != GrantChange::granted) continue;
      if (log[i].server != log[j].server || log[i].owner == log[j].owner) continue;
      bool ended = false;  // before the second grant
      for (std::size_t k = i + 1; k < j; ++k) {
        ended |= log[k].server == log[i].server && log[k].owner == log[i].owner &&
                 log[k].change != GrantChange::granted && log[k].change != GrantChange::renewed;
      }
      broken |= !ended;
    }
  }
  const Verdict verdict = play.judge("service-exclusion");
  RC_ASSERT((verdict.status == Status::violated) == broken);
  if (broken) RC_ASSERT(is_witnessed(play.record, verdict));
}

RC_GTEST_PROP(EffectExclusion, AgreesWithEveryTriple, ()) {
  Play play(3);
  const int count = *rc::gen::inRange(0, 10);
  for (int i = 0; i < count; ++i) {
    const auto process = *rc::gen::inRange(0, 3);
    const bool write = *rc::gen::arbitrary<bool>();
    const bool accepted = *rc::gen::inRange(0, 4) != 0;
    play.access(i, process, static_cast<std::uint64_t>(process + 1), 0, write, 0, 0, accepted);
    if (*rc::gen::inRange(0, 4) == 0) play.record.resource.back().access.resource = "other";
  }
  const auto& events = play.record.resource;
  const auto same = [&](std::size_t i, std::size_t j) {
    return events[i].access.resource == events[j].access.resource;
  };
  bool broken = false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    for (std::size_t j = i + 1; j < events.size(); ++j) {
      for (std::size_t k = j + 1; k < events.size(); ++k) {
        if (!same(i, j) || !same(i, k)) continue;
        broken |= events[i].access.accepted && events[j].access.accepted &&
                  events[k].access.accepted && events[i].process == events[k].process &&
                  events[i].process != events[j].process;
      }
    }
  }
  const Verdict verdict = play.judge("effect-exclusion");
  RC_ASSERT((verdict.status == Status::violated) == broken);
  if (broken) RC_ASSERT(is_witnessed(play.record, verdict));
}

}  // namespace
}  // namespace lockstep
