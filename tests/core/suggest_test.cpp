#include "core/suggest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

namespace lockstep {
namespace {

const std::vector<std::string> locks = {"redis-setpx", "redis-setnx", "redis-redlock", "file"};

TEST(NearestName, ForgivesOneSlipOfTheFinger) {
  EXPECT_EQ(nearest_name("redis-setxp", locks), "redis-setpx");
  EXPECT_EQ(nearest_name("redis-redlok", locks), "redis-redlock");
  EXPECT_EQ(nearest_name("fille", locks), "file");
  EXPECT_EQ(nearest_name("fiel", locks), "file");
}

TEST(NearestName, IsSilentWhenNothingIsNear) {
  EXPECT_EQ(nearest_name("zookeeper", locks), "");
  EXPECT_EQ(nearest_name("", locks), "");
  EXPECT_EQ(nearest_name("file", {}), "");
}

TEST(NearestName, TakesTheFirstOfThoseEquallyNear) {
  EXPECT_EQ(nearest_name("redis-set-x", {"redis-setpx", "redis-setnx"}), "redis-setpx");
}

RC_GTEST_PROP(NearestName, FindsAnExactName, (std::vector<std::string> names)) {
  RC_PRE(!names.empty());
  const auto& name = names[*rc::gen::inRange<std::size_t>(0, names.size())];
  RC_PRE(!name.empty() && name.size() <= 200);
  RC_ASSERT(nearest_name(name, names) == name);
}

TEST(NearestName, TakesNoRubbishForAName) {
  EXPECT_EQ(nearest_name(std::string(1'000'000, 'x'), locks), "");
}

}  // namespace
}  // namespace lockstep
