#include "campaign/campaign_file.hpp"

#include <gmock/gmock.h>

#include <fstream>

#include "campaign/merge.hpp"
#include "tests/campaign/folder.hpp"

namespace lockstep {
namespace {

using testing::HasSubstr;

class CampaignFiles : public testing::Test {
 protected:
  std::string path(const std::string& name = "c.sqlite") const { return folder_.path(name); }
  CampaignFolder folder_;
};

TEST_F(CampaignFiles, WhatWasCommittedIsReadAgain) {
  made(path(), {0, 1, 3});
  const CampaignContent content = content_of(path());
  EXPECT_EQ(content.head, a_head());
  EXPECT_EQ(content.runs, (std::vector<RunRow>{a_run(0), a_run(1), a_run(3)}));
  ASSERT_EQ(content.failures.size(), 2u);
  EXPECT_EQ(content.failures.front().runs, 1u);
}

TEST_F(CampaignFiles, WhatWasNotCommittedIsNotThere) {
  {
    auto file = CampaignFile::take_up(path(), a_head());
    add(*file, a_run(0));
    ASSERT_TRUE(file->commit());
    add(*file, a_run(1));
  }
  EXPECT_EQ(content_of(path()).runs.size(), 1u);
}

TEST_F(CampaignFiles, NoRunIsTakenTwice) {
  auto file = CampaignFile::take_up(path(), a_head());
  ASSERT_TRUE(file->add(a_run(1)));
  EXPECT_FALSE(file->add(a_run(1)));
}

TEST_F(CampaignFiles, TheSmallestFailureOfAPatternIsKept) {
  made(path(), {6, 12, 0, 18});  // clients: 4, 2, 2, 4; faults: 1, 2, 0, 3
  const CampaignContent content = content_of(path());
  ASSERT_EQ(content.failures.size(), 1u);
  EXPECT_EQ(content.failures.front().index, 0u);
  EXPECT_EQ(content.failures.front().runs, 4u);
}

TEST_F(CampaignFiles, AnotherBuildAndOtherSettingsAreRefused) {
  made(path(), {0});
  CampaignHead head = a_head();
  head.build = "1+def";
  EXPECT_THAT(CampaignFile::take_up(path(), head).error().what,
              HasSubstr("its build is 1+abc, not 1+def"));
  head = a_head();
  head.settings = "lease = 12s\nclients = 3\n";
  EXPECT_THAT(CampaignFile::take_up(path(), head).error().what,
              HasSubstr("it has `lease = 10s`, not `lease = 12s`"));
  head = a_head();
  head.first_seed = 6;
  EXPECT_THAT(CampaignFile::take_up(path(), head).error().what, HasSubstr("first seed is 5"));
}

TEST_F(CampaignFiles, MoreRunsMayBePlanned) {
  made(path(), {0});
  CampaignHead head = a_head();
  for (const std::uint64_t planned : {50u, 500u, 200u}) {
    head.planned = planned;
    ASSERT_TRUE(CampaignFile::take_up(path(), head));
  }
  EXPECT_EQ(content_of(path()).head.planned, 500u);
}

TEST_F(CampaignFiles, WhatIsNoCampaignIsLeftAlone) {
  const std::string text =
      "not a database, but a text that is longer than the head of one: " + std::string(200, '.');
  std::ofstream(path()) << text;
  EXPECT_THAT(CampaignFile::take_up(path(), a_head()).error().what, HasSubstr("no file of a"));
  EXPECT_THAT(CampaignFile::look_into(path()).error().what, HasSubstr("no file of a"));
  std::ifstream file(path());
  std::string now;
  std::getline(file, now);
  EXPECT_EQ(now, text);
  EXPECT_FALSE(CampaignFile::look_into(path("absent.sqlite")));
}

TEST_F(CampaignFiles, AnEmptyFileIsABeginning) {
  std::ofstream(path()) << "";  // as somebody leaves it who is killed at once
  made(path(), {2});
  EXPECT_EQ(content_of(path()).runs.size(), 1u);
}

TEST_F(CampaignFiles, OneProcessHasItAtATime) {
  const auto first = CampaignFile::take_up(path(), a_head());
  ASSERT_TRUE(first);
  EXPECT_THAT(CampaignFile::take_up(path(), a_head()).error().what, HasSubstr("another process"));
}

TEST_F(CampaignFiles, MergeRefusesWhatDoesNotBelongTogether) {
  made(path("a"), {0, 1});
  CampaignHead other = a_head();
  other.build = "1+def";
  ASSERT_TRUE(CampaignFile::take_up(path("b"), other));
  const auto merged = merge_campaigns(path("out"), {path("a"), path("b")});
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().kind, CampaignError::Kind::different);
  EXPECT_EQ(merged.error().where, path("b"));
  EXPECT_FALSE(std::filesystem::exists(path("out")));
}

TEST_F(CampaignFiles, MergeFindsARunThatWentOtherwise) {
  made(path("a"), {0, 1});
  {
    auto file = CampaignFile::take_up(path("b"), a_head());
    RunRow run = a_run(1);
    run.digest ^= 1;
    add(*file, run);
    ASSERT_TRUE(file->commit());
  }
  const auto merged = merge_campaigns(path("out"), {path("a"), path("b")});
  ASSERT_FALSE(merged);
  EXPECT_EQ(merged.error().kind, CampaignError::Kind::diverged);
  EXPECT_THAT(merged.error().what, HasSubstr("seed 6"));
  EXPECT_TRUE(content_of(path("out")).runs.empty());
}

}  // namespace
}  // namespace lockstep
