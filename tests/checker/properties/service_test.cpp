// What is owed by the service: P5, P6, P8 and P9.
#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "checker/properties/lease_mutex.hpp"
#include "tests/checker/play.hpp"

namespace lockstep {
namespace {

using ::testing::AllOf;
using testing::at_ms;
using ::testing::HasSubstr;
using testing::is_witnessed;
using testing::paused_holder;
using testing::Play;

// client-1 acquires at 12 and keeps the lock, client-2 acquires at 32: why could it?
Play second_acquire() {
  Play play;
  play.granted(10, "a", 0);
  play.believe(0, 12, 90, "a");
  play.believe(1, 32, 50, "b");
  return play;
}

TEST(Linearizable, LetsALeaseExpire) {
  Play play = second_acquire();
  play.expired(20, "a", 0).granted(31, "b", 1);
  EXPECT_EQ(play.judge("linearizable").status, Status::holds);
}

TEST(Linearizable, DoesNotLetItExpireAfterwards) {
  Play play = second_acquire();
  play.granted(31, "b", 1).expired(33, "a", 0);
  const Verdict verdict = play.judge("linearizable");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.at, at_ms(32));
  EXPECT_EQ(verdict.explanation,
            "no order explains client-2's acquire at 0.032 s (op 3): lock-1 is held by client-1 "
            "(op 1) within its lease then");
}

TEST(Linearizable, NamesWhatTookTheGrantAwayWithinItsLease) {
  Play evicted = second_acquire();
  evicted.service(20, GrantChange::evicted, "a", 0, -1).granted(31, "b", 1);
  const Verdict verdict = evicted.judge("linearizable");
  EXPECT_TRUE(is_witnessed(evicted.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("(redis-1 evicted it at 0.020 s)"));
  Play foreign = second_acquire();
  foreign.released(20, "a", 0, 2).granted(31, "b", 1);
  EXPECT_THAT(foreign.judge("linearizable").explanation,
              HasSubstr("(the service let client-3 release it at 0.020 s)"));
}

TEST(Linearizable, LetsTheLeaseOfALostGrantRunOut) {
  Play play = second_acquire();
  play.service(20, GrantChange::forgotten, "a", 0, -1).granted(31, "b", 1);
  EXPECT_EQ(play.judge("linearizable").status, Status::violated) << "there is no lease";
  play.scenario.lock_settings.put("lease", Duration(25ms));
  EXPECT_THAT(play.judge("linearizable").explanation, HasSubstr("redis-1 forgot it at 0.020"));
  play.scenario.lock_settings.put("lease", Duration(15ms));
  EXPECT_EQ(play.judge("linearizable").status, Status::holds) << "granted at 10, over at 25";
}

TEST(Linearizable, TakesAReleaseThatWasToldLostForOneThatMayHaveWorked) {
  Play play = second_acquire();
  play.released(20, "a", 0, 0).granted(31, "b", 1);
  EXPECT_EQ(play.judge("linearizable").status, Status::violated);
  play.op(0, "release", 19, 25, OpType::fail, "a");
  EXPECT_EQ(play.judge("linearizable").status, Status::holds);
}

// Calls with few owners, that come and go as they like: the glance never says yes where the search
// says no.
RC_GTEST_PROP(Linearizable, AGlanceIsNeverWrong, ()) {
  for (int i = 0; i < 20; ++i) {
    Play play(3);
    const int count = *rc::gen::inRange(1, 7);
    std::int64_t now = 0;
    for (int k = 0; k < count; ++k) {
      const auto process = *rc::gen::inRange<std::int64_t>(0, 3);
      const std::string owner = *rc::gen::element<std::string>("a", "b");
      now += *rc::gen::inRange(1, 4);
      const auto type = *rc::gen::element(OpType::ok, OpType::ok, OpType::fail, OpType::info);
      if (*rc::gen::inRange(0, 4) == 0) play.expired(now, owner, process);
      const std::string f = *rc::gen::element<std::string>("acquire", "release");
      play.op(process, f, now, now + 1 + 4 * process, type, owner);
    }
    play.settle();
    const auto operations = operations_of(play.record.history);
    if (!operations) continue;
    const bool glance = fits_at_a_glance(play.record);
    const auto found = search_leases(play.record, *operations, {}, 100'000).status;
    if (glance) RC_ASSERT(found == Status::holds);
  }
}

TEST(Linearizable, IsUnknownWhenOnlyTheServiceCouldExplainIt) {
  Play play = second_acquire();
  play.record.service.clear();
  EXPECT_EQ(play.judge("linearizable").status, Status::unknown);
}

TEST(Linearizable, IsUnknownWhenTheHistoryMakesNoSense) {
  Play play;
  play.record.history.push_back({.type = OpType::ok, .f = "acquire"});
  const Verdict verdict = play.judge("linearizable");
  EXPECT_EQ(verdict.status, Status::unknown);
  EXPECT_THAT(verdict.explanation, HasSubstr("never invoked"));
}

TEST(Linearizable, FindsTheOwnerOfAnAcquireThatNobodyHeardOf) {
  // client-1's acquire ended in info; later it releases what it turned out to hold.
  Play play;
  play.op(0, "acquire", 8, 15, OpType::info);
  play.granted(10, "a", 0);
  play.op(0, "release", 20, 22, OpType::ok, "a");
  play.released(21, "a", 0, 0).granted(31, "b", 1);
  play.believe(1, 32, 50, "b");
  EXPECT_EQ(play.judge("linearizable").status, Status::holds);
  play.record.service.erase(play.record.service.begin());
  EXPECT_EQ(play.judge("linearizable").status, Status::violated) << "nobody had acquired as a";
}

TEST(Linearizable, SeesOneReleaseOvertakeAnother) {
  // client-1's release is answered after client-2 has come and gone.
  Play play;
  play.granted(10, "a", 0).released(20, "a", 0, 0).granted(22, "b", 1).released(25, "b", 1, 1);
  play.believe(0, 12, 19, "a");
  play.op(0, "release", 19, 40, OpType::ok, "a");
  play.believe(1, 23, 24, "b");
  play.op(1, "release", 24, 26, OpType::ok, "b");
  EXPECT_EQ(play.judge("linearizable").status, Status::holds);
  play.op(2, "release", 30, 31, OpType::ok, "b");
  EXPECT_EQ(play.judge("linearizable").status, Status::violated) << "released twice";
}

// A lock service that does its work: grants when free, expires leases, and answers late, to calls
// that arrive late. Whatever clients make of it, these hold.
struct Service {
  Play play{4};
  std::int64_t now = 0;
  int owners = 0;
  std::string holder;
  std::int64_t holder_process = -1;
  std::uint64_t token = 0;

  struct Call {
    std::int64_t from = -1;  // below 0: the client is idle
    std::string f;
    std::string owner;
    int stage = 0;  // 0: on its way, 1: done, the answer is on its way
    bool ok = false;
    std::uint64_t token = 0;
  };
  std::vector<Call> calls = std::vector<Call>(4);
  std::vector<std::string> held = std::vector<std::string>(4);

  void expire() {
    if (holder.empty()) return;
    play.expired(now, holder, holder_process);
    holder.clear();
  }
  void execute(std::int64_t process, Call& call) {
    call.stage = 1;
    if (call.f == "acquire" && holder.empty()) {
      holder = call.owner;
      holder_process = process;
      call.ok = true;
      call.token = ++token;
      play.granted(now, holder, process);
    } else if (call.f == "release" && holder == call.owner) {
      play.released(now, holder, process, process);
      holder.clear();
      call.ok = true;
    }
  }
  void answer(std::int64_t process, Call& call, bool lost) {
    const auto who = static_cast<std::size_t>(process);
    const OpType type = lost ? OpType::info : call.ok ? OpType::ok : OpType::fail;
    const bool acquired = call.f == "acquire" && type == OpType::ok;
    play.op(process, call.f, call.from, now, type,
            acquired || call.f == "release" ? call.owner : "", acquired ? call.token : 0);
    if (acquired) {
      Belief belief;
      belief.process = process;
      belief.lock = play.lock;
      belief.owner = call.owner;
      belief.token = call.token;
      belief.section = play.record.beliefs.size() + 1;
      belief.from = at_ms(now);
      play.record.beliefs.push_back(belief);
      held[who] = call.owner;
    }
    call.from = -1;
  }
  /// The run ends: calls that are open stay open.
  void end() {
    for (std::size_t who = 0; who < calls.size(); ++who) {
      const Call& call = calls[who];
      if (call.from < 0) continue;
      play.op(static_cast<std::int64_t>(who), call.f, call.from, -1, OpType::info, call.owner);
    }
  }
  void begin(std::int64_t process, Call& call) {
    const auto who = static_cast<std::size_t>(process);
    call = {};
    call.from = now;
    call.f = held[who].empty() ? "acquire" : "release";
    call.owner = held[who].empty() ? "owner-" + std::to_string(++owners) : held[who];
    if (call.f == "acquire") return;
    held[who].clear();
    for (Belief& belief : play.record.beliefs) {
      if (belief.owner == call.owner) belief.to = at_ms(now);
    }
  }
  void step() {
    ++now;
    if (*rc::gen::inRange(0, 8) == 0) return expire();
    const auto process = *rc::gen::inRange<std::int64_t>(0, 4);
    Call& call = calls[static_cast<std::size_t>(process)];
    if (call.from < 0) return begin(process, call);
    const bool lost = *rc::gen::inRange(0, 6) == 0;
    if (lost || call.stage == 1) return answer(process, call, lost);
    execute(process, call);
  }
};

RC_GTEST_PROP(Service, ThatWorksIsFoundToWork, ()) {
  Service service;
  service.play.claims.ordered_token = true;
  const int steps = *rc::gen::inRange(0, 120);
  for (int i = 0; i < steps; ++i) service.step();
  service.end();
  for (const char* property :
       {"service-exclusion", "token-order", "linearizable", "release-rights"}) {
    const Verdict verdict = service.play.judge(property);
    RC_LOG() << property << ": " << verdict.explanation << "\n";
    RC_ASSERT(verdict.status != Status::violated);
  }
  RC_ASSERT(service.play.judge("linearizable").status == Status::holds);
}

TEST(ReleaseRights, NobodyUnlocksAnother) {
  Play play = second_acquire();
  play.released(20, "a", 0, 2).granted(31, "b", 1);
  play.op(2, "release", 18, 21, OpType::ok, "c");
  const Verdict verdict = play.judge("release-rights");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_EQ(verdict.explanation,
            "client-3 released lock-1 at 0.020 s though it was client-1's "
            "grant");
}

TEST(ReleaseRights, ALateReleaseEndsNoNewerHold) {
  Play play;
  play.granted(10, "a", 0).released(40, "a", 0, 0);
  play.believe(0, 12, 90, "a");
  const Verdict verdict = play.judge("release-rights");
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("a late release of client-1 ended client-1's newer"));
}

TEST(ReleaseRights, HoldForTheOwnersOwnRelease) {
  EXPECT_EQ(paused_holder().judge("release-rights").status, Status::holds);
  Play play;
  play.granted(10, "a", 0).released(40, "a", 0, -1);
  EXPECT_EQ(play.judge("release-rights").status, Status::unknown) << "released, by nobody knows";
}

TEST(ReleaseRights, HoldForAReleaseThatWasOnItsWayWhenItsCallerCrashed) {
  Play play;
  play.record.processes = {"client-1", "client-2", "client-1"};
  play.granted(10, "a", 0).released(40, "a", 0, 2);
  play.op(0, "release", 20, 30, OpType::info, "a");
  EXPECT_EQ(play.judge("release-rights").status, Status::holds);
  play.op(2, "release", 35, 45, OpType::ok, "a");
  EXPECT_EQ(play.judge("release-rights").status, Status::violated) << "the next process gave it";
}

TEST(BoundedWait, CountsThoseWhoCalledLaterAndGotItEarlier) {
  Play play;
  play.op(0, "acquire", 10, 100, OpType::ok, "a");
  play.op(1, "acquire", 20, 30, OpType::ok, "b").op(1, "release", 31, 32, OpType::ok, "b");
  play.op(1, "acquire", 40, 50, OpType::ok, "c").op(2, "acquire", 60, 61, OpType::fail);
  Verdict verdict = play.judge("bounded-wait");
  EXPECT_EQ(verdict.status, Status::holds);
  EXPECT_FALSE(verdict.claimed);
  EXPECT_EQ(verdict.explanation,
            "client-1, waiting for lock-1 from 0.010 s, was overtaken 2 times by later calls");
  play.claims.fifo = true;
  EXPECT_EQ(play.judge("bounded-wait").status, Status::unknown);
}

/// client-1 joins the queue at 20 ms, client-2 at 25 ms.
Play queued_behind_a_holder() {
  Play play;
  play.claims.fifo = true;
  play.record.queue_is_told = true;
  play.op(0, "acquire", 10, 100, OpType::ok, "a").op(1, "acquire", 15, 60, OpType::ok, "b");
  const auto joins = [&](std::int64_t ms, std::int64_t process, const char* owner, bool joined,
                         std::int64_t by) {
    const WorldTime at = WorldTime{} + std::chrono::milliseconds(ms);
    play.record.queue.push_back({at, "lock-1", owner, process, joined, by});
  };
  joins(20, 0, "a", true, 0);
  joins(25, 1, "b", true, 1);
  return play;
}

TEST(BoundedWait, HoldsWhenGrantsComeInTheOrderOfTheQueue) {
  Play play = queued_behind_a_holder();
  play.granted(40, "a", 0).released(45, "a", 0, 0).granted(55, "b", 1);
  EXPECT_EQ(play.judge("bounded-wait").status, Status::holds);
}

TEST(BoundedWait, IsViolatedWhenOneWhoQueuedLaterIsGrantedFirst) {
  Play play = queued_behind_a_holder();
  play.granted(55, "b", 1).released(65, "b", 1, 1).granted(95, "a", 0);
  const Verdict verdict = play.judge("bounded-wait");
  EXPECT_EQ(verdict.status, Status::violated);
  EXPECT_TRUE(verdict.claimed);
  EXPECT_TRUE(is_witnessed(play.record, verdict));
  EXPECT_THAT(verdict.explanation, HasSubstr("client-2 was granted lock-1 at 0.055 s, though "
                                             "client-1 had queued for it since 0.020 s"));
}

TEST(BoundedWait, IsViolatedWhenOthersPurgedTheEarlierWaiterAndNotWhenItLeft) {
  Play purged = queued_behind_a_holder();
  purged.record.queue.push_back({WorldTime{} + 50ms, "lock-1", "a", 0, false, 1});
  purged.granted(55, "b", 1);
  EXPECT_EQ(purged.judge("bounded-wait").status, Status::violated);
  Play left = queued_behind_a_holder();
  left.record.queue.push_back({WorldTime{} + 50ms, "lock-1", "a", 0, false, 0});
  left.granted(55, "b", 1);
  EXPECT_EQ(left.judge("bounded-wait").status, Status::holds);
}

TEST(BoundedWait, HoldsWhereAFairServiceLetNobodyWait) {
  Play play;
  play.claims.fifo = true;
  play.record.queue_is_told = true;
  play.op(0, "acquire", 10, 100, OpType::ok, "a").op(1, "acquire", 20, 30, OpType::ok, "b");
  play.granted(25, "b", 1).released(35, "b", 1, 1).granted(95, "a", 0);
  EXPECT_EQ(play.judge("bounded-wait").status, Status::holds);
}

TEST(LossDetection, TellsTheLongestBeliefInALostGrant) {
  Play play = paused_holder();
  const Verdict verdict = play.judge("loss-detection");
  EXPECT_EQ(verdict.status, Status::holds);
  EXPECT_EQ(verdict.explanation,
            "client-1 believed for 1.91 s after its lease of lock-1 expired at 11.000 s");
}

TEST(Ledger, AGrantThatWasReadBackFromDiskHasNotEnded) {
  Play play;
  play.granted(10, "a", 0).service(20, GrantChange::forgotten, "a", 0, -1);
  play.believe(0, 12, 90, "a");
  EXPECT_THAT(play.judge("loss-detection").explanation,
              HasSubstr("client-1 believed for 70 ms after its grant of lock-1 was forgotten"));
  play.service(30, GrantChange::granted, "a", 0, -1);
  EXPECT_THAT(play.judge("loss-detection").explanation, HasSubstr("no client believed"));
  play.granted(40, "b", 1);
  EXPECT_EQ(play.judge("service-exclusion").status, Status::violated);
}

TEST(LossDetection, DoesNotCountTheOwnersOwnRelease) {
  Play play;
  play.granted(10, "a", 0).released(20, "a", 0, 0);
  play.believe(0, 12, 90, "a");
  EXPECT_THAT(play.judge("loss-detection").explanation, HasSubstr("no client believed"));
}

}  // namespace
}  // namespace lockstep
