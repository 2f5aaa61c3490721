// An outcome told in sentences: the story in its order, and nothing passed over.
#include "reports/text.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "reports/plain.hpp"
#include "reports/report.hpp"
#include "tests/reports/story_fixture.hpp"

namespace lockstep::reports {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

/// Fails unless `parts` stand in `text` in that order.
void expect_in_order(const std::string& text, const std::vector<std::string>& parts) {
  std::size_t at = 0;
  for (const std::string& part : parts) {
    const std::size_t found = text.find(part, at);
    ASSERT_NE(found, std::string::npos) << "\"" << part << "\" is missing after:\n"
                                        << text.substr(0, at);
    at = found + part.size();
  }
}

TEST(Text, TheStoryNamesPauseExpirySecondGrantAndStaleWriteInThatOrder) {
  const std::string text = tell(story_outcome(), {});
  expect_in_order(
      text, {"9.310  client-1  acquires lock-1 with token 7, for a lease of 10 s",
             "10.102  client-1  paused for 12.4 s",
             "19.305  redis-1   the lease of client-1 expires; it cannot know",
             "19.395  redis-1   grants lock-1 to client-2", "second grant", "19.400  client-2",
             "two holders", "19.600  resource  accepts counter = 42 from client-2 with token 8",
             "22.502  client-1  runs on",
             "22.503  resource  accepts counter = 42 from client-1 with token 7",
             "stale write, lost update"});
}

TEST(Text, SaysWhichAssumptionBrokeAndWhatToTry) {
  const std::string text = tell(story_outcome(), {.again = "lockstep run redis-setpx --seed 42"});
  EXPECT_THAT(
      text,
      HasSubstr("why  client-1 stood still from 10.102 s on, while its grant ran out at 19.305 s"));
  EXPECT_THAT(text, HasSubstr("lockstep run redis-setpx --seed 42 --resource RP2"));
}

TEST(Text, ARefusedWriteIsNoLostUpdate) {
  const std::string text = tell(fenced_outcome(), {});
  EXPECT_THAT(text, HasSubstr("refuses the write of client-1 with token 7: token 7 is older"));
  EXPECT_THAT(text, HasSubstr("but  The resource refused what came too late"));
  EXPECT_THAT(text, Not(HasSubstr("lost update")));
  EXPECT_THAT(text, Not(HasSubstr("--resource RP2")));
}

TEST(Text, BeliefServiceAndEffectAreToldApart) {
  expect_in_order(tell(story_outcome(), {}),
                  {"belief  what the clients believed", "FAIL     belief-exclusion",
                   "service  what the lock service granted", "PASS     service-exclusion",
                   "effect  what the resource accepted", "FAIL     effect-exclusion", "progress",
                   "UNKNOWN  deadlock-freedom"});
}

TEST(Text, UnknownIsNeverAPass) {
  Outcome outcome = story_outcome();
  for (Verdict& verdict : outcome.verdicts) verdict.status = Status::unknown;
  const std::string text = tell(outcome, {});
  EXPECT_THAT(text, Not(HasSubstr("PASS")));
  EXPECT_THAT(text, HasSubstr("warning  4 properties are undecided: UNKNOWN is never a pass"));
}

TEST(Text, AFaultThatMetNoHoldTestedNothing) {
  Outcome outcome = story_outcome();
  EXPECT_THAT(tell(outcome, {}), Not(HasSubstr("tested nothing")));
  outcome.record.faults[0].from = ms(30000);
  outcome.record.faults[0].to = ms(31000);
  EXPECT_THAT(tell(outcome, {}), HasSubstr("at 30.000 s met no hold and no wait"));
}

TEST(Text, AFaultThatNeverStruckIsNamed) {
  Outcome outcome = story_outcome();
  outcome.record.faults.clear();
  EXPECT_THAT(tell(outcome, {}), HasSubstr("the fault gc-pause never struck: no client reached"));
}

TEST(Text, ARunWithoutAHoldSaysNothingAboutExclusion) {
  Outcome outcome;
  EXPECT_THAT(tell(outcome, {}), HasSubstr("no client ever held a lock"));
}

TEST(Text, ARunThatEndedEarlyIsNeverSilent) {
  Outcome outcome = story_outcome();
  outcome.failure = "assertion in redis-setpx";
  EXPECT_THAT(tell(outcome, {}), HasSubstr("STOPPED    assertion in redis-setpx"));
}

TEST(Text, AViolationWithoutTwoHoldsIsToldByItsWitness) {
  Outcome outcome = story_outcome();
  outcome.record.beliefs.clear();
  outcome.verdicts = {{.property = "deadlock-freedom",
                       .status = Status::violated,
                       .explanation = "nobody acquires any more",
                       .witness = {{.at = ms(9000), .who = "client-2", .text = "waits"},
                                   {.at = ms(11000), .who = "client-2", .text = "still waits"}},
                       .at = ms(11000)}};
  expect_in_order(tell(outcome, {}), {"nobody acquires any more", "9.000  client-2",
                                      "10.102  client-1", "11.000  client-2"});
}

TEST(Text, AServerThatForgotTheGrantIsNamed) {
  Outcome outcome = story_outcome();
  Record& record = outcome.record;
  record.service.erase(record.service.begin() + 1);  // no expiry
  record.nodes.push_back({"redis-1", "without power", ms(15000)});
  record.nodes.push_back({"redis-1", "up", ms(16000)});
  outcome.verdicts[0] = {.property = "service-exclusion",
                         .status = Status::violated,
                         .explanation = "two live grants",
                         .witness = {},
                         .at = ms(19395)};
  expect_in_order(tell(outcome, {}),
                  {"at 19.400 s both client-1 and client-2 believed", "second grant",
                   "why  redis-1 granted the lock to client-2 at 19.395 s, while the grant of"});
}

TEST(Text, TheWriteThatOverwritesTheStaleOneBelongsToTheStory) {
  Outcome outcome = story_outcome();
  // client-1's stale write falls between the read and the write of client-2.
  std::vector<ResourceEvent>& resource = outcome.record.resource;
  std::swap(resource[2], resource[3]);
  resource[2].access.version = 42;
  resource[3].access.version = 43;
  resource[3].at = ms(23000);
  expect_in_order(tell(outcome, {}),
                  {"22.503  resource  accepts counter = 42 from client-1", "stale write\n",
                   "23.000  resource  accepts counter = 42 from client-2", "lost update"});
}

TEST(Text, GrantsThatHaveNothingToDoWithTheConflictAreOneLine) {
  Outcome outcome = story_outcome();
  for (const std::int64_t at : {20100, 20200, 20300}) {
    outcome.record.service.push_back({.at = ms(at),
                                      .server = "redis-1",
                                      .lock = "lock-1",
                                      .change = GrantChange::granted,
                                      .owner = "c3",
                                      .holder = 2,
                                      .by = 2});
  }
  EXPECT_THAT(tell(outcome, {}),
              HasSubstr("20.100  redis-1   grants lock-1 3 more times, until 20.300 s\n"));
}

TEST(Text, NothingInARunCanSteerTheTerminal) {
  const std::string text = tell(hostile_outcome(), {});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\\x1b[2J"));
  EXPECT_THAT(text, HasSubstr("\xEF\xBF\xBD"));
}

TEST(Text, ColourAddsNothingButColour) {
  std::string coloured = tell(story_outcome(), {.colour = true});
  EXPECT_THAT(coloured, HasSubstr("\x1b[1;31mFAIL"));
  for (std::size_t at; (at = coloured.find('\x1b')) != std::string::npos;) {
    coloured.erase(at, coloured.find('m', at) + 1 - at);
  }
  EXPECT_EQ(coloured, tell(story_outcome(), {}));
}

TEST(Report, TheSameOutcomeGivesTheSameBytes) {
  for (const Report& report : all_reports()) {
    EXPECT_EQ(report.write(story_outcome()), report.write(story_outcome())) << report.name;
    EXPECT_EQ(find_report(report.name), &report);
  }
}

RC_GTEST_PROP(Plain, PrintableHasNoControlCharacters, (const std::string& any)) {
  for (const char c : printable(any)) {
    RC_ASSERT(static_cast<unsigned char>(c) >= 0x20u);
    RC_ASSERT(c != '\x7f');
  }
}

RC_GTEST_PROP(Plain, WrappingLosesNoWord, (const std::vector<std::uint8_t>& lengths)) {
  std::string text;
  for (const std::uint8_t length : lengths) {
    text += (text.empty() ? "" : " ") + std::string(length % 20 + 1u, 'w');
  }
  std::string back = wrapped(text, 4, 30);
  for (std::size_t at; (at = back.find("\n    ")) != std::string::npos;) back.replace(at, 5, " ");
  RC_ASSERT(back == text);
}

}  // namespace
}  // namespace lockstep::reports
