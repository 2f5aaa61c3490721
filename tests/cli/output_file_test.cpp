#include "cli/output_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class OutputFiles : public ScratchFolder {};

TEST_F(OutputFiles, AreWrittenWholeAndLeaveNothingBeside) {
  ASSERT_TRUE(write_whole_file(file("junit.xml", "old"), "new"));
  EXPECT_THAT(names(), ElementsAre("junit.xml"));
  EXPECT_EQ(content(path("junit.xml")), "new");
}

TEST_F(OutputFiles, KeepWhoMayReadThem) {
  fs::permissions(file("junit.xml", "old"), fs::perms::owner_read | fs::perms::owner_write);
  ASSERT_TRUE(write_whole_file(path("junit.xml"), "new"));
  EXPECT_EQ(fs::status(path("junit.xml")).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(OutputFiles, ThatAreLinksStayLinks) {
  fs::create_directory(path("elsewhere"));
  file("elsewhere/real.xml", "old");
  fs::create_symlink("elsewhere/real.xml", path("link.xml"));
  fs::create_symlink("link.xml", path("link-to-link.xml"));
  ASSERT_TRUE(write_whole_file(path("link-to-link.xml"), "new"));
  EXPECT_TRUE(fs::is_symlink(path("link-to-link.xml")));
  EXPECT_TRUE(fs::is_symlink(path("link.xml")));
  EXPECT_FALSE(fs::is_symlink(path("elsewhere/real.xml")));
  EXPECT_EQ(content(path("elsewhere/real.xml")), "new");
}

TEST_F(OutputFiles, ThatALinkLeadsToNeedNotBeThere) {
  fs::create_symlink("later.xml", path("link.xml"));
  ASSERT_TRUE(write_whole_file(path("link.xml"), "new"));
  EXPECT_TRUE(fs::is_symlink(path("link.xml")));
  EXPECT_EQ(content(path("later.xml")), "new");
}

TEST_F(OutputFiles, ThatArePipesAreWrittenToAndStayPipes) {
  const std::string pipe = path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  const int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  ASSERT_GE(reader, 0);
  EXPECT_TRUE(check_output_file(pipe));
  EXPECT_TRUE(write_whole_file(pipe, "through the pipe"));
  std::array<char, 64> read{};
  const ssize_t length = ::read(reader, read.data(), read.size());
  ::close(reader);
  EXPECT_EQ(std::string(read.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))),
            "through the pipe");
  EXPECT_TRUE(fs::is_fifo(pipe));
  EXPECT_THAT(names(), ElementsAre("pipe"));
}

TEST_F(OutputFiles, InAFolderThatIsNotThereAreAClearError) {
  for (const auto& ask :
       {check_output_file(path("no/junit.xml")), write_whole_file(path("no/junit.xml"), "new")}) {
    ASSERT_FALSE(ask);
    EXPECT_EQ(ask.error().code, ExitCode::bad_file);
    EXPECT_EQ(ask.error().what, "this file can't be written: there is no folder " + path("no"));
    EXPECT_THAT(ask.error().advice, HasSubstr("make it first"));
  }
  EXPECT_TRUE(names().empty());
}

TEST_F(OutputFiles, ThatAreFoldersAreRefused) {
  fs::create_directory(path("folder"));
  EXPECT_FALSE(check_output_file(path("folder")));
  EXPECT_FALSE(check_output_file(path("absent/")));
  EXPECT_FALSE(check_output_file(file("plain", "x") + "/junit.xml"));
  EXPECT_FALSE(write_whole_file(path("folder"), "new"));
}

TEST_F(OutputFiles, ToBeAskedAboutAreLeftAsTheyAre) {
  EXPECT_TRUE(check_output_file(path("junit.xml")));
  EXPECT_TRUE(names().empty());
  EXPECT_TRUE(check_output_file(file("junit.xml", "old")));
  EXPECT_EQ(content(path("junit.xml")), "old");
  EXPECT_THAT(names(), ElementsAre("junit.xml"));
}

TEST(StandardOutput, IntoAFileIsWrittenToAndNotReplaced) {
  const std::string log = testing::TempDir() + "/lockstep-standard-output.log";
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ::dup2(file, STDOUT_FILENO);
  const bool first = ::write(STDOUT_FILENO, "words\n", 6) == 6;
  const bool written = write_whole_file("/dev/stdout", "<xml/>\n").has_value();
  const bool last = ::write(STDOUT_FILENO, "more\n", 5) == 5;
  ::dup2(before, STDOUT_FILENO);
  ::close(before);
  ::close(file);
  EXPECT_TRUE(first && written && last);
  std::ostringstream text;
  text << std::ifstream(log).rdbuf();
  EXPECT_EQ(text.str(), "words\n<xml/>\nmore\n");
  fs::remove(log);
}

}  // namespace
}  // namespace lockstep
