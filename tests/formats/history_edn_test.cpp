#include "formats/history_edn.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "formats/detect.hpp"
#include "tests/formats/random_data.hpp"
#include "tests/formats/shared_data.hpp"

namespace lockstep {
namespace {

std::string error_of(std::string_view text, EdnKeys keys = EdnKeys::none) {
  const FileResult<HistoryFile> file = read_history_edn(text, keys);
  return file ? "" : to_text(file.error().at) + " " + file.error().text;
}

RC_GTEST_PROP(HistoryEdn, WhatIsWrittenIsReadBack, ()) {
  const History history = any_history();
  const FileResult<HistoryFile> file = read_history_edn(write_history_edn(history));
  RC_ASSERT(file.has_value());
  RC_ASSERT(file->history == history);
}

TEST(HistoryEdn, ReadsAVectorAListAndOneMapAfterTheOther) {
  const std::string ops =
      "{:process 1 :type :invoke :f :cas :value [0 1]}\n"
      "{:process :nemesis, :type :info, :f :start, :value {:n [a b]}}";
  const auto bare = read_history_edn(ops);
  ASSERT_TRUE(bare);
  ASSERT_EQ(bare->history.size(), 2u);
  EXPECT_EQ(bare->history[0].value, (OpValue{OpValue::List{OpValue{0}, OpValue{1}}}));
  EXPECT_EQ(bare->history[1].process, nemesis_process);
  EXPECT_EQ(to_text(bare->places[1]), "2:1");
  EXPECT_EQ(read_history_edn("[" + ops + "]")->history, bare->history);
  EXPECT_EQ(read_history_edn("; why\n(" + ops + ")")->history, bare->history);
}

TEST(HistoryEdn, AnIndependentKeyIsTakenFromTheValue) {
  const std::string op = "{:process 0, :type :invoke, :f :write, :value [7 [1 2]]}";
  const auto keyed = read_history_edn(op, EdnKeys::independent);
  ASSERT_TRUE(keyed);
  EXPECT_EQ(keyed->history[0].key, "7");
  EXPECT_EQ(keyed->history[0].value, (OpValue{OpValue::List{OpValue{1}, OpValue{2}}}));
  EXPECT_EQ(error_of("{:process 0, :type :invoke, :f :read, :value nil}", EdnKeys::independent),
            "1:1 expected :value to be [key value]");
}

TEST(HistoryEdn, ErrorsNameThePlace) {
  EXPECT_EQ(error_of("[{:process 0, :type :ok}]"), "1:2 this operation has no :f");
  EXPECT_EQ(error_of("[{:process 0, :type :okay, :f :read}]"),
            "1:21 :type is :invoke, :ok, :fail or :info, not \"okay\"");
  EXPECT_EQ(error_of("[{:process \"a\", :type :ok, :f :read}]"),
            "1:12 expected :process to be a whole number or :nemesis");
  EXPECT_EQ(error_of("[1 2]"),
            "1:2 expected an operation: a map such as {:process 0, :type :invoke, ...}");
  EXPECT_EQ(error_of("[] 1"), "1:4 expected nothing after the history's end");
}

TEST(HistoryEdn, EveryRecordedHistoryIsReadAndIsWellFormed) {
  const std::filesystem::path folder = shared_data() / "histories" / "knossos";
  LOCKSTEP_NEEDS(folder);
  const auto files = shared_files(folder, ".edn");
  EXPECT_EQ(files.size(), 43u);
  for (const auto& path : files) {
    const FileResult<HistoryFile> file = read_history_file(path);
    ASSERT_TRUE(file) << path << ":" << to_text(file.error().at) << " " << file.error().text;
    EXPECT_GT(file->history.size(), 1u) << path;
    EXPECT_EQ(read_history_edn(write_history_edn(file->history))->history, file->history) << path;
  }
}

TEST(HistoryEdn, TheRecordedEtcdLockHasItsErrorsAndTimes) {
  const auto path = shared_data() / "histories/knossos/mutex/bad/etcd.edn";
  LOCKSTEP_NEEDS(path);
  const auto file = read_history_file(path);
  ASSERT_TRUE(file);
  ASSERT_EQ(file->history.size(), 1135u);
  EXPECT_EQ(file->history[1].error, "not-held");
  EXPECT_EQ(nanos(file->history[1].time), 342667129);
  EXPECT_EQ(file->history[1119].type, OpType::ok);
  EXPECT_EQ(file->history[1119].f, "acquire");
}

}  // namespace
}  // namespace lockstep
