#include "formats/history_csv.hpp"

#include <gtest/gtest.h>

#include "formats/detect.hpp"

namespace lockstep {
namespace {

std::string error_of(std::string_view text) {
  const FileResult<HistoryFile> file = read_history_csv(text);
  return file ? "" : to_text(file.error().at) + " " + file.error().text;
}

TEST(HistoryCsv, TheHeaderNamesTheColumns) {
  const FileResult<HistoryFile> file = read_history(
      "type,process,f,value,owner,token,time_ns,key\r\n"
      "invoke,0,acquire,,\"a, \"\"b\"\"\",,5,lock-1\r\n"
      "ok,0,acquire,,,7,9,lock-1\r\n");
  ASSERT_TRUE(file) << file.error().text;
  ASSERT_EQ(file->history.size(), 2u);
  EXPECT_EQ(file->history[0].owner, "a, \"b\"");
  EXPECT_EQ(file->history[0].key, "lock-1");
  EXPECT_EQ(nanos(file->history[0].time), 5);
  EXPECT_EQ(file->history[1].token, 7u);
  EXPECT_EQ(file->history[1].type, OpType::ok);
}

TEST(HistoryCsv, AValueIsNothingANumberAListOrText) {
  const FileResult<HistoryFile> file = read_history(
      "process,type,f,value\n"
      "0,invoke,cas,\"[1, 2]\"\n"
      "0,ok,cas,[1 2]\n"
      "0,invoke,write,-3\n"
      "0,ok,write,\n"
      "0,invoke,put,abc\n");
  ASSERT_TRUE(file) << file.error().text;
  EXPECT_EQ(file->history[0].value, file->history[1].value);
  EXPECT_EQ(file->history[2].value, OpValue{std::int64_t{-3}});
  EXPECT_EQ(file->history[3].value, OpValue{});
  EXPECT_EQ(file->history[4].value, OpValue{std::string("abc")});
}

TEST(HistoryCsv, TellsTheLineAndWhatWasExpected) {
  EXPECT_EQ(error_of("process,type,f,tokn\n"), "1:16 a history has no column \"tokn\"");
  EXPECT_EQ(error_of("process,type\n"), "1:1 there is no column \"f\"");
  EXPECT_EQ(error_of("process,type,f\n0,invoke\n"), "2:1 this line has 2 cells, the header has 3");
  EXPECT_EQ(error_of("process,type,f\n0,invoke,read\n0,okay,read\n"),
            "3:3 type is invoke, ok, fail or info, not \"okay\"");
  EXPECT_EQ(error_of("process,type,f\nx,invoke,read\n"),
            "2:1 process is a whole number, not \"x\"");
  EXPECT_EQ(error_of("process,type,f\n0,invoke,\"read\n"), "2:10 expected a closing quote");
  EXPECT_EQ(error_of("process,type,f,value\n0,invoke,cas,[1\n"),
            "2:14 expected a list such as [1 2]");
}

}  // namespace
}  // namespace lockstep
