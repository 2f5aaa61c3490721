// A pooler of transactions, and what it does to session locks (lock-algorithms.md, counterexample
// 66).
#include <gtest/gtest.h>

#include "tests/backends/sql/pooler_stage.hpp"

namespace lockstep::sql {
namespace {

TEST(Pooler, GivesOneSessionsLockToTwoClients) {
  PoolerStage stage(1, false);
  const auto a = stage.say(0, try_lock(1));
  const auto b = stage.say(1, try_lock(1));
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->number, 1);
  EXPECT_EQ(b->number, 1);
  EXPECT_EQ(a->backend, b->backend);
}

TEST(Pooler, SendsAnUnlockToASessionThatHoldsNothing) {
  PoolerStage stage(2, true);
  EXPECT_EQ(stage.say(0, try_lock(1))->number, 1);
  const auto unlocked = stage.say(0, unlock(1));
  ASSERT_TRUE(unlocked);
  EXPECT_EQ(unlocked->number, 0);
  EXPECT_NE(unlocked->text.find("WARNING"), std::string::npos);
}

TEST(Pooler, KeepsAClientOnOneSessionForAsLongAsItsTransactionLasts) {
  PoolerStage stage(2, true);
  const auto begun = stage.say(0, begin());
  ASSERT_TRUE(begun);
  EXPECT_EQ(stage.say(0, lock_xact(1))->backend, begun->backend);
  EXPECT_NE(stage.say(1, try_lock(1))->backend, begun->backend);
  EXPECT_EQ(stage.say(1, try_lock(1))->number, 0);
  EXPECT_EQ(stage.say(0, simple(Verb::commit))->backend, begun->backend);
  EXPECT_EQ(stage.say(1, try_lock(1))->number, 1);
}

TEST(Pooler, LetsAClientWaitWhenAllSessionsAreInUse) {
  PoolerStage stage(1, false);
  stage.say(0, begin());
  EXPECT_FALSE(stage.say(1, try_lock(1)));
  stage.say(0, simple(Verb::commit));
  ASSERT_TRUE(*stage.answers[1]);
  EXPECT_EQ((*stage.answers[1])->number, 1);
}

}  // namespace
}  // namespace lockstep::sql
