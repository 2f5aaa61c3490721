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
    if (!column.safe || !column.unsafe) continue;
    ++lines;
    EXPECT_LE(*column.unsafe - *column.safe, (y.high - y.low) / options.steps + 1);
    EXPECT_TRUE(breaks(scenario_at(base, x, column.x, y, *column.unsafe, column.seed)));
    for (std::uint64_t seed = base.seed; seed < base.seed + options.seeds; ++seed) {
      EXPECT_FALSE(breaks(scenario_at(base, x, column.x, y, *column.safe, seed)));
    }
    EXPECT_GT(*column.unsafe, last) << "a longer lease bears longer pauses";
    last = *column.unsafe;
  }
  EXPECT_GE(lines, 3);
}

}  // namespace
}  // namespace lockstep
