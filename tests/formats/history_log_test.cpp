#include "formats/history_log.hpp"

#include <gtest/gtest.h>

#include "formats/detect.hpp"

namespace lockstep {
namespace {

std::string error_of(std::string_view text) {
  const FileResult<HistoryFile> file = read_history_log(text);
  return file ? "" : to_text(file.error().at) + " " + file.error().text;
}

TEST(HistoryLog, ReadsAnOperationALine) {
  const FileResult<HistoryFile> file = read_history(
      "INFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\n"
      "2014-01-01 noise\n");
  EXPECT_FALSE(file) << "every line begins with its level";
  const FileResult<HistoryFile> clean = read_history(
      "INFO  jepsen.core - Running test\n"
      "INFO  jepsen.util - 3\t:invoke\t:cas\t[1 2]\n"
      "INFO  jepsen.util - :nemesis\t:info\t:start\t\"cut\"\n"
      "WARN  other.thing - slow\n"
      "INFO  jepsen.util - 3\t:ok\t:cas\t[1 2]\n");
  ASSERT_TRUE(clean) << clean.error().text;
  ASSERT_EQ(clean->history.size(), 3u);
  const Op& call = clean->history[0];
  EXPECT_EQ(call.process, 3);
  EXPECT_EQ(call.f, "cas");
  EXPECT_EQ(call.value,
            (OpValue{OpValue::List{OpValue{std::int64_t{1}}, OpValue{std::int64_t{2}}}}));
  EXPECT_EQ(clean->history[1].process, nemesis_process);
  EXPECT_EQ(clean->places[2].line, 5u);
}

TEST(HistoryLog, AKeywordAfterAReplyIsItsError) {
  const FileResult<HistoryFile> file = read_history(
      "INFO  jepsen.util - 0 :invoke :write 4\n"
      "INFO  jepsen.util - 0 :info :write :timed-out\n");
  ASSERT_TRUE(file) << file.error().text;
  EXPECT_EQ(file->history[1].type, OpType::info);
  EXPECT_EQ(file->history[1].error, "timed-out");
  EXPECT_EQ(file->history[1].value, OpValue{});
}

TEST(HistoryLog, TellsTheLineAndWhatWasExpected) {
  const std::string good = "INFO  jepsen.util - 0 :invoke :read nil\n";
  EXPECT_EQ(error_of(good + "INFO  jepsen.util - 0 :done :read nil\n"),
            "2:23 expected :invoke, :ok, :fail or :info");
  EXPECT_EQ(error_of(good + "INFO  jepsen.util - x :ok :read nil\n"),
            "2:21 expected the process, a whole number or :nemesis");
  EXPECT_EQ(error_of(good + "garbage\n"),
            "2:1 expected a line of a log: INFO, WARN, ... at its beginning");
  EXPECT_EQ(error_of(good + "INFO  jepsen.util - 0 :ok\n").substr(0, 26),
            "2:21 expected an operation");
}

}  // namespace
}  // namespace lockstep
