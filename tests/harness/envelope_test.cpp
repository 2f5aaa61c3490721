#include "harness/envelope.hpp"

#include <gtest/gtest.h>

#include "harness/run.hpp"
#include "harness/witness_pattern.hpp"

namespace lockstep {
namespace {

Scenario short_lease() {
  Scenario scenario;
  scenario.duration = 20s;
  fill_defaults(scenario);
  scenario.lock_settings.put("lease", Duration(2s));
  return scenario;
}

bool breaks(const Scenario& scenario) {
  return violation_of(run(scenario), "belief-exclusion") != nullptr;
}

TEST(Axis, ReadsFaultsAndSettingsWithTheirUnits) {
  const Scenario base = short_lease();
  const auto pause = parse_axis("pause=0..20s", base);
  ASSERT_TRUE(pause);
  EXPECT_EQ(pause->high, 20'000'000'000);
  EXPECT_EQ(pause->told(pause->high), "20 s");
  const auto drift = parse_axis("drift=0..10%", base);
  ASSERT_TRUE(drift);
  EXPECT_EQ(drift->high, 100'000'000) << "parts per billion";
  EXPECT_EQ(drift->told(drift->high), "10 %");
  EXPECT_TRUE(parse_axis("lease=1s..3s", base));
  EXPECT_TRUE(parse_axis("operations=1..9", base));
  for (const char* wrong : {"pause", "pause=0", "paus=0..1s", "pause=3s..1s", "drift=0..x%",
                            "pause=0..10%", "lease=-1s..2s"}) {
    EXPECT_FALSE(parse_axis(wrong, base)) << wrong;
  }
}

TEST(Envelope, SafeAndUnsafeAreAStepApartAndReallySo) {
  const Scenario base = short_lease();
  const Axis x = *parse_axis("lease=1s..6s", base);
  const Axis y = *parse_axis("pause=0..8s", base);
  EnvelopeOptions options;
  options.columns = 4;
  options.seeds = 6;
  const Envelope envelope = envelope_of(base, x, y, options);
  ASSERT_EQ(envelope.columns.size(), 4u);
  int lines = 0;
  std::int64_t last = 0;
  for (const EnvelopeColumn& column : envelope.columns) {
    for (const EnvelopeLine& line : lines_of(column)) {
      ++lines;
      EXPECT_LE(std::abs(line.unsafe - line.safe), (y.high - y.low) / options.steps + 1);
      EXPECT_TRUE(breaks(scenario_at(base, x, column.x, y, line.unsafe, line.seed)));
      for (std::uint64_t seed = base.seed; seed < base.seed + options.seeds; ++seed) {
        EXPECT_FALSE(breaks(scenario_at(base, x, column.x, y, line.safe, seed)));
      }
      EXPECT_LT(line.safe, line.unsafe) << "a longer pause is never safer";
      EXPECT_GT(line.unsafe, last) << "a longer lease bears longer pauses";
      last = line.unsafe;
    }
  }
  EXPECT_GE(lines, 3);
}

TEST(Envelope, FindsTheLineWhenMoreOfYIsSafer) {
  const Scenario base = short_lease();
  const Axis x = *parse_axis("pause=2s..4s", base);
  const Axis y = *parse_axis("lease=1s..20s", base);
  EnvelopeOptions options;
  options.columns = 1;
  options.seeds = 6;
  const Envelope envelope = envelope_of(base, x, y, options);
  ASSERT_EQ(envelope.columns.size(), 1u);
  const EnvelopeColumn& column = envelope.columns.front();
  EXPECT_EQ(column.at(y.low), PointState::unsafe);
  EXPECT_EQ(column.at(y.high), PointState::safe);
  const std::vector<EnvelopeLine> lines = lines_of(column);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_GT(lines[0].safe, lines[0].unsafe);
  EXPECT_TRUE(breaks(scenario_at(base, x, column.x, y, lines[0].unsafe, lines[0].seed)));
}

TEST(Envelope, DoesNotCallSafeWhatThereIsNoScenarioFor) {
  const Scenario base = short_lease();
  const Axis x = *parse_axis("pause=0..1s", base);
  const Axis y = *parse_axis("lease=0..2s", base);
  EnvelopeOptions options;
  options.columns = 1;
  options.seeds = 2;
  const Envelope envelope = envelope_of(base, x, y, options);
  ASSERT_EQ(envelope.columns.size(), 1u);
  EXPECT_EQ(envelope.columns[0].at(0), PointState::refused);
  EXPECT_NE(envelope.columns[0].stretches[0].why.find("lease"), std::string::npos);
}

TEST(Envelope, CallsNothingSafeWhereThePropertyIsNotJudged) {
  const Scenario base = short_lease();
  const Axis x = *parse_axis("lease=1s..6s", base);
  const Axis y = *parse_axis("pause=0..8s", base);
  for (const char* property : {"fenced-safety", "money-conserved"}) {
    EnvelopeOptions options;
    options.property = property;
    options.columns = 2;
    options.seeds = 3;
    const Envelope envelope = envelope_of(base, x, y, options);
    EXPECT_TRUE(envelope.undecided());
    EXPECT_EQ(envelope.judged, 0u);
    for (const EnvelopeColumn& column : envelope.columns) {
      EXPECT_TRUE(lines_of(column).empty());
      ASSERT_EQ(column.stretches.size(), 1u);
      EXPECT_EQ(column.stretches[0].state, PointState::undecided);
      EXPECT_NE(column.stretches[0].why.find("is never judged here: it needs"), std::string::npos);
    }
  }
}

TEST(Envelope, CallsNothingSafeThatNoFaultMetOrThatWasNotRunToItsEnd) {
  Scenario base = short_lease();
  const Axis x = *parse_axis("lease=1s..6s", base);
  const Axis y = *parse_axis("pause=0..8s", base);
  EnvelopeOptions options;
  options.columns = 1;
  options.seeds = 2;
  options.bounds.events = 10;
  const Envelope cut = envelope_of(base, x, y, options);
  EXPECT_EQ(cut.columns[0].at(y.low), PointState::undecided);
  EXPECT_NE(cut.columns[0].stretches[0].why.find("gave up after 10 events"), std::string::npos);
  options.bounds.events = 0;
  base.faults = {{.kind = "gc-pause", .targets = {"client-1"}, .when = {}, .lasts = 1s}};
  base.faults[0].when.at = WorldTime(1h);
  const Envelope late = envelope_of(base, x, y, options);
  EXPECT_EQ(late.columns[0].at(y.low), PointState::undecided);
  EXPECT_EQ(late.columns[0].stretches[0].why, "in no run did a fault meet a hold");
}

TEST(Envelope, DrawsNoLineAlongWhatIsUndecided) {
  EnvelopeColumn column;
  column.stretches = {
      {PointState::safe, 0, 1}, {PointState::undecided, 2, 3}, {PointState::unsafe, 4, 5}};
  EXPECT_TRUE(lines_of(column).empty());
}

}  // namespace
}  // namespace lockstep
