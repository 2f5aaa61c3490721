#include "sim/clock.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace lockstep::sim {
namespace {

constexpr std::int64_t slowest = -999'999'999;
constexpr std::int64_t fastest = 3'000'000'000;
constexpr std::int64_t year = 365LL * 24 * 3600 * 1'000'000'000;

WorldTime at(std::int64_t ns) {
  return WorldTime(Duration(ns));
}

Clock any_clock(WorldTime& now) {
  now = at(*rc::gen::inRange<std::int64_t>(0, year));
  const Duration reading(*rc::gen::inRange<std::int64_t>(-year, year));
  return Clock(now, reading, *rc::gen::inRange(slowest, fastest));
}

TEST(Clock, RunsAtItsRate) {
  const Clock fast(at(0), 5s, 1'000'000);
  EXPECT_EQ(fast.read(at(0)), 5'000'000'000);
  EXPECT_EQ(fast.read(WorldTime(1000s)), 1'006'000'000'000);
  const Clock slow(at(0), 0s, -500'000'000);
  EXPECT_EQ(slow.read(WorldTime(10s)), 5'000'000'000);
  EXPECT_EQ(slow.when(5'000'000'000), WorldTime(10s));
}

RC_GTEST_PROP(Clock, WhenIsTheFirstInstantAtWhichItShowsAReading, ()) {
  WorldTime anchor;
  const Clock clock = any_clock(anchor);
  const std::int64_t shown = clock.read(anchor);
  const std::int64_t ahead = *rc::gen::inRange<std::int64_t>(1, year);
  const WorldTime when = clock.when(shown + ahead);
  if (when > at(std::numeric_limits<std::int64_t>::max() / 4)) return;  // beyond any run
  RC_ASSERT(clock.read(when) >= shown + ahead);
  RC_ASSERT(clock.read(when - 1ns) < shown + ahead);
}

RC_GTEST_PROP(Clock, WhenIsItsAnchorForWhatItHasShownAlready, ()) {
  WorldTime anchor;
  const Clock clock = any_clock(anchor);
  const std::int64_t behind = *rc::gen::inRange<std::int64_t>(0, year);
  RC_ASSERT(clock.when(clock.read(anchor) - behind) == anchor);
}

RC_GTEST_PROP(Clock, NeverGoesBackwardsUnlessItJumps, ()) {
  WorldTime now;
  Clock clock = any_clock(now);
  std::int64_t shown = clock.read(now);
  const auto steps = *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::inRange<std::int64_t>(0, 1'000'000'000'000));
  for (const std::int64_t step : steps) {
    now += Duration(step);
    RC_ASSERT(clock.read(now) >= shown);
    shown = clock.read(now);
    clock.set_rate(now, *rc::gen::inRange(slowest, fastest));
    RC_ASSERT(clock.read(now) == shown);
  }
}

RC_GTEST_PROP(Clock, AJumpMovesItByExactlyThatMuch, (std::int32_t by)) {
  WorldTime now;
  Clock clock = any_clock(now);
  const WorldTime later = now + 3s;
  const std::int64_t before = clock.read(later);
  clock.jump(later, Duration(by));
  RC_ASSERT(clock.read(later) == before + by);
}

TEST(Clock, AReadingBeyondAllTimeIsNeverShown) {
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(Clock(at(year), 0s, 0).when(last), WorldTime::max());
  EXPECT_EQ(Clock(at(0), 0s, -900'000'000).when(last / 2), WorldTime::max());
  EXPECT_EQ(Clock(at(0), 0s, -1'000'000'000).when(1), WorldTime::max());
  EXPECT_EQ(Clock(at(0), Duration(-year), 0).when(last), WorldTime::max());
}

}  // namespace
}  // namespace lockstep::sim
