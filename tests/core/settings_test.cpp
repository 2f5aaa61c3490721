#include "core/settings.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

namespace lockstep {
namespace {

using testing::HasSubstr;

const std::vector<Parameter> parameters = {
    {"retries", std::int64_t{3}, "how often"},
    {"lease", Duration(10s), "how long"},
    {"fair", false, "whether in order"},
    {"policy", std::string("noeviction"), "which keys go"},
};

const Parameter& parameter(std::string_view name) {
  for (const Parameter& p : parameters) {
    if (p.name == name) return p;
  }
  throw std::logic_error("no such parameter");
}

TEST(Settings, HoldTheFallbacksSortedByName) {
  const Settings settings(parameters);
  EXPECT_EQ(settings.duration("lease"), 10s);
  EXPECT_EQ(settings.number("retries"), 3);
  EXPECT_FALSE(settings.flag("fair"));
  EXPECT_EQ(settings.text("policy"), "noeviction");
  std::vector<std::string> names;
  for (const auto& entry : settings.entries()) names.push_back(entry.name);
  EXPECT_THAT(names, testing::ElementsAre("fair", "lease", "policy", "retries"));
}

TEST(Settings, AWrongNameOrTypeIsABugAndSaysWhich) {
  const Settings settings(parameters);
  EXPECT_THROW(settings.number("lease"), std::logic_error);
  try {
    settings.number("leese");
    FAIL();
  } catch (const std::logic_error& bug) {
    EXPECT_THAT(bug.what(), HasSubstr("leese"));
  }
}

TEST(Settings, AreEqualWhateverTheOrderInWhichTheyWerePut) {
  Settings one;
  one.put("a", true);
  one.put("b", std::int64_t{1});
  Settings other;
  other.put("b", std::int64_t{2});
  other.put("a", true);
  EXPECT_NE(one, other);
  other.put("b", std::int64_t{1});
  EXPECT_EQ(one, other);
}

TEST(ParseSetting, RefusesWhatTheTypeDoesNotAllowAndNamesTheParameter) {
  const auto refusal = [](std::string_view name, const std::string& text) {
    const auto value = parse_setting(parameter(name), text);
    return value ? "accepted" : value.error().text;
  };
  EXPECT_THAT(refusal("lease", "-1s"), HasSubstr("lease can't be negative"));
  EXPECT_THAT(refusal("lease", "10"), HasSubstr("250ms or 10s"));
  EXPECT_THAT(refusal("retries", "-1"), HasSubstr("retries is a whole number"));
  EXPECT_THAT(refusal("retries", "3x"), HasSubstr("\"3x\""));
  EXPECT_THAT(refusal("retries", "99999999999999999999"), HasSubstr("whole number"));
  EXPECT_THAT(refusal("fair", "maybe"), HasSubstr("true or false"));
}

RC_GTEST_PROP(ParseSetting, ReadsWhatIsWritten, ()) {
  const auto count = *rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max());
  const auto flag = *rc::gen::arbitrary<bool>();
  const auto text = *rc::gen::arbitrary<std::string>();
  const SettingValue values[] = {count, Duration(count), flag, text};
  for (const SettingValue& value : values) {
    const auto back = parse_setting({"any", value, ""}, to_text(value));
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);
  }
}

}  // namespace
}  // namespace lockstep
