#include "core/time.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace lockstep {
namespace {

TEST(Duration, IsWrittenInTheLargestUnitThatGivesAWholePart) {
  EXPECT_EQ(to_text(12'400ms), "12.4 s");
  EXPECT_EQ(to_text(Duration(3ms)), "3 ms");
  EXPECT_EQ(to_text(Duration(1500ns)), "1.5 us");
  EXPECT_EQ(to_text(Duration(0)), "0 s");
  EXPECT_EQ(to_text(-Duration(2s)), "-2 s");
}

TEST(Duration, IsReadWithItsUnit) {
  Duration length{};
  ASSERT_TRUE(parse_duration("1.5s", length));
  EXPECT_EQ(length, 1500ms);
  ASSERT_TRUE(parse_duration("0", length));
  EXPECT_EQ(length, 0ns);
  for (const char* bad : {"", "s", "5", "1.s", "1e3s", "99999999999h", "3 s", "--1s"}) {
    EXPECT_FALSE(parse_duration(bad, length)) << bad;
  }
}

RC_GTEST_PROP(Duration, WhatIsWrittenIsReadBack, (std::int64_t count)) {
  RC_PRE(count != std::numeric_limits<std::int64_t>::min());
  std::string text = to_text(Duration(count));
  std::erase(text, ' ');
  Duration back{};
  RC_ASSERT(parse_duration(text, back));
  RC_ASSERT(back.count() == count);
}

}  // namespace
}  // namespace lockstep
