#include "formats/history_proto.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/formats/random_data.hpp"

namespace lockstep {
namespace {

RC_GTEST_PROP(HistoryProto, WhatIsWrittenIsReadBack, ()) {
  const History history = any_history();
  const std::string bytes = write_history_proto(history);
  const FileResult<HistoryFile> file = read_history_proto(bytes);
  RC_ASSERT(file.has_value());
  RC_ASSERT(file->history == history);
  RC_ASSERT(begins_as_history_proto(bytes));
}

RC_GTEST_PROP(HistoryProto, AFileCutWithinARecordIsRefusedAtThatRecord, ()) {
  History history = any_history();
  history.push_back(any_op(0));
  const std::string bytes = write_history_proto(history);
  const auto whole = read_history_proto(bytes);
  RC_ASSERT(whole.has_value());
  const std::size_t last = whole->places.back().byte;
  const std::size_t cut = *rc::gen::inRange(last + 1, bytes.size());
  const auto file = read_history_proto(std::string_view(bytes).substr(0, cut));
  RC_ASSERT(!file.has_value());
  RC_ASSERT(file.error().at.byte == last);
  RC_ASSERT(file.error().advice == "the file was cut short");
}

TEST(HistoryProto, ACutNamesTheByteAndWhatIsMissing) {
  const std::string bytes = write_history_proto({Op{.f = "acquire"}});
  const auto file = read_history_proto(std::string_view(bytes).substr(0, bytes.size() - 3));
  ASSERT_FALSE(file);
  EXPECT_EQ(to_text(file.error().at), "byte 21");
  EXPECT_EQ(file.error().text, "a record of 11 bytes begins here, but only 8 bytes follow");
}

TEST(HistoryProto, GarbageIsRefusedAtItsByte) {
  const std::string head = write_history_proto({});
  const auto wrong = read_history_proto(head + std::string("\x03\xff\xff\xff", 4));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(to_text(wrong.error().at), "byte 22");
  const auto endless = read_history_proto(head + std::string(100, '\xff'));
  ASSERT_FALSE(endless);
  EXPECT_EQ(to_text(endless.error().at), "byte 21");
  EXPECT_FALSE(read_history_proto(std::string(1000, '\0')));
}

TEST(HistoryProto, AnOperationWithoutTypeIsRefused) {
  const auto file = read_history_proto(write_history_proto({}) + std::string("\x03\x2a\x01"
                                                                             "a",
                                                                             4));
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().text, "expected this operation to have a type");
}

RC_GTEST_PROP(HistoryProto, AnyBytesEndInAHistoryOrAnError, (const std::string& tail)) {
  const std::string head = write_history_proto({});
  const auto file = read_history_proto(head + tail);
  if (!file) RC_ASSERT(file.error().at.byte <= head.size() + tail.size());
}

}  // namespace
}  // namespace lockstep
