// A group of members in the simulator: it elects, commits, and goes on after every fault.

#include "backends/raft/member.hpp"

#include <gtest/gtest.h>

#include "tests/backends/raft/group.hpp"

namespace lockstep::raft {
namespace {

using Strings = std::vector<std::string>;

std::string proposed(Group& group, std::size_t server, std::string command,
                     Duration patience = 2s) {
  std::string reply = "nothing";
  const Deadline until = group.node(server).steady_now() + patience;
  group.ask(server, propose(group.member(server), std::move(command), until, reply));
  const WorldTime end = group.world.now() + patience + 1s;
  while (reply == "nothing" && group.world.now() < end) group.run_for(1ms);
  return reply;
}

std::string read_at(Group& group, std::size_t server, Duration patience = 2s) {
  std::string reply = "nothing";
  const Deadline until = group.node(server).steady_now() + patience;
  group.ask(server, read(group.member(server), until, reply));
  const WorldTime end = group.world.now() + patience + 1s;
  while (reply == "nothing" && group.world.now() < end) group.run_for(1ms);
  return reply;
}

TEST(Member, TheFirstServerLeadsAtOnce) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Group group({.seed = seed});
    group.run_for(50ms);
    EXPECT_EQ(group.leader(), 0u) << seed;
    EXPECT_EQ(group.member(2).leader(), NodeId{0}) << seed;
    EXPECT_EQ(group.member(1).members().size(), 3u) << seed;
  }
}

TEST(Member, AGroupOfOneNeedsNobody) {
  Group group({.servers = 1});
  group.run_for(50ms);
  EXPECT_EQ(proposed(group, 0, "a"), "1 a");
  EXPECT_EQ(read_at(group, 0), "ok");
}

TEST(Member, ACommandIsAppliedEverywhereAndAnsweredWhereItWasProposed) {
  Group group({});
  group.run_for(50ms);
  EXPECT_EQ(proposed(group, 0, "a"), "1 a");
  EXPECT_EQ(proposed(group, 1, "b"), "2 b");
  EXPECT_EQ(proposed(group, 2, "c"), "3 c");
  group.run_for(50ms);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(group.commands(i), (Strings{"a", "b", "c"}));
}

TEST(Member, AReadWaitsForEverythingThatWasCommitted) {
  Group group({});
  group.run_for(50ms);
  for (int i = 1; i <= 20; ++i) {
    proposed(group, 0, "x");
    EXPECT_EQ(read_at(group, 1 + static_cast<std::size_t>(i % 2)), "ok");
    EXPECT_EQ(group.commands(1 + static_cast<std::size_t>(i % 2)).size(),
              static_cast<std::size_t>(i));
  }
}

TEST(Member, AnotherLeadsWhenTheLeaderDies) {
  Group group({});
  group.run_for(50ms);
  proposed(group, 0, "a");
  group.node(0).kill();
  group.run_for(1s);
  const std::size_t leader = group.leader();
  ASSERT_TRUE(leader == 1 || leader == 2);
  EXPECT_EQ(proposed(group, leader, "b"), "2 b");
  group.node(0).start();
  group.run_for(500ms);
  EXPECT_EQ(group.commands(0), (Strings{"a", "b"}));
}

TEST(Member, ALeaderThatIsCutOffStepsDownAndAnswersNothing) {
  Group group({});
  group.run_for(50ms);
  group.isolate(0);
  EXPECT_EQ(proposed(group, 0, "lost", 400ms), "timeout");
  group.run_for(500ms);
  EXPECT_FALSE(group.member(0).leads());
  const std::size_t leader = group.leader();
  ASSERT_NE(leader, 0u);
  EXPECT_EQ(proposed(group, leader, "a"), "1 a");
  EXPECT_EQ(read_at(group, 0), "refused");
  group.isolate(0, false);
  group.run_for(500ms);
  EXPECT_EQ(group.commands(0), (Strings{"a"}));
}

TEST(Member, AllAreStillThereAfterEveryMachineLostPower) {
  Group group({});
  group.run_for(50ms);
  for (int i = 1; i <= 10; ++i) proposed(group, 1, "x");
  for (std::size_t i = 0; i < 3; ++i) group.node(i).power_off();
  for (std::size_t i = 0; i < 3; ++i) group.node(i).start();
  group.run_for(1s);
  ASSERT_NE(group.leader(), 3u);
  EXPECT_EQ(proposed(group, group.leader(), "y"), "11 y");
}

TEST(Member, ADoubledDatagramExecutesNothingTwice) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Group group({.seed = seed});
    for (std::uint32_t a = 0; a < 3; ++a) {
      for (std::uint32_t b = 0; b < 3; ++b) {
        if (a != b) group.world.link(NodeId{a}, NodeId{b}).trouble.duplicate_millionths = 500'000;
      }
    }
    group.run_for(50ms);
    for (int i = 1; i <= 10; ++i) {
      EXPECT_EQ(proposed(group, 1, "x"), std::to_string(i) + " x");
    }
  }
}

TEST(Member, SnapshotsReplaceTheLogAndAreSentToWhoeverLags) {
  Group::Options options;
  options.member.snapshot_every = 10;
  Group group(options);
  group.run_for(50ms);
  group.node(2).kill();
  for (int i = 0; i < 35; ++i) proposed(group, 0, "x");
  EXPECT_GE(group.member(0).consensus()->log().base(), 30u);
  group.node(2).start();
  group.run_for(1s);
  EXPECT_EQ(group.commands(2).size(), 35u);
  EXPECT_GT(group.servers[2]->machine.restored, 0);
  for (std::size_t i = 0; i < 3; ++i) group.node(i).power_off();
  for (std::size_t i = 0; i < 3; ++i) group.node(i).start();
  group.run_for(1s);
  ASSERT_NE(group.leader(), 3u);
  EXPECT_EQ(proposed(group, group.leader(), "y"), "36 y");
}

TEST(Member, AMemberThatLostItsDiskComesBackAsANewOne) {
  for (std::size_t victim = 0; victim < 3; ++victim) {
    Group group({});
    group.run_for(50ms);
    proposed(group, 1, "a");
    const ServerId before = group.member(victim).consensus()->self();
    group.node(victim).kill();
    group.node(victim).wipe_disk();
    group.node(victim).start();
    group.run_for(3s);
    const ServerId after = group.member(victim).consensus()->self();
    EXPECT_NE(before, after);
    const Configuration& now = group.member(1).consensus()->configuration();
    EXPECT_EQ(now.voters.size(), 3u);
    EXPECT_TRUE(now.votes(after)) << victim;
    EXPECT_EQ(group.commands(victim), (Strings{"a"}));
  }
}

Task<void> add(Member& member, NodeId server, Deadline until, std::string& reply) {
  const auto result = co_await member.add_server(server, until);
  reply = result ? "ok" : std::string(name_of(result.error().code));
}
Task<void> remove(Member& member, NodeId server, Deadline until, std::string& reply) {
  const auto result = co_await member.remove_server(server, until);
  reply = result ? "ok" : std::string(name_of(result.error().code));
}

TEST(Member, ServersAreAddedAndRemoved) {
  Group group({.spare = 1});
  group.run_for(50ms);
  proposed(group, 0, "a");
  std::string reply;
  group.ask(0, add(group.member(0), NodeId{3}, group.node(0).steady_now() + 5s, reply));
  group.run_for(2s);
  EXPECT_EQ(reply, "ok");
  EXPECT_EQ(group.member(3).members().size(), 4u);
  EXPECT_EQ(group.commands(3), (Strings{"a"}));
  group.ask(0, remove(group.member(0), NodeId{0}, group.node(0).steady_now() + 5s, reply));
  group.run_for(2s);
  EXPECT_EQ(reply, "ok");
  EXPECT_NE(group.leader(), 0u);
  ASSERT_NE(group.leader(), 4u);
  EXPECT_EQ(group.member(group.leader()).members(), (std::vector{NodeId{1}, NodeId{2}, NodeId{3}}));
  EXPECT_EQ(proposed(group, 3, "b"), "2 b");
}

TEST(Member, ACalmGroupCostsFourDatagramsPerHeartbeat) {
  Group group({});
  group.run_for(100ms);
  const std::uint64_t messages = group.world.messages();
  const std::uint64_t events = group.world.events();
  group.run_for(10s);
  EXPECT_LE(group.world.messages() - messages, 4u * 400 + 8);
  EXPECT_GE(group.world.messages() - messages, 4u * 400 - 8);
  EXPECT_LT(group.world.events() - events, 7u * 400);
}

TEST(Member, TheSameSeedGivesTheSameRun) {
  const auto digest = [] {
    Group group({.seed = 7});
    group.run_for(50ms);
    proposed(group, 1, "a");
    group.node(0).power_off();
    group.run_for(1s);
    return group.world.digest().value();
  };
  EXPECT_EQ(digest(), digest());
}

}  // namespace
}  // namespace lockstep::raft
