// Rows 18 to 23 of E1 in research/lock-algorithms.md: a real master with a real replica, and the
// simulated ones.
#include <gtest/gtest.h>

#include "tests/real/redis_duo.hpp"

namespace lockstep::redis {
namespace {

using Answers = std::vector<std::string>;
using std::chrono::milliseconds;

class SameReplica : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisProcess::installed()) GTEST_SKIP() << RedisProcess::how_to_install;
  }
};

TEST_F(SameReplica, HidesAnExpiredKeyAndCountsItUntilItsMasterIsAskedForIt) {  // row 18
  play_on_both([](Duo& duo) {
    duo.ask(1, "SET k v PX 400");
    duo.ask(1, "WAIT 1 5000");
    duo.leave_expired_keys();
    duo.pass(milliseconds(900));
    Answers answers{duo.ask(2, "GET k"), duo.ask(2, "TTL k"), duo.ask(2, "EXISTS k"),
                    duo.ask(2, "DBSIZE"), duo.ask(1, "DBSIZE")};
    duo.look_for_expired_keys();
    answers.push_back(duo.ask(1, "GET k"));
    duo.ask(1, "WAIT 1 5000");
    answers.push_back(duo.ask(2, "DBSIZE"));
    EXPECT_EQ(answers, (Answers{"(nil)", "-2", "0", "1", "1", "(nil)", "0"}));
    return answers;
  });
}

TEST_F(SameReplica, WithoutItsLinkLosesTheAcknowledgedLockAndItsToken) {  // row 19
  play_on_both([](Duo& duo) {
    duo.cut_link();
    Answers answers{duo.ask(1, "SET lock:a me NX PX 60000"), duo.ask(1, "INCR fence:a"),
                    duo.ask(1, "WAIT 1 300")};
    duo.kill(1);
    answers.push_back(duo.ask(2, "REPLICAOF NO ONE"));
    answers.push_back(duo.ask(2, "SET lock:a you NX PX 60000"));
    answers.push_back(duo.ask(2, "INCR fence:a"));
    EXPECT_EQ(answers, (Answers{"OK", "1", "0", "OK", "OK", "1"}));
    return answers;
  });
}

TEST_F(SameReplica, StoppedLosesNothing) {  // row 20
  play_on_both([](Duo& duo) {
    duo.pause(2);
    Answers answers{duo.ask(1, "SET lock:a me NX PX 60000"), duo.ask(1, "WAIT 1 300")};
    duo.kill(1);
    duo.resume(2);
    duo.pass(milliseconds(1500));
    duo.ask(2, "REPLICAOF NO ONE");
    answers.push_back(duo.ask(2, "SET lock:a you NX PX 60000"));
    EXPECT_EQ(answers, (Answers{"OK", "0", "(nil)"}));
    return answers;
  });
}

TEST_F(SameReplica, KeepsWhatWaitSawArrive) {  // row 21
  play_on_both([](Duo& duo) {
    Answers answers{duo.ask(1, "SET lock:a me NX PX 60000"), duo.ask(1, "WAIT 1 5000")};
    duo.kill(1);
    duo.ask(2, "REPLICAOF NO ONE");
    answers.push_back(duo.ask(2, "SET lock:a you NX PX 60000"));
    EXPECT_EQ(answers, (Answers{"OK", "1", "(nil)"}));
    return answers;
  });
}

TEST_F(SameReplica, MissingMakesItsMasterRefuseWritesAndWritingScripts) {  // row 22
  play_on_both([](Duo& duo) {
    duo.ask(1, "CONFIG SET min-replicas-to-write 1 min-replicas-max-lag 1");
    duo.pass(milliseconds(1500));
    Answers answers{duo.ask(1, "SET k v")};
    duo.cut_link();
    duo.pass(milliseconds(3500));
    answers.push_back(duo.ask(1, "SET k w"));
    answers.push_back(duo.eval(1, "return redis.call('set', 'k', 'w')"));
    answers.push_back(duo.eval(1, "return redis.call('get', 'k')"));
    answers.push_back(duo.ask(1, "GET k"));
    for (const char* line : {"MULTI", "SET k w", "EXEC"}) answers.push_back(duo.ask(1, line));
    for (const char* line : {"MULTI", "GET k", "EXEC"}) answers.push_back(duo.ask(1, line));
    return answers;
  });
}

TEST_F(SameReplica, RefusesWritesAndAnOldMasterThatFollowsItDiscardsItsOwn) {  // row 23
  play_on_both([](Duo& duo) {
    Answers answers{duo.ask(2, "WAIT 1 100"), duo.eval(2, "return redis.call('get', 'lock:a')")};
    duo.cut_link();
    duo.ask(1, "SET lock:a me");
    duo.ask(1, "SET mine v");
    answers.push_back(duo.ask(2, "REPLICAOF NO ONE"));
    answers.push_back(duo.ask(2, "SET lock:a you"));
    duo.mend_link();
    answers.push_back(duo.follow(1, 2));
    answers.push_back(duo.follow(1, 2));
    for (int i = 0; i < 500 && duo.ask(1, "GET lock:a") != "\"you\""; ++i) {
      duo.pass(milliseconds(20));
    }
    answers.push_back(duo.ask(1, "GET lock:a"));
    answers.push_back(duo.ask(1, "EXISTS mine"));
    answers.push_back(duo.eval(1, "return redis.call('set', 'k', 'v')"));
    answers.push_back(duo.ask(1, "SET lock:a me"));
    return answers;
  });
}

}  // namespace
}  // namespace lockstep::redis
