// Rows 24 to 27 of E1 in research/lock-algorithms.md: a server's wall clock decides about leases,
// in the real Redis and in the simulated one.
#include <gtest/gtest.h>

#include "tests/real/redis_duo.hpp"

namespace lockstep::redis {
namespace {

using Answers = std::vector<std::string>;
using namespace std::chrono_literals;

class SameClock : public testing::Test {
 protected:
  void SetUp() override {
    if (!RedisProcess::installed()) GTEST_SKIP() << RedisProcess::how_to_install;
  }
};

/// How long a key still lives, in steps of ten seconds: real time passes while we ask.
std::string about(const std::string& milliseconds) {
  return std::to_string((std::stoll(milliseconds) + 5'000) / 10'000) + "0 s";
}

TEST_F(SameClock, ThatJumpsAheadEndsALeaseAndBackProlongsIt) {  // row 24
  play_on_both([](Duo& duo) {
    Answers answers{duo.ask(1, "SET lock me NX PX 30000")};
    duo.jump(1, -60s);
    answers.push_back(about(duo.ask(1, "PTTL lock")));
    duo.jump(1, 120s);
    answers.push_back(duo.ask(1, "SET lock you NX PX 30000"));
    EXPECT_EQ(answers, (Answers{"OK", "90 s", "OK"}));
    return answers;
  });
}

TEST_F(SameClock, ThatJumpedWhileTheServerWasDownDropsTheKeyAtTheStart) {  // row 25
  play_on_both([](Duo& duo) {
    Answers answers{duo.ask(1, "SET lock me NX PX 100000"), duo.ask(1, "SET long me NX PX 900000")};
    duo.jump(1, 200s);
    duo.restart(1);
    duo.pass(std::chrono::milliseconds(300));
    answers.push_back(duo.ask(1, "DBSIZE"));
    answers.push_back(about(duo.ask(1, "PTTL long")));
    answers.push_back(duo.ask(1, "SET lock you NX PX 100000"));
    EXPECT_EQ(answers, (Answers{"OK", "OK", "1", "700 s", "OK"}));
    return answers;
  });
}

TEST_F(SameClock, OfAReplicaDecidesOnceItIsPromoted) {  // row 26
  for (const auto by : {60s, -60s}) {
    SCOPED_TRACE(by.count());
    play_on_both([by](Duo& duo) {
      duo.jump(2, by);
      Answers answers{duo.ask(1, "SET lock me NX PX 30000"), duo.ask(1, "WAIT 1 5000")};
      duo.kill(1);
      answers.push_back(duo.ask(2, "REPLICAOF NO ONE"));
      answers.push_back(duo.ask(2, "SET lock you NX PX 30000"));
      answers.push_back(about(duo.ask(2, "PTTL lock")));
      const Answers expected = by > 0s ? Answers{"OK", "1", "OK", "OK", "30 s"}
                                       : Answers{"OK", "1", "OK", "(nil)", "90 s"};
      EXPECT_EQ(answers, expected);
      return answers;
    });
  }
}

TEST_F(SameClock, ThatRunsTwiceAsFastHalvesALease) {  // row 27
  play_on_both([](Duo& duo) {
    duo.hasten(1);
    Answers answers{duo.ask(1, "SET lock me NX PX 4000")};
    duo.pass(std::chrono::milliseconds(500));
    answers.push_back(duo.ask(1, "SET lock you NX PX 4000"));
    duo.pass(std::chrono::milliseconds(2000));
    answers.push_back(duo.ask(1, "SET lock you NX PX 4000"));
    EXPECT_EQ(answers, (Answers{"OK", "(nil)", "OK"}));
    return answers;
  });
}

}  // namespace
}  // namespace lockstep::redis
