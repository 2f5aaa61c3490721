// Two runs side by side: where they part, and that both are there.
#include "reports/versus.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/reports/story_fixture.hpp"

namespace lockstep {
namespace {

using reports::Parting;
using testing::HasSubstr;

TEST(Versus, ARunDoesNotPartFromItself) {
  const Outcome outcome = story_outcome();
  ASSERT_GT(reports::happenings(outcome).size(), 3u);
  EXPECT_FALSE(reports::parting_of(outcome, outcome).has_value());
}

TEST(Versus, RunsPartAtTheFirstHappeningOfOtherWords) {
  const Outcome a = story_outcome();
  Outcome b = a;
  b.record.resource.back().access.accepted = !b.record.resource.back().access.accepted;
  const std::optional<Parting> parting = reports::parting_of(a, b);
  ASSERT_TRUE(parting && parting->a && parting->b);
  EXPECT_EQ(parting->a->at, a.record.resource.back().at);
  EXPECT_NE(parting->a->text, parting->b->text);
  EXPECT_EQ(parting->a->who, parting->b->who);
}

TEST(Versus, WhatComesLaterInTheSameWordsIsAlikeAndApart) {
  const Outcome a = story_outcome();
  Outcome b = a;
  for (Belief& belief : b.record.beliefs) belief.from += 1us;
  b.record.resource.pop_back();
  const std::optional<Parting> parting = reports::parting_of(a, b);
  ASSERT_TRUE(parting.has_value());
  EXPECT_EQ(parting->apart, Duration(1us));
  EXPECT_GT(parting->alike, 0u);
}

TEST(Versus, ThePageHoldsBothTimelinesAndNoMarkupOfNames) {
  const Outcome a = story_outcome();
  const Outcome b = hostile_outcome();
  const std::string page = reports::versus_page({"<b>one", a}, {"two", b});
  EXPECT_EQ(page.find("<b>one"), std::string::npos);
  EXPECT_THAT(page, HasSubstr("&lt;b&gt;one"));
  EXPECT_EQ(page.find("</iframe>", page.find("</iframe>") + 1) != std::string::npos, true);
  EXPECT_THAT(page, testing::Not(HasSubstr("<img src=x onerror")));
}

}  // namespace
}  // namespace lockstep
