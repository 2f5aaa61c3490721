#include "cli/output_folder.hpp"

#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class Folders : public ScratchFolder {};

TEST_F(Folders, IsWrittenWholeAndLeavesNothingBesideIt) {
  ASSERT_TRUE(write_output(path("a/b"), {{"outcome.json", "{}"}, {"scenario.toml", "x"}}));
  EXPECT_THAT(names(), ElementsAre("a"));
  EXPECT_THAT(names("a"), ElementsAre("b"));
  EXPECT_THAT(names("a/b"), ElementsAre("outcome.json", "scenario.toml"));
  EXPECT_EQ(content(path("a/b/outcome.json")), "{}");
}

TEST_F(Folders, AnEarlierRunIsReplacedWithoutATrace) {
  ASSERT_TRUE(write_output(path("run/"), {{"outcome.json", "1"}, {"report.txt", "1"}}));
  ASSERT_TRUE(write_output(path("run"), {{"outcome.json", "2"}}));
  EXPECT_THAT(names(), ElementsAre("run"));
  EXPECT_THAT(names("run"), ElementsAre("outcome.json"));
  EXPECT_EQ(content(path("run/outcome.json")), "2");
}

TEST_F(Folders, AnEmptyFolderIsTaken) {
  std::filesystem::create_directory(path("run"));
  EXPECT_TRUE(write_output(path("run"), {{"outcome.json", "1"}}));
}

TEST_F(Folders, FilesThatAreNotOursAreLeftAlone) {
  std::filesystem::create_directory(path("home"));
  file("home/thesis.tex", "ten years of work");
  const Checked<void> written = write_output(path("home"), {{"outcome.json", "1"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ExitCode::usage);
  EXPECT_EQ(written.error().what, "the folder holds \"thesis.tex\", which lockstep did not write");
  EXPECT_THAT(names("home"), ElementsAre("thesis.tex"));
}

TEST_F(Folders, AFileOfThatNameIsNoFolder) {
  const Checked<void> written = write_output(file("run", "x"), {{"outcome.json", "1"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().what, "this is no folder");
}

TEST_F(Folders, WhereNothingCanBeWrittenNothingIs) {
  const Checked<void> written = write_output("/proc/lockstep/run", {{"outcome.json", "1"}});
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ExitCode::bad_file);
  EXPECT_THAT(written.error().what, HasSubstr("can't be written"));
}

TEST_F(Folders, AFileThatFailsTakesTheWholeFolderBack) {
  const Checked<void> written =
      write_output(path("run"), {{"outcome.json", "1"}, {"no/such/outcome.json", "2"}});
  ASSERT_FALSE(written);
  EXPECT_THAT(names(), IsEmpty());
}

class NewProject : public ScratchFolder {};

TEST_F(NewProject, TouchesNothingButItsOwnFolder) {
  std::filesystem::create_directories(path("mine.new"));
  file("mine.new/of-mine", "precious");
  EXPECT_EQ(lockstep_with({"new", "lock", "mine", "-o", path("mine"), "-q"}).code, ExitCode::met);
  EXPECT_EQ(names(), (std::vector<std::string>{"mine", "mine.new"}));
  EXPECT_EQ(content(path("mine.new/of-mine")), "precious");
}

TEST_F(NewProject, MayBeCalledByAWordOfTheLanguageOrItsLibrary) {
  for (const auto& [what, name] : {std::pair("lock", "class"), std::pair("fault", "pause"),
                                   std::pair("workload", "int"), std::pair("model", "co-await")}) {
    EXPECT_EQ(lockstep_with({"new", what, name, "-o", path(name), "-q"}).code, ExitCode::met);
    std::string snake = name;
    std::replace(snake.begin(), snake.end(), '-', '_');
    const std::string code = content(path(std::string(name) + "/" + snake + ".cpp"));
    EXPECT_THAT(code, HasSubstr("namespace " + snake + "_" + what + " {"));
    EXPECT_THAT(code, HasSubstr(snake + "_" + what + "::entry()"));
    EXPECT_THAT(code, HasSubstr("\"" + std::string(name) + "\""));
  }
  EXPECT_THAT(content(path("class/class.cpp")), HasSubstr("class ClassLock final : public Lock"));
}

TEST_F(NewProject, TakesNoNameThatIsTaken) {
  const auto refused = [&](const std::string& what, const std::string& name) {
    const Ran ran = lockstep_with({"new", what, name, "-o", path("project")});
    EXPECT_EQ(ran.code, ExitCode::usage) << what << " " << name;
    return ran.err;
  };
  EXPECT_THAT(refused("lock", "redis-setpx"), HasSubstr("there is a lock \"redis-setpx\" already"));
  EXPECT_THAT(refused("fault", "gc-pause"), HasSubstr("my-gc-pause is free"));
  EXPECT_THAT(refused("workload", "counter"), HasSubstr("already"));
  EXPECT_THAT(refused("model", "owner-mutex"), HasSubstr("already"));
  EXPECT_THAT(refused("lock", "test"), HasSubstr("CMake has a target \"test\" of its own"));
  EXPECT_THAT(names(), IsEmpty());
}

TEST_F(NewProject, LeavesNothingWhereItCantBeWritten) {
  file("mine", "a file, not a folder");
  const Ran ran = lockstep_with({"new", "lock", "mine", "-o", path("mine/deep"), "-q"});
  EXPECT_EQ(ran.code, ExitCode::bad_file);
  EXPECT_THAT(ran.err, testing::HasSubstr("the project can't be written: Not a directory"));
  EXPECT_THAT(ran.err, testing::HasSubstr("name another folder with -o"));
  EXPECT_EQ(names(), std::vector<std::string>{"mine"});
}

}  // namespace
}  // namespace lockstep
