#include "formats/history_jsonl.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/formats/random_data.hpp"

namespace lockstep {
namespace {

FileError error_of(std::string_view text) {
  const FileResult<HistoryFile> file = read_history_jsonl(text);
  return file ? FileError{} : file.error();
}

RC_GTEST_PROP(HistoryJsonl, WhatIsWrittenIsReadBack, ()) {
  const History history = any_history();
  const FileResult<HistoryFile> file = read_history_jsonl(write_history_jsonl(history));
  RC_ASSERT(file.has_value());
  RC_ASSERT(file->history == history);
}

TEST(HistoryJsonl, BeginsWithItsSchemaVersionAndLeavesOutWhatIsNotThere) {
  Op op;
  op.time = WorldTime(12500ns);
  op.f = "acquire";
  op.key = "lock-1";
  EXPECT_EQ(write_history_jsonl({op}),
            "{\"format\":\"lockstep-history\",\"schema_version\":1}\n"
            "{\"index\":0,\"time_ns\":12500,\"process\":0,\"type\":\"invoke\",\"f\":\"acquire\","
            "\"key\":\"lock-1\"}\n");
}

TEST(HistoryJsonl, AListWithoutHeaderIsReadToo) {
  const auto file = read_history_jsonl("\n{\"process\":3,\"type\":\"ok\",\"f\":\"read\"}");
  ASSERT_TRUE(file);
  ASSERT_EQ(file->history.size(), 1u);
  EXPECT_EQ(file->places[0], (Place{2, 1, 1}));
}

TEST(HistoryJsonl, ATypoIsNamedWithItsPlaceAndTheNearestName) {
  const FileError error = error_of(R"({"process":0,"type":"invok","f":"read"})");
  EXPECT_EQ(to_text(error.at), "1:21");
  EXPECT_EQ(error.text, "type is invoke, ok, fail or info, not \"invok\"");
  EXPECT_EQ(error.advice, "did you mean \"invoke\"?");
}

TEST(HistoryJsonl, AnUnknownFieldIsRefused) {
  const FileError error = error_of("{\"proces\":0,\"type\":\"invoke\",\"f\":\"read\"}");
  EXPECT_EQ(to_text(error.at), "1:2");
  EXPECT_EQ(error.advice, "did you mean \"process\"?");
}

TEST(HistoryJsonl, WrongTypesAndMissingFieldsArePlaced) {
  EXPECT_EQ(to_text(error_of("{\"process\":\"0\",\"type\":\"ok\",\"f\":\"r\"}").at), "1:12");
  EXPECT_EQ(to_text(error_of("{\"process\":0,\"type\":\"ok\",\"f\":\"r\",\"token\":-1}").at),
            "1:42");
  EXPECT_EQ(error_of("{\"process\":0,\"type\":\"ok\"}").text, "this operation has no field \"f\"");
}

TEST(HistoryJsonl, ABrokenLineIsNamedByLineAndColumn) {
  const FileError error =
      error_of("{\"process\":0,\"type\":\"invoke\",\"f\":\"read\"}\n{\"process\":0,]\n");
  EXPECT_EQ(to_text(error.at), "2:14");
}

TEST(HistoryJsonl, AnotherSchemaVersionIsRefused) {
  EXPECT_EQ(error_of("{\"format\":\"lockstep-history\",\"schema_version\":2}").text,
            "this program reads schema_version 1");
}

TEST(HistoryJsonl, DeepNestingIsRefusedAndNotFollowed) {
  const std::string deep =
      "{\"process\":0,\"type\":\"ok\",\"f\":\"r\",\"value\":" + std::string(100'000, '[') +
      std::string(100'000, ']') + "}";
  EXPECT_EQ(error_of(deep).text, "value is null, a whole number, text, or a list of these");
}

TEST(HistoryJsonl, BytesThatAreNotUtf8AreReplacedWhenWritten) {
  Op op;
  op.f = "read";
  op.error = "a\xff";
  const auto file = read_history_jsonl(write_history_jsonl({op}));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->history[0].error, "a\xEF\xBF\xBD");
}

}  // namespace
}  // namespace lockstep
