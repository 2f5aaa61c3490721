// Raft without a world: what must be on the disk before anything is made of it.

#include "backends/raft/consensus.hpp"

#include <gtest/gtest.h>

namespace lockstep::raft {
namespace {

constexpr ServerId only{NodeId{0}, 7};

Consensus::Options group_of_one() {
  Consensus::Options options;
  options.servers = {NodeId{0}};
  options.founds = true;
  return options;
}

TEST(Consensus, ACandidatesOwnVoteCountsOnceItIsOnTheDisk) {
  Random random(1, "test");
  Saved saved;
  saved.self = only;
  Consensus member(group_of_one(), saved, random, SteadyTime{});
  member.wake(SteadyTime{});
  EXPECT_EQ(member.role(), Consensus::Role::candidate);
  std::vector<Letter> after;
  const Save save = member.take_save(after);
  ASSERT_TRUE(save.state);
  EXPECT_EQ(save.state->vote, only);
  EXPECT_EQ(member.role(), Consensus::Role::candidate);
  member.saved(HardState{});  // an earlier save
  EXPECT_EQ(member.role(), Consensus::Role::candidate);
  member.saved(*save.state);
  EXPECT_EQ(member.role(), Consensus::Role::leader);
}

TEST(Consensus, NothingIsCommittedBeforeTheLeaderItselfHasSavedIt) {
  Random random(1, "test");
  Saved saved;
  saved.self = only;
  Consensus member(group_of_one(), saved, random, SteadyTime{});
  member.wake(SteadyTime{});
  std::vector<Letter> after;
  member.saved(*member.take_save(after).state);
  Entry entry;
  entry.kind = EntryKind::command;
  entry.id = ProposalId{only, 1, 1};
  EXPECT_TRUE(member.propose(entry, SteadyTime{}));
  EXPECT_EQ(member.commit(), 0u);
  const Save save = member.take_save(after);
  ASSERT_FALSE(save.entries.empty());
  member.saved(save.first + save.entries.size() - 1, save.entries.back().term);
  EXPECT_EQ(member.commit(), member.log().last());
}

}  // namespace
}  // namespace lockstep::raft
