#include "formats/edn.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace lockstep {
namespace {

/// Reads one value and shows it; or "line:column message".
std::string read(std::string_view text) {
  EdnReader reader(text);
  const FileResult<std::optional<Edn>> value = reader.next();
  if (!value) return to_text(value.error().at) + " " + value.error().text;
  return value->has_value() ? to_text(**value) : "nothing";
}

TEST(Edn, ReadsEveryKindOfValue) {
  EXPECT_EQ(read("nil"), "nil");
  EXPECT_EQ(read(" true"), "true");
  EXPECT_EQ(read("-7"), "-7");
  EXPECT_EQ(read("12N"), "12");
  EXPECT_EQ(read("99999999999999999999N"), "99999999999999999999N");
  EXPECT_EQ(read("1.5M"), "1.5M");
  EXPECT_EQ(read("2/3"), "2/3");
  EXPECT_EQ(read("1e9"), "1e9");
  EXPECT_EQ(read("\"a\\\"b\\u00fc\""), "a\"bü");
  EXPECT_EQ(read(":jepsen.op/invoke"), "jepsen.op/invoke");
  EXPECT_EQ(read("sym-bol!"), "sym-bol!");
  EXPECT_EQ(read("\\newline"), "\n");
  EXPECT_EQ(read("(1 [2, 3] #{4})"), "1 2 3 4");
  EXPECT_EQ(read("{:a 1, :b [2]}"), "a 1, b 2");
}

TEST(Edn, CommentsAndDiscardsAreNotThere) {
  EXPECT_EQ(read("; one\n #_ two #_#_ 3 [4] 5 ; six"), "5");
  EXPECT_EQ(read("[1 #_ 2]"), "1");
  EXPECT_EQ(read("; nothing else"), "nothing");
}

TEST(Edn, ATagIsDroppedAndItsValueKept) {
  EXPECT_EQ(read("#jepsen.history.Op{:index 0}"), "index 0");
  EXPECT_EQ(read("#inst \"2026-01-01\""), "2026-01-01");
}

TEST(Edn, ErrorsNameThePlace) {
  EXPECT_EQ(read("[1 2"), "1:5 expected ']', which ends what began at 1:1");
  EXPECT_EQ(read("{:a\n 1 :b}"), "2:4 this key of a map has no value");
  EXPECT_EQ(read("\n  \"abc"), "2:3 this text has no closing quote");
  EXPECT_EQ(read("\"a\\q\""), "1:3 expected one of \\n \\t \\r \\b \\f \\\" \\\\ or \\u0000");
  EXPECT_EQ(read("12x"), "1:1 \"12x\" is no number");
  EXPECT_EQ(read("[1 )"), "1:4 expected an EDN value, not ')'");
  EXPECT_EQ(read("\x01"), "1:1 expected an EDN value, not the byte 0x01");
  EXPECT_EQ(read("#_"), "1:1 expected a value after #_");
  EXPECT_EQ(read("# {}"), "1:1 expected #{, #_ or a tag after '#'");
}

TEST(Edn, NestingIsLimited) {
  EXPECT_EQ(read(std::string(1'000'000, '[')), "1:101 values are nested deeper than 100 levels");
  std::string tags;
  for (int i = 0; i < 1000; ++i) tags += "#a ";
  EXPECT_EQ(read(tags + "1"), "1:301 values are nested deeper than 100 levels");
  std::string discards;
  for (int i = 0; i < 1000; ++i) discards += "#_";
  EXPECT_EQ(read(discards), "1:201 #_ stands too deep here");
}

RC_GTEST_PROP(Edn, AnyBytesEndInAValueOrAnError, (const std::vector<std::uint8_t>& pick)) {
  static const std::string letters = "[](){}#_\"\\;: ,\n0-9aN/'^~";
  std::string text;
  for (const std::uint8_t p : pick) text += letters[p % letters.size()];
  EdnReader reader(text);
  std::size_t values = 0;
  for (FileResult<std::optional<Edn>> next = reader.next(); next && *next; next = reader.next()) {
    ++values;
  }
  RC_ASSERT(values <= text.size());
}

}  // namespace
}  // namespace lockstep
