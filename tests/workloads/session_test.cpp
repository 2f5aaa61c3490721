// How a client holds several locks at once, and in which order it takes them.
#include "workloads/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/world.hpp"
#include "workloads/several.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

/// All that happened to locks, in words: "a+" was acquired, "a-" released, "a!" refused; the digit
/// is the handle.
struct Diary {
  std::vector<std::string> lines;
  std::vector<std::string> refused;  // locks that nobody gets
  int handles = 0;
};

class DiaryLock final : public Lock {
 public:
  explicit DiaryLock(Diary& diary) : diary_(diary), number_(++diary.handles) {}

  Task<Result<Lease>> acquire(std::string name, Duration patience) override {
    const auto& refused = diary_.refused;
    if (std::find(refused.begin(), refused.end(), name) != refused.end()) {
      diary_.lines.push_back(name + "!" + (patience == Duration::zero() ? " at once" : ""));
      co_return fail(ErrorCode::held);
    }
    diary_.lines.push_back(name + "+" + std::to_string(number_));
    Lease lease;
    lease.lock = name;
    lease.owner = name;
    co_return lease;
  }
  Task<Result<void>> release(Lease lease) override {
    diary_.lines.push_back(lease.lock + "-" + std::to_string(number_));
    co_return Result<void>();
  }

 private:
  Diary& diary_;
  int number_;
};

struct SilentPen final : Pen {
  std::int64_t write(Op) override { return ++ops; }
  std::uint64_t believe(std::int64_t, const Lease&, std::int64_t) override { return ++beliefs; }
  void disbelieve(std::uint64_t) override {}
  void act(std::int64_t, std::uint64_t, const std::string&) override {}
  bool finishing() const override { return false; }
  std::int64_t ops = 0;
  std::uint64_t beliefs = 0;
};

using Script = Task<void> (*)(Session& session);

Task<void> play(Env& env, Diary& diary, Settings settings, bool one_handle, Script script) {
  SilentPen pen;
  ResourceClient resource(env, no_node, 1s);
  Session::Options options;
  options.settings = std::move(settings);
  options.one_handle = one_handle;
  options.connect = [&diary] { return std::make_unique<DiaryLock>(diary); };
  Session session(env, resource, pen, std::move(options));
  co_await script(session);
}

Diary diary_of(Script script, std::string order = "ordered", bool one_handle = false,
               std::vector<std::string> refused = {}) {
  Diary diary;
  diary.refused = std::move(refused);
  Settings settings(common_workload_parameters(order_parameters()));
  settings.put("order", std::move(order));
  sim::World world({});
  world.add("client-1", [&](Env& env) { return play(env, diary, settings, one_handle, script); });
  world.run_until(WorldTime{} + 10s);
  return diary;
}

Task<void> hold_two(Session& session) {
  const auto a = co_await session.acquire("a");
  const auto b = co_await session.acquire("b");
  const auto first = co_await session.release(*a);
  const auto again = co_await session.acquire("a");
  const auto second = co_await session.release(*b);
  const auto third = co_await session.release(*again);
  EXPECT_TRUE(first && second && third);
}

TEST(Session, MakesAHandleForEachLockThatItHoldsAndUsesItAgain) {
  const Diary diary = diary_of(hold_two);
  EXPECT_EQ(diary.lines, (std::vector<std::string>{"a+1", "b+2", "a-1", "a+1", "b-2", "a-1"}));
  EXPECT_EQ(diary.handles, 2);
}

TEST(Session, HoldsAllLocksOnOneHandleWhereTheBackendSaysSo) {
  const Diary diary = diary_of(hold_two, "ordered", true);
  EXPECT_EQ(diary.lines, (std::vector<std::string>{"a+1", "b+1", "a-1", "a+1", "b-1", "a-1"}));
}

Task<void> hold_permits(Session& session) {
  const auto one = co_await session.acquire("a");
  const auto two = co_await session.acquire("a");
  EXPECT_NE(one->section, two->section);
  const auto released = co_await session.release(*two);
  EXPECT_TRUE(released);
}

TEST(Session, HoldsSeveralPermitsOfOneLock) {
  EXPECT_EQ(diary_of(hold_permits).lines, (std::vector<std::string>{"a+1", "a+2", "a-2"}));
}

Task<void> want_b_then_a(Session& session) {
  std::vector<std::string> wanted;
  wanted.push_back("b");
  wanted.push_back("a");
  auto holds = co_await acquire_all(session, std::move(wanted));
  if (!holds) co_return;
  EXPECT_EQ((*holds)[0].lease.lock, "b") << "holds come in the order of the wish";
  EXPECT_EQ((*holds)[1].lease.lock, "a");
  co_await release_all(session, std::move(*holds));
}

TEST(AcquireAll, TakesLocksByNameOrAsGiven) {
  EXPECT_THAT(diary_of(want_b_then_a, "ordered").lines,
              testing::ElementsAre("a+1", "b+2", "a-1", "b-2"));
  EXPECT_THAT(diary_of(want_b_then_a, "unordered").lines,
              testing::ElementsAre("b+1", "a+2", "a-2", "b-1"));
}

TEST(AcquireAll, GivesBackWhatItGotWhenOneCanNotBeHad) {
  EXPECT_THAT(diary_of(want_b_then_a, "unordered", false, {"a"}).lines,
              testing::ElementsAre("b+1", "a!", "b-1"));
  EXPECT_THAT(diary_of(want_b_then_a, "trylock", false, {"a"}).lines,
              testing::ElementsAre("b+1", "a! at once", "b-1"));
}

TEST(Workloads, ParametersHaveNamesOnlyOnceAndTheirFallbacksAreAllowed) {
  for (const Workload& workload : all_workloads()) {
    std::vector<std::string_view> names;
    for (const Parameter& parameter : workload.parameters) {
      EXPECT_THAT(names, testing::Not(testing::Contains(parameter.name))) << workload.name;
      names.push_back(parameter.name);
      if (parameter.words.empty()) continue;
      EXPECT_THAT(parameter.words, testing::Contains(std::get<std::string>(parameter.fallback)));
    }
  }
}

}  // namespace
}  // namespace lockstep
