// A grant by several independent servers, counted out of what each of them says.
#include "harness/quorum.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::optional<GrantChange> say(Quorum& quorum, int server, GrantChange change,
                               const std::string& owner = "ann") {
  return quorum.count("redis-" + std::to_string(server), "a", owner, change);
}

TEST(Quorum, GrantsOnceEnoughServersDo) {
  Quorum quorum(3);
  EXPECT_EQ(say(quorum, 1, GrantChange::granted), std::nullopt);
  EXPECT_EQ(say(quorum, 4, GrantChange::granted), std::nullopt);
  EXPECT_EQ(say(quorum, 4, GrantChange::granted), std::nullopt);
  EXPECT_EQ(say(quorum, 2, GrantChange::granted), GrantChange::granted);
  EXPECT_EQ(say(quorum, 3, GrantChange::granted), std::nullopt);
}

TEST(Quorum, EndsAsTheServerEndsItThatLeavesTooFew) {
  Quorum quorum(3);
  for (int server = 1; server <= 4; ++server) (void)say(quorum, server, GrantChange::granted);
  EXPECT_EQ(say(quorum, 1, GrantChange::released), std::nullopt);
  EXPECT_EQ(say(quorum, 2, GrantChange::expired), GrantChange::expired);
  EXPECT_EQ(say(quorum, 3, GrantChange::released), std::nullopt);
  EXPECT_EQ(say(quorum, 1, GrantChange::granted), std::nullopt);
  EXPECT_EQ(say(quorum, 2, GrantChange::granted), GrantChange::granted);
}

TEST(Quorum, IsRenewedByAQuorumEachTime) {
  Quorum quorum(2);
  EXPECT_EQ(say(quorum, 1, GrantChange::renewed), std::nullopt);
  for (int server = 1; server <= 3; ++server) (void)say(quorum, server, GrantChange::granted);
  EXPECT_EQ(say(quorum, 1, GrantChange::renewed), std::nullopt);
  EXPECT_EQ(say(quorum, 1, GrantChange::renewed), std::nullopt);
  EXPECT_EQ(say(quorum, 2, GrantChange::renewed), GrantChange::renewed);
  EXPECT_EQ(say(quorum, 3, GrantChange::renewed), std::nullopt);
}

TEST(Quorum, CountsOwnersApart) {
  Quorum quorum(2);
  (void)say(quorum, 1, GrantChange::granted);
  EXPECT_EQ(say(quorum, 2, GrantChange::granted, "bob"), std::nullopt);
  EXPECT_EQ(say(quorum, 3, GrantChange::granted), GrantChange::granted);
}

TEST(Quorum, CountsAServerAndItsStandbyOnce) {
  Quorum quorum(2);
  quorum.share_vote("redis-1", "redis-1", true);
  quorum.share_vote("redis-4", "redis-1", false);
  EXPECT_EQ(say(quorum, 1, GrantChange::granted), std::nullopt);
  EXPECT_EQ(say(quorum, 4, GrantChange::granted), std::nullopt);
  EXPECT_EQ(say(quorum, 2, GrantChange::granted), GrantChange::granted);
  EXPECT_EQ(say(quorum, 1, GrantChange::forgotten), GrantChange::forgotten);
  quorum.let_speak("redis-4", true);
  EXPECT_EQ(say(quorum, 4, GrantChange::granted), GrantChange::granted);
}

TEST(Quorum, KnowsWhatAServerKeeps) {
  Quorum quorum(2);
  (void)say(quorum, 1, GrantChange::granted);
  (void)say(quorum, 1, GrantChange::granted, "bob");
  (void)say(quorum, 1, GrantChange::expired);
  ASSERT_EQ(quorum.kept_by("redis-1").size(), 1u);
  EXPECT_EQ(quorum.kept_by("redis-1").front(), std::pair(std::string("a"), std::string("bob")));
  EXPECT_TRUE(quorum.kept_by("redis-2").empty());
}

}  // namespace
}  // namespace lockstep
