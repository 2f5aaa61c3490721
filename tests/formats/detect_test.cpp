#include "formats/detect.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "formats/history_jsonl.hpp"
#include "formats/history_proto.hpp"

namespace lockstep {
namespace {

const History history = {
    Op{.process = 0, .type = OpType::invoke, .f = "acquire", .key = "lock-1"},
    Op{.index = 1, .process = 0, .type = OpType::ok, .f = "acquire", .key = "lock-1"}};

std::string error_of(const FileResult<HistoryFile>& file) {
  return file ? "" : to_text(file.error().at) + " " + file.error().text;
}

std::string read_error(std::string_view text) {
  return error_of(read_history(text));
}

/// A file that is gone when the test ends.
struct ScratchFile {
  explicit ScratchFile(const std::string& name)
      : path(std::filesystem::path(testing::TempDir()) / name) {}
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  ~ScratchFile() { std::filesystem::remove(path); }
  std::filesystem::path path;
};

TEST(Detect, TheContentSaysWhichFormatItIs) {
  for (const std::string& text :
       {write_history_jsonl(history), write_history_edn(history), write_history_proto(history)}) {
    const FileResult<HistoryFile> file = read_history(text);
    ASSERT_TRUE(file) << error_of(file);
    EXPECT_EQ(file->history, history);
  }
}

TEST(Detect, NonsenseIsRefusedAtItsFirstByte) {
  EXPECT_EQ(read_error("\n  hello"), "2:3 this is no history in any format known here");
  EXPECT_EQ(read_error(""), "1:1 there is no history in this file");
  EXPECT_EQ(read_error(std::string(100, '\0')), "1:1 this is no history in any format known here");
  EXPECT_EQ(read_error("[]"), "1:1 there is no operation in this history");
}

TEST(Detect, AReplyBeforeItsCallIsRefusedAtItsPlace) {
  EXPECT_EQ(read_error("[{:process 2, :type :ok, :f :acquire}\n"
                       " {:process 2, :type :invoke, :f :acquire}]"),
            "1:2 process 2 gets \"ok\" for acquire, but has no call that waits for a reply");
}

TEST(Detect, AReplyToAnotherCallIsRefused) {
  EXPECT_EQ(read_error("{:process 2, :type :invoke, :f :acquire}\n"
                       "{:process 2, :type :ok, :f :release}"),
            "2:1 process 2 gets \"ok\" for release, but its call at 1:1 was acquire");
}

TEST(Detect, TwoCallsAtOnceAreRefused) {
  EXPECT_EQ(read_error("{:process 2, :type :invoke, :f :acquire}\n"
                       "{:process 2, :type :invoke, :f :release}"),
            "2:1 process 2 calls release before its call at 1:1 has a reply");
}

TEST(Detect, FilesThatCannotBeReadAreNamed) {
  EXPECT_EQ(error_of(read_history_file("/nowhere/at/all")), " there is no such file");
  EXPECT_EQ(error_of(read_history_file(testing::TempDir())), " this is a directory, not a file");
}

TEST(Detect, ALargeFileOfNonsenseIsNotReadToItsEnd) {
  const ScratchFile file("lockstep-nonsense");
  std::ofstream(file.path) << "\x07";
  std::filesystem::resize_file(file.path, 100'000'000);  // sparse
  std::size_t asked = 0;
  const auto content = read_file(file.path, [&](std::string_view beginning) {
    asked += beginning.size();
    return FileResult<void>(misread(Place{1, 1, 0}, "nonsense"));
  });
  EXPECT_FALSE(content);
  EXPECT_EQ(asked, 65536u);
  EXPECT_EQ(error_of(read_history_file(file.path)),
            "1:1 this is no history in any format known here");
}

TEST(Detect, MoreThanTheLimitIsRefusedUnread) {
  const ScratchFile file("lockstep-huge");
  std::ofstream(file.path) << "[";
  std::filesystem::resize_file(file.path, largest_file + 1);
  EXPECT_EQ(error_of(read_history_file(file.path)),
            " the file is larger than 512 MiB, the most that is read");
}

}  // namespace
}  // namespace lockstep
