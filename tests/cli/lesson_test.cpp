// Each lesson shows its bug and its fix, names commands that run, and made its page in
// docs/lessons.
#include "formats/lesson.hpp"

#include <fstream>
#include <sstream>

#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string page_named(const std::string& name) {
  std::ostringstream page;
  page << std::ifstream(std::string(LOCKSTEP_SOURCE_DIR) + "/docs/lessons/" + name + ".md").rdbuf();
  return page.str();
}

class LessonPage : public testing::TestWithParam<Lesson> {};

TEST_P(LessonPage, IsWhatTheLessonMakes) {
  const Ran ran = lockstep_with({"lesson", GetParam().name, "--markdown"});
  ASSERT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, Not(HasSubstr("Violated: nothing")));
  EXPECT_EQ(page_named(GetParam().name), ran.out) << "stale: ./dev lessons";
}

TEST_P(LessonPage, SaysWhatToTryWithACommandThatRuns) {
  std::istringstream command(GetParam().command);
  std::vector<std::string> words;
  for (std::string word; command >> word;) words.push_back(word);
  ASSERT_EQ(words.at(0), "lockstep");
  words.erase(words.begin());
  const Ran ran = lockstep_with(words);
  EXPECT_TRUE(ran.code == ExitCode::met || ran.code == ExitCode::violation) << ran.err;
}

INSTANTIATE_TEST_SUITE_P(Lessons, LessonPage, testing::ValuesIn(all_lessons()),
                         [](const auto& lesson) {
                           std::string name = lesson.param.name;
                           std::erase(name, '-');
                           return name;
                         });

TEST(Lessons, AreListedByName) {
  const Ran ran = lockstep_with({"lesson"});
  EXPECT_THAT(ran.out, HasSubstr("two-locks-two-orders"));
}

TEST(Lessons, AreListedInTheDocs) {
  const Ran ran = lockstep_with({"lesson", "--markdown"});
  EXPECT_EQ(page_named("README"), ran.out) << "stale: ./dev lessons";
}

using LessonFolder = ScratchFolder;

TEST_F(LessonFolder, HoldsBothTimelinesAndAPageThatLinksToThem) {
  const std::string folder = path("lesson");
  const Ran ran = lockstep_with({"lesson", "the-herd", "-o", folder});
  ASSERT_EQ(ran.code, ExitCode::met) << ran.err;
  EXPECT_THAT(ran.out, HasSubstr("for each"));
  EXPECT_THAT(names("lesson"), testing::ElementsAre("broken.html", "broken.toml", "fixed.html",
                                                    "fixed.toml", "index.html"));
  EXPECT_THAT(content(folder + "/index.html"), HasSubstr("href=\"broken.html\""));
  EXPECT_EQ(lockstep_with({"lesson", "the-herd", "-q", "-o", folder}).code, ExitCode::met);
}

TEST(Lessons, TheHerdCostsMoreThanTheLineInWhichOneIsWoken) {
  const Ran ran = lockstep_with({"lesson", "the-herd", "--markdown"});
  EXPECT_THAT(ran.out, testing::ContainsRegex("zk-seq-herd: 5,0.* 90\\.1 for each"));
  EXPECT_THAT(ran.out, testing::ContainsRegex("zk-seq: 1,9.* 34\\.7 for each"));
}

TEST(Lessons, OneThatDoesNotExistNamesItsNeighbour) {
  const Ran ran = lockstep_with({"lesson", "the-hert"});
  EXPECT_EQ(ran.code, ExitCode::usage);
  EXPECT_THAT(ran.err, HasSubstr("the-herd"));
}

TEST(Lessons, AFileThatLacksItsQuestionIsRefused) {
  const auto read = read_lesson("x", "title = 'a'\nscenario = 'b'\ntext = 'c'\ntry = 'd'\n");
  ASSERT_FALSE(read.has_value());
  EXPECT_THAT(read.error().text, HasSubstr("question"));
}

}  // namespace
}  // namespace lockstep
