#include "reports/check_report.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lockstep::reports {
namespace {

CheckSuite suite() {
  CheckSuite suite{"sweep <lock>", "7", {}};
  suite.cases.push_back({"good"});
  suite.cases.push_back(
      {"bad: 100%, sure", "broken \"twice\" & again", "lockstep run x", "a,b.json"});
  suite.cases.push_back({"open"});
  suite.cases.back().undecided = true;
  return suite;
}

TEST(CheckReport, JUnitIsWellFormed) {
  const std::string xml = junit_xml(suite());
  EXPECT_THAT(
      xml, testing::HasSubstr(
               "<testsuite name=\"sweep &lt;lock&gt;\" tests=\"3\" failures=\"1\" skipped=\"1\">"));
  EXPECT_THAT(xml, testing::HasSubstr("message=\"broken &quot;twice&quot; &amp; again\""));
  EXPECT_THAT(xml, testing::HasSubstr("<property name=\"seed\" value=\"7\"/>"));
}

TEST(CheckReport, WhyACheckIsUndecidedIsTold) {
  CheckSuite open = suite();
  open.cases.back().remark = "interrupted after 3 runs";
  EXPECT_THAT(junit_xml(open),
              testing::HasSubstr("<skipped message=\"undecided: interrupted after 3 runs\"/>"));
  EXPECT_THAT(step_summary(open),
              testing::HasSubstr("| UNKNOWN | open | interrupted after 3 runs |"));
}

TEST(CheckReport, ARunThatCantBeRepeatedOrGaveUpIsNoPass) {
  Outcome outcome;
  outcome.verdicts.emplace_back();
  outcome.verdicts.back().property = "belief-exclusion";
  outcome.verdicts.back().status = Status::holds;
  outcome.diverged = "another event";
  EXPECT_THAT(junit_xml(suite_of(outcome)),
              testing::HasSubstr("tests=\"2\" failures=\"1\" skipped=\"1\""));
  outcome.diverged.clear();
  outcome.gave_up = "gave up after 5 events";
  EXPECT_THAT(junit_xml(suite_of(outcome)),
              testing::HasSubstr("tests=\"1\" failures=\"0\" skipped=\"1\""));
}

TEST(CheckReport, AnnotationsAreEscaped) {
  EXPECT_EQ(github_annotations(suite()),
            "::error file=a%2Cb.json,title=sweep <lock>%3A bad%3A 100%25%2C sure::"
            "broken \"twice\" & again%0Alockstep run x\n");
}

TEST(CheckReport, GitHubShowsTen) {
  CheckSuite many{"s", "1", std::vector<CheckCase>(20, CheckCase{"bad", "broken"})};
  const std::string told = github_annotations(many);
  EXPECT_EQ(std::count(told.begin(), told.end(), '\n'), 10);
}

TEST(CheckReport, TheSummaryIsATable) {
  EXPECT_THAT(step_summary(suite()), testing::HasSubstr("1 of 3 checks met, from seed 7"));
  EXPECT_THAT(step_summary(suite()), testing::HasSubstr("| UNKNOWN | open |  |"));
}

}  // namespace
}  // namespace lockstep::reports
