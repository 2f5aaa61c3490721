// What fencing tokens and checked writes must bring: P3, P4 and W1.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using ::testing::AllOf;
using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::paused_holder;
using testing::Play;

bool tells(const Verdict& verdict, std::string_view who, std::string_view text) {
  return std::any_of(verdict.witness.begin(), verdict.witness.end(), [&](const Evidence& piece) {
    return piece.who == who && piece.text.find(text) != std::string::npos;
  });
}

TEST(NoLostUpdate, NamesThePauseTheExpiryTheSecondGrantAndTheStaleWrite) {
  Play play = paused_holder();
  const Verdict verdict = play.judge("no-lost-update");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(12'905));
  EXPECT_FALSE(verdict.claimed);
  EXPECT_EQ(verdict.explanation,
            "client-1 paused for 11.4 s, its lease of lock-1 expired at 11.000 s, client-2 was "
            "granted lock-1 at 11.099 s, and then client-1's stale write of 1 at 12.905 s, based "
            "on version 0, was accepted over client-2's write of 1 at 11.200 s, based on version "
            "0 too: client-2's update of counter is lost");
  EXPECT_TRUE(tells(verdict, "nemesis", "client-1 paused"));
  EXPECT_TRUE(tells(verdict, "redis-1", "ends client-1's grant of lock-1: expired"));
  EXPECT_TRUE(tells(verdict, "redis-1", "grants lock-1 to client-2"));
  EXPECT_TRUE(tells(verdict, "counter", "accepts client-1's write of 1 (token 1)"));
  EXPECT_TRUE(tells(verdict, "counter", "gives client-2 the value 0 of version 0 (token 2)"));
}

TEST(NoLostUpdate, SeesAStaleWriteBetweenAReadAndAWrite) {
  // What fencing writes alone lets through: the old token is still the highest on writes.
  Play play = paused_holder();
  play.scenario.resource = ResourcePolicy::fence_writes;
  play.claims.ordered_token = true;
  play.record.resource.clear();
  play.record.beliefs[0].to = play.record.beliefs[0].from;  // its own deadline had passed
  play.reads(1'100, 0, 1, 0, 1).reads(11'150, 1, 2, 0, 2);
  play.writes(11'160, 0, 1, 0, 1, 1).writes(11'200, 1, 2, 0, 2, 2);
  const Verdict verdict = play.judge("no-lost-update");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation,
              AllOf(HasSubstr("client-1's stale write of 1 at 11.160 s was accepted between "
                              "client-2's read and write"),
                    HasSubstr("client-1 paused for 11.4 s")));
  const Verdict fenced = play.judge("fenced-safety");
  EXPECT_THAT(fenced.explanation, HasSubstr("(c) no serial order"));
  EXPECT_FALSE(fenced.claimed) << "RP1 does not promise it";
  EXPECT_TRUE(is_witnessed(play.record, fenced));
}

TEST(NoLostUpdate, IsClaimedWhereSomethingGuardsTheWrite) {
  Play play = paused_holder();
  const auto claimed = [&](ResourcePolicy policy) {
    play.scenario.resource = policy;
    return play.judge("no-lost-update").claimed;
  };
  EXPECT_TRUE(claimed(ResourcePolicy::compare_version));
  EXPECT_FALSE(claimed(ResourcePolicy::fence_writes));
  EXPECT_FALSE(claimed(ResourcePolicy::fence_all));
  EXPECT_FALSE(claimed(ResourcePolicy::same_store));
  play.claims.ordered_token = play.claims.guarded_store = true;
  EXPECT_FALSE(claimed(ResourcePolicy::fence_writes));
  EXPECT_TRUE(claimed(ResourcePolicy::fence_all));
  EXPECT_TRUE(claimed(ResourcePolicy::same_store));
}

Play counter_ends_at(std::int64_t value, OpType last) {
  Play play;
  play.scenario.workload = "counter";
  for (std::int64_t i = 0; i < 3; ++i) {
    const auto section = static_cast<std::uint64_t>(i + 1);
    play.operation(0, "write", "counter", 10 * i + 1, 10 * i + 3, i == 2 ? last : OpType::ok, "", 0,
                   OpValue{i + 1});
    if (i >= value) continue;
    play.writes(10 * i + 2, 0, section, static_cast<std::uint64_t>(i),
                static_cast<std::uint64_t>(i + 1));
  }
  return play;
}

TEST(NoLostUpdate, CountsTheIncrements) {
  EXPECT_EQ(counter_ends_at(3, OpType::ok).judge("no-lost-update").status, Status::holds);
  EXPECT_EQ(counter_ends_at(2, OpType::info).judge("no-lost-update").status, Status::holds);
  EXPECT_EQ(counter_ends_at(3, OpType::info).judge("no-lost-update").status, Status::holds);
  Play lost = counter_ends_at(2, OpType::ok);
  const Verdict verdict = lost.judge("no-lost-update");
  EXPECT_TRUE(is_witnessed(lost.record, verdict));
  EXPECT_EQ(verdict.explanation,
            "counter rose by 2 in the end, but 3 increments were acknowledged");
  EXPECT_EQ(counter_ends_at(3, OpType::fail).judge("no-lost-update").status, Status::violated);
}

RC_GTEST_PROP(NoLostUpdate, AgreesWithEveryPairOfWrites, ()) {
  Play play(3);
  std::vector<std::uint64_t> seen(3, 0);
  std::uint64_t version = 0;
  const int count = *rc::gen::inRange(0, 14);
  for (int i = 0; i < count; ++i) {
    const auto process = *rc::gen::inRange(0, 3);
    auto& read = seen[static_cast<std::size_t>(process)];
    const auto section = static_cast<std::uint64_t>(process + 1);
    if (*rc::gen::arbitrary<bool>()) {
      read = version;
      play.reads(i, process, section, version);
    } else {
      const bool accepted = *rc::gen::inRange(0, 5) != 0;
      play.access(i, process, section, 0, true, accepted ? version + 1 : version, read, accepted);
      version += accepted;
    }
  }
  bool broken = false;
  for (const ResourceEvent& a : play.record.resource) {
    for (const ResourceEvent& b : play.record.resource) {
      broken |= a.access.write && b.access.write && a.access.accepted && b.access.accepted &&
                a.process != b.process && a.access.based_on == b.access.based_on;
    }
  }
  const Verdict verdict = play.judge("no-lost-update");
  RC_ASSERT((verdict.status == Status::violated) == broken);
  if (broken) RC_ASSERT(is_witnessed(play.record, verdict));
}

Play fenced(ResourcePolicy policy = ResourcePolicy::fence_all) {
  Play play = paused_holder();
  play.scenario.resource = policy;
  play.claims.ordered_token = true;
  play.record.resource.pop_back();
  play.refused(12'905, 0, 1, 0, 1);
  return play;
}

TEST(FencedSafety, HoldsWhenTheStaleWriteIsRefused) {
  EXPECT_EQ(fenced().judge("fenced-safety").status, Status::holds);
  EXPECT_EQ(fenced().judge("no-lost-update").status, Status::holds);
  EXPECT_TRUE(fenced().judge("no-lost-update").claimed);
}

TEST(FencedSafety, SeesTokensFall) {
  Play play = fenced();
  play.writes(13'000, 0, 1, 1, 2, 1);
  const Verdict verdict = play.judge("fenced-safety");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("(a) tokens fell: counter accepted client-1's write"));
}

TEST(FencedSafety, SeesTokensFallOnReadsWhereTheyAreChecked) {
  Play play = fenced();
  play.reads(13'000, 0, 1, 1, 1);
  EXPECT_THAT(play.judge("fenced-safety").explanation, HasSubstr("(b) tokens fell"));
  play.scenario.resource = ResourcePolicy::fence_writes;
  EXPECT_EQ(play.judge("fenced-safety").status, Status::holds) << "RP1 looks at writes alone";
}

TEST(FencedSafety, SeesALiveHolderFenced) {
  Play play;
  play.scenario.resource = ResourcePolicy::fence_all;
  play.claims.ordered_token = true;
  play.granted(10, "a", 0).expired(20, "a", 0).granted(30, "b", 1);
  const auto one = play.believe(0, 12, 90, "a", 2);  // took its token late
  const auto two = play.believe(1, 32, 80, "b", 1);
  play.writes(40, 0, one, 0, 1, 2).refused(50, 1, two, 1, 1);
  const Verdict verdict = play.judge("fenced-safety");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("(d) live holder fenced: counter refused client-2's"));
  EXPECT_EQ(play.judge("token-order").status, Status::violated);
}

TEST(FencedSafety, IsNotAskedOfAResourceThatChecksNoTokens) {
  Play play;
  EXPECT_FALSE(find_property("fenced-safety")->applies(play.judged()));
}

Play two_grants(std::uint64_t first, std::uint64_t second) {
  Play play;
  play.claims.ordered_token = true;
  play.granted(10, "a", 0).expired(20, "a", 0).granted(30, "b", 1);
  play.believe(1, 32, 50, "b", second);
  play.believe(0, 40, 41, "a", first);  // learned of it last
  return play;
}

TEST(TokenOrder, IsJudgedInTheOrderOfTheGrants) {
  EXPECT_EQ(two_grants(1, 2).judge("token-order").status, Status::holds);
  Play fell = two_grants(2, 1);
  const Verdict verdict = fell.judge("token-order");
  EXPECT_TRUE(is_witnessed(fell.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("tokens fell: client-2 got token 1"));
  Play twice = two_grants(7, 7);
  EXPECT_THAT(twice.judge("token-order").explanation, HasSubstr("a token was given twice"));
}

TEST(TokenOrder, IsUnknownWithoutTheServicesLogOrTheTokens) {
  Play play = two_grants(1, 2);
  play.record.service.clear();
  EXPECT_EQ(play.judge("token-order").status, Status::unknown);
  EXPECT_EQ(two_grants(0, 0).judge("token-order").status, Status::unknown);
  Play none = two_grants(0, 0);
  none.claims.ordered_token = false;
  EXPECT_EQ(none.judge("token-order").status, Status::holds);
}

}  // namespace
}  // namespace lockstep
