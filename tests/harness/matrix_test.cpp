#include "harness/matrix.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "backends/backend.hpp"
#include "harness/expected_verdicts.hpp"
#include "harness/fault_class.hpp"
#include "harness/run.hpp"

namespace lockstep {
namespace {

/// Every cell of one lock, with few runs for the quiet ones: `lockstep matrix --runs 10000` is the
/// long form of this.
class EveryRow : public testing::TestWithParam<std::string> {};

TEST_P(EveryRow, AgreesWithWhatIsKnown) {
  MatrixOptions options;
  options.locks = {GetParam()};
  options.quiet = 40;
  const auto cells = measure_matrix(options, [](const MatrixCell&) {});
  EXPECT_EQ(cells.size(), matrix_columns().size());
  for (const MatrixCell& cell : cells) {
    EXPECT_TRUE(cell.agrees) << cell.lock << " under " << cell.fault << ": expected "
                             << cell.expected << ", observed " << cell.observed << ", seed "
                             << cell.seed.value_or(0);
    EXPECT_TRUE(cell.enough) << cell.lock << " under " << cell.fault << ": the fault met a hold in "
                             << cell.overlapping_runs << " of " << cell.runs << " runs";
  }
}

std::vector<std::string> rows() {
  std::vector<std::string> names;
  for (const ExpectedRow& row : expected_verdicts()) {
    if (find_backend(row.lock) != nullptr) names.push_back(row.lock);
  }
  return names;
}

INSTANTIATE_TEST_SUITE_P(Locks, EveryRow, testing::ValuesIn(rows()), [](const auto& test) {
  std::string name = test.param;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(Matrix, AnInterruptedOneHasTheCellsThatWereComplete) {
  MatrixOptions options;
  options.locks = {"redis-fence-atomic"};
  options.quiet = 5;
  std::atomic<bool> interrupted{false};
  options.interrupted = &interrupted;
  std::size_t told = 0;
  const auto cells = measure_matrix(options, [&](const MatrixCell&) { interrupted = ++told == 2; });
  EXPECT_EQ(cells.size(), 2u);
  EXPECT_EQ(told, 2u);
}

TEST(Matrix, CanLeaveOutTheCellsThatExpectAViolation) {
  MatrixOptions options;
  options.locks = {"redis-fence-atomic"};
  options.quiet = 5;
  options.quiet_only = true;
  std::size_t left_out = 0;
  const auto cells = measure_matrix(options, [](const MatrixCell&) {});
  EXPECT_EQ(cells.size(), matrix_columns().size()) << "a row stays a row";
  for (const MatrixCell& cell : cells) {
    left_out += cell.observed.empty();
    EXPECT_EQ(cell.observed.empty(), cell.runs == 0) << cell.fault;
    EXPECT_EQ(cell.belief_violations + cell.effect_violations, 0u) << cell.fault;
    if (cell.fault == "G" || cell.fault == "FIFO") {
      EXPECT_EQ(cell.observed, "") << cell.fault;
    }
    if (cell.fault == "C") {
      EXPECT_NE(cell.observed, "") << cell.fault;
    }
  }
  EXPECT_GT(left_out, 0u);
  EXPECT_LT(left_out, cells.size());
}

TEST(Matrix, CorrectsOnlyCellsOfWhichTheSourcesSayOtherwise) {
  for (const ExpectedRow& row : expected_verdicts()) {
    for (const Correction& correction : row.corrections) {
      EXPECT_FALSE(correction.why.empty()) << row.lock;
      EXPECT_FALSE(correction.faults.empty()) << row.lock;
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        const std::string code(all_fault_classes()[i].code);
        const auto& faults = correction.faults;
        if (std::find(faults.begin(), faults.end(), code) == faults.end()) continue;
        EXPECT_NE(row.cells[i], correction.expected) << row.lock << " " << code;
      }
    }
  }
}

TEST(Matrix, HandsOverACounterexampleThatCanBeRunAgain) {
  MatrixOptions options;
  options.locks = {"redis-setpx"};
  options.faults = {"G"};
  options.hunt = 20;
  const auto cells = measure_matrix(options, [](const MatrixCell&) {});
  ASSERT_EQ(cells.size(), 1u);
  EXPECT_EQ(cells[0].observed, "V");
  ASSERT_TRUE(cells[0].scenario.has_value());
  EXPECT_TRUE(problems_of(*cells[0].scenario).empty());
  const Outcome again = run(*cells[0].scenario);
  EXPECT_EQ(again.verdicts.front().property, "belief-exclusion");
  EXPECT_EQ(again.verdicts.front().status, Status::violated);
}

TEST(AimedScenario, IsAFunctionOfItsCellAndSeedAndIsSound) {
  const Backend& backend = *find_backend("redis-setpx");
  for (const FaultClass& fault_class : all_fault_classes()) {
    if (fault_class.code == "Fo" && backend.fail_over == nullptr) continue;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const Scenario scenario = aimed_scenario(backend, fault_class, ResourcePolicy::none, seed);
      EXPECT_EQ(scenario, aimed_scenario(backend, fault_class, ResourcePolicy::none, seed));
      for (const Problem& problem : problems_of(scenario)) {
        ADD_FAILURE() << fault_class.code << " seed " << seed << ": " << problem.where << " "
                      << problem.what;
      }
    }
  }
}

}  // namespace
}  // namespace lockstep
