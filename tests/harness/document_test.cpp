// The document workload, run on a read-write lock: readers read at once, and no writer beside them.
#include <gtest/gtest.h>

#include <algorithm>

#include "harness/run.hpp"

namespace lockstep {
namespace {

Scenario document(std::uint64_t seed) {
  Scenario scenario;
  scenario.lock = "zk-rw";
  scenario.workload = "document";
  scenario.seed = seed;
  scenario.clients = 4;
  scenario.duration = 20s;
  fill_defaults(scenario);
  scenario.lock_settings.put("session", Duration(2s));
  scenario.workload_settings.put("work_max", Duration(100ms));
  scenario.workload_settings.put("think_max", Duration(100ms));
  return scenario;
}

std::vector<std::string> violated(const Outcome& outcome) {
  EXPECT_EQ(outcome.failure, "");
  std::vector<std::string> names;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status == Status::violated) names.push_back(verdict.property);
  }
  return names;
}

/// How many pairs of readers read at once.
int met(const Record& record) {
  int pairs = 0;
  for (const Belief& a : record.beliefs) {
    for (const Belief& b : record.beliefs) {
      pairs += a.shared && b.shared && a.section < b.section && a.from < b.to && b.from < a.to;
    }
  }
  return pairs;
}

TEST(Document, IsReadByManyAtOnceAndWrittenByOne) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Outcome outcome = run(document(seed));
    EXPECT_EQ(violated(outcome), std::vector<std::string>{}) << "seed " << seed;
    EXPECT_GT(met(outcome.record), 5) << "seed " << seed;
    EXPECT_TRUE(std::any_of(outcome.record.resource.begin(), outcome.record.resource.end(),
                            [](const ResourceEvent& event) { return event.access.write; }));
  }
}

TEST(Document, IsTornUnderAReaderThatSleepsLongerThanItsSession) {
  int torn = 0;
  int met_a_writer = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Scenario scenario = document(seed);
    Fault pause;
    pause.kind = "gc-pause";
    pause.targets = {"self"};
    pause.lasts = 6s;
    pause.when.step = "read";
    pause.when.occurrence = 3;
    scenario.faults.push_back(pause);
    for (const std::string& property : violated(run(scenario))) {
      torn += property == "no-torn-read";
      met_a_writer += property == "belief-exclusion";
    }
  }
  EXPECT_GT(torn, 0);
  EXPECT_GT(met_a_writer, 0);
}

}  // namespace
}  // namespace lockstep
