// The tree of nodes against what a real ZooKeeper 3.8 answers (lock-algorithms.md, E2).
#include "backends/zookeeper/tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace lockstep::zookeeper {
namespace {

using testing::ElementsAre;

class Play {
 public:
  explicit Play(std::int32_t creates = 0) : tree(creates) {}

  Answer run(Operation operation, SessionId session = 1) {
    std::vector<Operation> one;
    one.push_back(std::move(operation));
    return run_all(std::move(one), session).front();
  }
  std::vector<Answer> run_all(std::vector<Operation> operations, SessionId session = 1) {
    changes.clear();
    return tree.transact(operations, ++zxid, session, changes);
  }
  std::string sequential(const std::string& prefix) {
    return run(create(prefix, "", false, true)).path;
  }

  Tree tree;
  Zxid zxid = 0;
  std::vector<Change> changes;
};

TEST(Tree, NumbersNodesByTheCreatesOfTheirParent) {
  Play play;
  play.run(create("/t", "", false, false));
  EXPECT_EQ(play.sequential("/t/x-"), "/t/x-0000000000");
  EXPECT_EQ(play.sequential("/t/y-"), "/t/y-0000000001");
  play.run(create("/t/plain", "", false, false));
  EXPECT_EQ(play.sequential("/t/x-"), "/t/x-0000000003");
  play.run(erase("/t/plain"));
  EXPECT_EQ(play.sequential("/t/x-"), "/t/x-0000000004");
  EXPECT_EQ(play.run(create("/t/x-0000000004", "", false, false)).code, Code::node_exists);
  EXPECT_EQ(play.sequential("/t/x-"), "/t/x-0000000005");
}

TEST(Tree, BeginsTheNumbersAgainWithANewParentButNotTheZxids) {
  Play play;
  play.run(create("/t", "", false, false));
  const std::string first = play.sequential("/t/x-");
  const Zxid before = play.tree.find(first)->stat.czxid;
  play.run(erase(first));
  EXPECT_EQ(play.sequential("/t/x-"), "/t/x-0000000001");
  play.run(erase("/t/x-0000000001"));
  play.run(erase("/t"));
  play.run(create("/t", "", false, false));
  EXPECT_EQ(play.sequential("/t/x-"), first);
  EXPECT_GT(play.tree.find(first)->stat.czxid, before);
}

TEST(Tree, CountsCreatesAndDeletesOfChildrenAsVersionsOfTheirList) {
  Play play;
  play.run(create("/t", "", false, false));
  for (int i = 0; i < 6; ++i) play.sequential("/t/x-");
  play.run(erase("/t/x-0000000000"));
  EXPECT_EQ(play.run(exists("/t")).code, Code::bad_arguments) << "reads are no transactions";
  EXPECT_EQ(play.tree.read(exists("/t")).stat.cversion, 7);
  for (int i = 1; i < 6; ++i) play.run(erase("/t/x-000000000" + std::to_string(i)));
  EXPECT_EQ(play.tree.read(exists("/t")).stat.cversion, 12);
}

TEST(Tree, WrapsToNegativeNumbers) {
  Play play(std::numeric_limits<std::int32_t>::max());
  play.run(create("/locks/a", "", false, false));
  EXPECT_EQ(play.sequential("/locks/a/x-"), "/locks/a/x-2147483647");
  EXPECT_EQ(play.sequential("/locks/a/x-"), "/locks/a/x--2147483648");
  EXPECT_EQ(play.sequential("/locks/a/x-"), "/locks/a/x--2147483647");
}

TEST(Tree, RefusesWhatZooKeeperRefuses) {
  Play play;
  EXPECT_EQ(play.run(create("/none/x", "", false, false)).code, Code::no_node);
  play.run(create("/e", "", true, false));
  EXPECT_EQ(play.run(create("/e/x", "", false, false)).code, Code::no_children_for_ephemerals);
  play.run(create("/p", "", false, false));
  play.run(create("/p/x", "", false, false));
  EXPECT_EQ(play.run(erase("/p")).code, Code::not_empty);
  EXPECT_EQ(play.run(set("/p", "v", 5)).code, Code::bad_version);
  EXPECT_EQ(play.run(erase("/p/x", 5)).code, Code::bad_version);
  EXPECT_EQ(play.run(erase("/none")).code, Code::no_node);
}

TEST(Tree, LetsAnySessionDeleteAnybodysEphemeralNode) {
  Play play;
  play.run(create("/e", "", true, false), 1);
  EXPECT_EQ(play.run(erase("/e"), 2).code, Code::ok);
}

TEST(Tree, EndsAllEphemeralNodesOfASessionInOneTransaction) {
  Play play;
  play.run(create("/p", "", false, false));
  play.run(create("/p/a", "", true, false), 7);
  play.run(create("/p/b", "", true, false), 7);
  play.run(create("/p/c", "", true, false), 8);
  play.changes.clear();
  play.tree.end_session(7, 99, play.changes);
  ASSERT_EQ(play.changes.size(), 2u);
  EXPECT_THAT(play.tree.read(children("/p")).children, ElementsAre("c"));
  EXPECT_EQ(play.tree.read(exists("/p")).stat.pzxid, 99u);
}

TEST(Tree, AppliesAMultiWhollyOrNotAtAll) {
  Play play;
  play.run(create("/v", "old", false, false));
  const auto refused = play.run_all({check("/v", 5), set("/v", "new")});
  EXPECT_EQ(refused[0].code, Code::bad_version);
  EXPECT_EQ(refused[1].code, Code::runtime_inconsistency);
  EXPECT_EQ(play.tree.read(get("/v")).data, "old");
  EXPECT_TRUE(play.changes.empty());
  const auto late = play.run_all({set("/v", "new"), check("/v", 0)});
  EXPECT_EQ(late[1].code, Code::bad_version) << "a check sees what came before it in the multi";
  EXPECT_EQ(play.tree.read(get("/v")).data, "old");
  const auto done = play.run_all({check("/v", 0), set("/v", "new")});
  EXPECT_EQ(done[1].code, Code::ok);
  EXPECT_EQ(play.tree.read(get("/v")).data, "new");
}

RC_GTEST_PROP(Tree, KeepsItsListsOfChildrenTrue, ()) {
  Play play;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(0, 60));
  for (const int step : steps) {
    const std::string top = "/n" + std::to_string(step % 3);
    const std::string path = step % 2 == 0 ? top : top + "/c" + std::to_string(step % 5);
    const bool ephemeral = step % 7 == 0;
    if (step < 40) {
      play.run(create(path, "", ephemeral, step % 4 == 3), static_cast<SessionId>(step % 3 + 1));
    } else if (step < 55) {
      play.run(erase(path));
    } else {
      play.tree.end_session(static_cast<SessionId>(step % 3 + 1), ++play.zxid, play.changes);
    }
  }
  for (int i = 0; i < 3; ++i) {
    const std::string top = "/n" + std::to_string(i);
    const Answer node = play.tree.read(children(top));
    if (node.code != Code::ok) continue;
    RC_ASSERT(static_cast<std::size_t>(node.stat.children) == node.children.size());
    for (const std::string& child : node.children) {
      const Tree::Node* const found = play.tree.find(top + "/" + child);
      RC_ASSERT(found != nullptr);
      RC_ASSERT(found->stat.czxid <= node.stat.pzxid);
    }
  }
}

}  // namespace
}  // namespace lockstep::zookeeper
