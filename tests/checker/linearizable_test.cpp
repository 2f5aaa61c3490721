#include "checker/linearizable.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include "checker/holds.hpp"
#include "tests/checker/brute_force.hpp"
#include "tests/checker/random_history.hpp"

namespace lockstep {
namespace {

using testing::Drawn;
using testing::event;
using testing::history_of;
using testing::number;
using testing::pair;
using testing::some_order_fits;
using testing::until;

const Model& model(std::string_view name) {
  const Model* found = find_model(name);
  EXPECT_NE(found, nullptr) << name;
  return *found;
}

Operations operations(const History& history) {
  return operations_of(history).value();
}

// What follows from a finding, whatever the model: witnesses and prefixes that hold water.
void check_evidence(const Model& by, const History& history, const Finding& finding) {
  const Operations all = operations(history);
  if (finding.status == Status::holds) {
    RC_ASSERT(verify_order(by, all, finding.key, finding.order));
    return;
  }
  const Operations before = testing::as_of(all, all[finding.stuck.value()].ret - 1);
  RC_ASSERT(by.allows(before, finding.order, {}).value());
  RC_ASSERT(!finding.conflict.empty());
  RC_ASSERT(!finding.explanation.empty());
  // The prefix is the longest: up to the return of `stuck` no order fits, without it one does.
  const auto end = all[finding.stuck.value()].ret;
  RC_ASSERT(!some_order_fits(by, until(all, end)));
  RC_ASSERT(some_order_fits(by, until(all, end - 1)));
}

void check_against_brute_force(std::string_view name, const History& history) {
  const Model& by = model(name);
  const Operations all = operations(history);
  const Judgement judgement = check(by, history).value();
  const bool fits = some_order_fits(by, all);
  RC_ASSERT((judgement.status == Status::holds) == fits);
  RC_ASSERT(judgement.status != Status::unknown);
  for (const Finding& finding : judgement.findings) check_evidence(by, history, finding);
}

Drawn draw_lock(int) {
  return {.f = *rc::gen::element("acquire", "release")};
}
Drawn draw_fenced(int) {
  Drawn drawn{.f = *rc::gen::element("acquire", "release")};
  if (drawn.f == "acquire") drawn.token = *rc::gen::inRange<std::uint64_t>(0, 5);
  return drawn;
}
Drawn draw_cas(int) {
  const int kind = *rc::gen::inRange(0, 3);
  const auto a = *rc::gen::inRange(0, 3);
  const auto b = *rc::gen::inRange(0, 3);
  if (kind == 0) return {.f = "read", .answered = a == 2 ? OpValue{} : number(a)};
  if (kind == 1) return {.f = "write", .asked = number(a)};
  return {.f = "cas", .asked = pair(a, b)};
}
Drawn draw_register(int process) {
  Drawn drawn = draw_cas(process);
  while (drawn.f == "cas") drawn = draw_cas(process);
  return drawn;
}

void agree(std::string_view name, Drawn (*draw)(int)) {
  for (int i = 0; i < 40; ++i) check_against_brute_force(name, testing::random_history(6, draw));
}

RC_GTEST_PROP(Search, AgreesWithEveryOrderOfAMutex, ()) {
  agree("mutex", draw_lock);
}
RC_GTEST_PROP(Search, AgreesWithEveryOrderOfAnOwnerMutex, ()) {
  agree("owner-mutex", draw_lock);
}
RC_GTEST_PROP(Search, AgreesWithEveryOrderOfAFencedMutex, ()) {
  for (int i = 0; i < 40; ++i) {
    const History history = testing::random_history(6, draw_fenced);
    // Without any token there is nothing to judge, which another test sees to.
    if (check(model("fenced-mutex"), history)) check_against_brute_force("fenced-mutex", history);
  }
}
RC_GTEST_PROP(Search, AgreesWithEveryOrderOfARegister, ()) {
  agree("register", draw_register);
}
RC_GTEST_PROP(Search, AgreesWithEveryOrderOfACasRegister, ()) {
  agree("cas-register", draw_cas);
}

// Shared owners make indeterminate releases useful to others, which plain processes cannot.
RC_GTEST_PROP(Search, AgreesWithEveryOrderWhenProcessesShareOwners, ()) {
  for (int i = 0; i < 40; ++i) {
    History history = testing::random_history(6, draw_lock);
    for (Op& op : history) op.owner = op.process == 2 ? "b" : "a";
    check_against_brute_force("owner-mutex", history);
  }
}

// A set of holds at once is a violation by itself: every two of them overlap, by plain reading.
RC_GTEST_PROP(Holds, AtOnceAreNeverLinearizable, ()) {
  for (int i = 0; i < 40; ++i) {
    const History history = testing::random_history(8, draw_lock);
    const Operations all = operations(history);
    std::vector<std::size_t> every(all.size());
    for (std::size_t k = 0; k < all.size(); ++k) every[k] = k;
    std::erase_if(every, [&](auto k) { return all[k].outcome() == OpType::fail; });
    const auto together = held_at_once(certain_holds(all, every));
    if (together.empty()) continue;
    RC_ASSERT(check(model("owner-mutex"), history).value().status == Status::violated);
    for (const CertainHold& a : together) {
      for (const CertainHold& b : together) {
        RC_ASSERT(a.from < b.to);
        RC_ASSERT(a.acquire == b.acquire || a.owner != b.owner);
      }
    }
  }
}

// Without indeterminate operations holds are the whole story, but for an owner's own order.
RC_GTEST_PROP(Holds, OfACompleteHistoryDecideIt, ()) {
  for (int i = 0; i < 40; ++i) {
    History history;
    std::vector<int> stage(3, 0);  // each process: acquire, release, acquire, ...
    const int length = *rc::gen::inRange(1, 24);
    for (int k = 0; k < length; ++k) {
      const auto process = *rc::gen::inRange(0, 3);
      int& at = stage[static_cast<std::size_t>(process)];
      history.push_back(event(process, at % 2 == 0 ? OpType::invoke : OpType::ok,
                              at % 4 < 2 ? "acquire" : "release"));
      ++at;
    }
    for (int process = 0; process < 3; ++process) {
      const int at = stage[static_cast<std::size_t>(process)];
      if (at % 2 == 0) continue;
      history.push_back(event(process, OpType::ok, at % 4 < 2 ? "acquire" : "release"));
    }
    history = history_of(std::move(history));
    const Operations all = operations(history);
    std::vector<std::size_t> every(all.size());
    for (std::size_t k = 0; k < all.size(); ++k) every[k] = k;
    const bool overlap = !held_at_once(certain_holds(all, every)).empty();
    const auto judged = check(model("owner-mutex"), history).value().status;
    RC_ASSERT((judged == Status::violated) == overlap);
  }
}

TEST(OwnerMutex, NamesAllWhoHoldAtOnce) {
  const History history = history_of({
      event(3, OpType::invoke, "acquire"),
      event(3, OpType::ok, "acquire"),
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
      event(1, OpType::invoke, "acquire"),
      event(1, OpType::ok, "acquire"),
  });
  const Judgement judgement = check(model("owner-mutex"), history).value();
  ASSERT_EQ(judgement.status, Status::violated);
  const Finding& finding = *judgement.decisive();
  EXPECT_THAT(finding.conflict, ::testing::ElementsAre(0, 1, 2));
  EXPECT_EQ(finding.explanation,
            "process 3, process 0 and process 1 hold the lock at once: each had acquired it (ops "
            "1, 3 and 5) before any of them released, and none ever did");
  EXPECT_THAT(finding.order, ::testing::ElementsAre(0)) << "the longest prefix: one acquire";
}

TEST(OwnerMutex, OnlyTheHolderReleases) {
  const History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
      event(1, OpType::invoke, "release"),
      event(1, OpType::ok, "release"),
  });
  EXPECT_EQ(check(model("owner-mutex"), history).value().status, Status::violated);
  EXPECT_EQ(check(model("mutex"), history).value().status, Status::holds);
  EXPECT_THAT(check(model("owner-mutex"), history).value().decisive()->explanation,
              ::testing::HasSubstr("no order explains process 1's release (op 3)"));
}

TEST(OwnerMutex, AnIndeterminateReleaseMayTakeEffectLater) {
  History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
      event(0, OpType::invoke, "release"),
      event(0, OpType::info, "release"),
      event(1, OpType::invoke, "acquire"),
      event(1, OpType::ok, "acquire"),
  });
  EXPECT_EQ(check(model("owner-mutex"), history).value().status, Status::holds);
  history[3].type = OpType::fail;
  EXPECT_EQ(check(model("owner-mutex"), history).value().status, Status::violated);
}

TEST(FencedMutex, RefusesATokenThatDoesNotRise) {
  History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
      event(0, OpType::invoke, "release"),
      event(0, OpType::ok, "release"),
      event(1, OpType::invoke, "acquire"),
      event(1, OpType::ok, "acquire"),
  });
  history[1].token = 7;
  history[5].token = 8;
  EXPECT_EQ(check(model("fenced-mutex"), history).value().status, Status::holds);
  history[5].token = 7;
  EXPECT_EQ(check(model("fenced-mutex"), history).value().status, Status::violated);
}

TEST(FencedMutex, DoesNotPassAHistoryWithoutTokens) {
  History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
  });
  const Judged judged = check(model("fenced-mutex"), history);
  ASSERT_FALSE(judged);
  EXPECT_EQ(judged.error().position, 1u);
  EXPECT_THAT(judged.error().text, ::testing::HasSubstr("owner-mutex judges the rest"));
  history[1].token = 7;
  EXPECT_EQ(check(model("fenced-mutex"), history).value().status, Status::holds);
}

TEST(Keys, AreJudgedApart) {
  History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
      event(1, OpType::invoke, "acquire"),
      event(1, OpType::ok, "acquire"),
  });
  history[0].key = history[1].key = "a";
  history[2].key = history[3].key = "b";
  const Judgement judgement = check(model("owner-mutex"), history).value();
  EXPECT_EQ(judgement.status, Status::holds);
  ASSERT_EQ(judgement.findings.size(), 2u);
  EXPECT_EQ(judgement.findings[1].key, "b");
}

TEST(Search, GivesUpWithinItsBudgetAndSaysHowFarItGot) {
  // Many writers at once, then a read of a value nobody wrote: only exhaustion tells.
  std::vector<Op> events;
  for (int process = 0; process < 20; ++process) {
    events.push_back(event(process, OpType::invoke, "write", number(process)));
  }
  for (int process = 0; process < 20; ++process) {
    events.push_back(event(process, OpType::ok, "write", number(process)));
  }
  events.push_back(event(0, OpType::invoke, "read"));
  events.push_back(event(0, OpType::ok, "read", number(99)));
  const History history = history_of(std::move(events));
  const Judgement few = check(model("register"), history, {.budget = {.steps = 1000}}).value();
  EXPECT_EQ(few.status, Status::unknown);
  EXPECT_THAT(few.decisive()->explanation,
              ::testing::AllOf(::testing::HasSubstr("the budget ran out after 1001 steps"),
                               ::testing::HasSubstr("20 of 21 operations")));
  const Judgement tight = check(model("register"), history, {.budget = {.bytes = 4096}}).value();
  EXPECT_EQ(tight.status, Status::unknown);
}

TEST(Search, SettlesReadsWithoutBranching) {
  // 30 reads at once of the value that is there: one order is as good as any.
  std::vector<Op> events = {event(99, OpType::invoke, "write", number(1)),
                            event(99, OpType::ok, "write")};
  for (int process = 0; process < 30; ++process) {
    events.push_back(event(process, OpType::invoke, "read"));
  }
  events.push_back(event(99, OpType::invoke, "read"));
  events.push_back(event(99, OpType::ok, "read", number(2)));
  for (int process = 0; process < 30; ++process) {
    events.push_back(event(process, OpType::ok, "read", number(1)));
  }
  const Judgement judgement = check(model("register"), history_of(std::move(events))).value();
  EXPECT_EQ(judgement.status, Status::violated);
  EXPECT_LT(judgement.decisive()->steps, 100u);
}

TEST(Search, KeepsAWriteOfTheSameValueForLater) {
  // The long write of 1 changes nothing at first; the last read needs it after the write of 2.
  const History history = history_of({
      event(0, OpType::invoke, "write", number(1)),
      event(0, OpType::ok, "write"),
      event(1, OpType::invoke, "write", number(1)),
      event(0, OpType::invoke, "write", number(2)),
      event(0, OpType::ok, "write"),
      event(1, OpType::ok, "write"),
      event(0, OpType::invoke, "read"),
      event(0, OpType::ok, "read", number(1)),
  });
  EXPECT_EQ(check(model("register"), history).value().status, Status::holds);
}

TEST(Search, TriesOneOfManyEqualIndeterminateOperations) {
  // 40 acquires by one owner that nobody heard of again, and one release too many.
  std::vector<Op> events;
  for (int process = 0; process < 40; ++process) {
    events.push_back(event(process, OpType::invoke, "acquire"));
    events.push_back(event(process, OpType::info, "acquire"));
  }
  for (int i = 0; i < 41; ++i) {
    events.push_back(event(50, OpType::invoke, "release"));
    events.push_back(event(50, OpType::ok, "release"));
  }
  const Judgement judgement = check(model("mutex"), history_of(std::move(events))).value();
  EXPECT_EQ(judgement.status, Status::violated);
  EXPECT_LT(judgement.decisive()->steps, 10'000u);
}

TEST(Register, ExplainsWhatCouldNotBeRead) {
  const History history = history_of({
      event(0, OpType::invoke, "write", number(1)),
      event(0, OpType::ok, "write"),
      event(1, OpType::invoke, "read"),
      event(1, OpType::ok, "read", number(2)),
  });
  EXPECT_EQ(check(model("register"), history).value().decisive()->explanation,
            "no order explains process 1's read of 2 (op 3): after the one operation that can "
            "be ordered before it, the object is 1");
}

TEST(Models, RefuseOperationsTheyDoNotKnowAndSayWhere) {
  const History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(0, OpType::ok, "acquire"),
      event(1, OpType::invoke, "cas", number(1)),
      event(1, OpType::ok, "cas"),
  });
  const auto unknown_f = check(model("owner-mutex"), history);
  ASSERT_FALSE(unknown_f);
  EXPECT_EQ(unknown_f.error().position, 3u);
  EXPECT_THAT(unknown_f.error().text, ::testing::HasSubstr("\"cas\""));
  const auto no_pair = check(model("cas-register"), History(history.begin() + 2, history.end()));
  ASSERT_FALSE(no_pair);
  EXPECT_EQ(no_pair.error().index, 3);
  EXPECT_THAT(no_pair.error().text, ::testing::HasSubstr("[expected new]"));
}

TEST(Verifier, RefusesOrdersThatTheHistoryRulesOut) {
  const History history = history_of({
      event(0, OpType::invoke, "write", number(1)),
      event(0, OpType::ok, "write"),
      event(1, OpType::invoke, "read"),
      event(1, OpType::ok, "read", number(1)),
      event(2, OpType::invoke, "write", number(2)),
      event(2, OpType::fail, "write"),
  });
  const Operations all = operations(history);
  const auto verified = [&](std::vector<std::size_t> order) {
    return verify_order(model("register"), all, "", order);
  };
  EXPECT_TRUE(verified({0, 1}));
  EXPECT_FALSE(verified({1, 0})) << "against real time";
  EXPECT_FALSE(verified({0})) << "an operation that returned is missing";
  EXPECT_FALSE(verified({0, 1, 1})) << "twice";
  EXPECT_FALSE(verified({0, 1, 2})) << "what failed did not happen";
  EXPECT_FALSE(verified({0, 1, 7})) << "no such operation";
  EXPECT_FALSE(verify_order(model("register"), all, "x", std::vector<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace lockstep
