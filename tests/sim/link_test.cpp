#include "sim/link.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>
#include <vector>

namespace lockstep::sim {
namespace {

constexpr NodeId a{0};
constexpr NodeId b{1};

WorldTime at(Duration since) {
  return WorldTime(since);
}

NetworkProfile exactly(Duration latency) {
  NetworkProfile profile;
  profile.latency_min = profile.latency_max = latency;
  return profile;
}

std::vector<WorldTime> datagrams(Link& link, int count) {
  std::vector<WorldTime> first_copies;
  for (int i = 0; i < count; ++i) {
    const Link::Copies copies = link.datagram_arrivals(at(Duration(1s) * i));
    if (copies.count > 0) first_copies.push_back(copies.at[0]);
  }
  return first_copies;
}

RC_GTEST_PROP(Link, ASegmentTakesALatencyOfItsProfile, (std::uint64_t seed)) {
  const NetworkProfile profile;
  Link link(a, b, profile, Random(seed, "link"));
  const Duration takes = link.segment_arrival(at(1s), at(1s)) - at(1s);
  RC_ASSERT(takes >= profile.latency_min);
  RC_ASSERT(takes <= profile.latency_max);
}

TEST(Link, ATailReachesBeyondTheLatencyOfMostMessages) {
  NetworkProfile profile;
  profile.tail_millionths = 100'000;
  Link link(a, b, profile, Random(1, "link"));
  int late = 0;
  for (int i = 0; i < 1000; ++i) {
    const Duration takes = link.segment_arrival(at(1s), at(1s)) - at(1s);
    EXPECT_LE(takes, profile.tail_max);
    late += takes > profile.latency_max;
  }
  EXPECT_NEAR(late, 100, 40);
}

// 200 ms after the first try, 400 ms after the second, ... : the first of these that gets through.
RC_GTEST_PROP(Link, AfterACutASegmentArrivesWithTcpsFirstTryThatIsNotCut, ()) {
  const NetworkProfile profile = exactly(1ms);
  Link link(a, b, profile, Random(1, "link"));
  const Duration cut_for(*rc::gen::inRange<std::int64_t>(0, Duration(100s).count()));
  const Duration waited = link.segment_arrival(at(5s), at(5s) + cut_for) - at(5s) - 1ms;
  RC_ASSERT(waited >= cut_for);
  Duration attempt{};
  Duration before{};
  for (Duration retry = 200ms; attempt < waited; retry *= 2) {
    before = attempt;
    attempt += retry;
  }
  RC_ASSERT(waited == attempt);
  RC_ASSERT(cut_for == Duration::zero() || before < cut_for);
}

TEST(Link, ALostSegmentIsLateByTcpsRetries) {
  const NetworkProfile profile = exactly(1ms);
  Link link(a, b, profile, Random(1, "link"));
  link.trouble.loss_millionths = 500'000;
  std::set<Duration> seen;
  for (int i = 0; i < 200; ++i) seen.insert(link.segment_arrival(at(0s), at(0s)) - at(0s));
  EXPECT_TRUE(seen.contains(1ms));
  EXPECT_TRUE(seen.contains(201ms));
  EXPECT_TRUE(seen.contains(601ms));
  EXPECT_FALSE(seen.contains(401ms));
}

TEST(Link, ASegmentThatIsAlwaysLostIsTriedForTwoWeeksAndNoMore) {
  const NetworkProfile profile = exactly(1ms);
  Link link(a, b, profile, Random(1, "link"));
  link.trouble.loss_millionths = 1'000'000;
  for (int i = 0; i < 20; ++i) {
    EXPECT_LT(link.segment_arrival(at(0s), at(0s)) - at(0s), 24h * 14);
  }
}

TEST(Link, ADatagramOnACutLinkIsLost) {
  const NetworkProfile profile;
  Link link(a, b, profile, Random(1, "link"));
  link.trouble.cuts = 1;
  EXPECT_EQ(link.datagram_arrivals(at(0s)).count, 0);
}

TEST(Link, DatagramsAreLostDoubledAndDelayedAsOftenAsItsTroubleSays) {
  const NetworkProfile profile = exactly(1ms);
  Link link(a, b, profile, Random(1, "link"));
  link.trouble.loss_millionths = 200'000;
  link.trouble.duplicate_millionths = 500'000;
  link.trouble.reorder_millionths = 500'000;
  int lost = 0;
  int doubled = 0;
  int late = 0;
  for (int i = 0; i < 1000; ++i) {
    const Link::Copies copies = link.datagram_arrivals(at(0s));
    lost += copies.count == 0;
    doubled += copies.count == 2;
    late += copies.count > 0 && copies.at[0] > at(1ms);
  }
  EXPECT_NEAR(lost, 200, 60);
  EXPECT_NEAR(doubled, 400, 80);
  EXPECT_NEAR(late, 400, 80);
}

// Shrinking takes faults out one by one: what they did not touch must stay as it was.
RC_GTEST_PROP(Link, TroubleLeavesTheLatencyOfEveryOtherMessageAsItWas, (std::uint64_t seed)) {
  const NetworkProfile profile;
  Link calm(a, b, profile, Random(seed, "link"));
  Link troubled(a, b, profile, Random(seed, "link"));
  troubled.trouble.loss_millionths = 300'000;
  troubled.trouble.duplicate_millionths = 300'000;
  troubled.trouble.reorder_millionths = 300'000;
  troubled.trouble.delay_max = 2s;
  datagrams(troubled, 10);
  troubled.segment_arrival(at(0s), at(0s));
  troubled.trouble = Trouble{.cuts = 1};
  datagrams(troubled, 5);
  troubled.trouble = {};
  datagrams(calm, 10);
  calm.segment_arrival(at(0s), at(0s));
  datagrams(calm, 5);
  RC_ASSERT(datagrams(calm, 10) == datagrams(troubled, 10));
}

}  // namespace
}  // namespace lockstep::sim
