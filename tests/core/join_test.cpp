#include "core/join.hpp"

#include <gmock/gmock.h>
#include <rapidcheck/gtest.h>

#include <stdexcept>

namespace lockstep {
namespace {

using testing::ElementsAre;

// Tasks that wait here until the test lets one of them on.
struct Gates {
  explicit Gates(std::size_t count) : waiting(count) {}
  std::vector<std::coroutine_handle<>> waiting;
  int alive = 0;
  void open(std::size_t i) { std::exchange(waiting[i], nullptr).resume(); }
};

struct Pass {
  Pass(Gates& g, std::size_t i) : gates(g), gate(i) { ++gates.alive; }
  ~Pass() {
    gates.waiting[gate] = nullptr;
    --gates.alive;
  }
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) { gates.waiting[gate] = who; }
  void await_resume() const {}
  Gates& gates;
  std::size_t gate;
};

Task<int> through(Gates& gates, std::size_t gate) {
  co_await Pass(gates, gate);
  co_return static_cast<int>(gate) * 10;
}

Task<int> at_once(int value) {
  co_return value;
}

Task<int> fails_after(Gates& gates, std::size_t gate) {
  co_await Pass(gates, gate);
  throw std::runtime_error("a bug");
}

std::vector<Task<int>> tasks(Gates& gates) {
  std::vector<Task<int>> all;
  for (std::size_t i = 0; i < gates.waiting.size(); ++i) all.push_back(through(gates, i));
  return all;
}

TEST(WhenAll, GivesResultsInTheOrderOfTheTasksWhateverTheOrderOfTheirEnds) {
  Gates gates(3);
  auto all = when_all(tasks(gates));
  all.frame().resume();
  gates.open(2);
  gates.open(0);
  EXPECT_FALSE(all.frame().done());
  gates.open(1);
  ASSERT_TRUE(all.frame().done());
  EXPECT_THAT(all.frame().promise().take(), ElementsAre(0, 10, 20));
}

TEST(WhenAll, OfNothingOrOfWhatEndsAtOnceDoesNotSuspend) {
  auto none = when_all(std::vector<Task<int>>());
  none.frame().resume();
  ASSERT_TRUE(none.frame().done());
  EXPECT_TRUE(none.frame().promise().take().empty());

  std::vector<Task<int>> two;
  two.push_back(at_once(1));
  two.push_back(at_once(2));
  auto both = when_all(std::move(two));
  both.frame().resume();
  ASSERT_TRUE(both.frame().done());
  EXPECT_THAT(both.frame().promise().take(), ElementsAre(1, 2));
}

TEST(WhenAll, ThrowsWithoutWaitingForTheOthers) {
  Gates gates(2);
  std::vector<Task<int>> two;
  two.push_back(through(gates, 0));
  two.push_back(fails_after(gates, 1));
  auto all = when_all(std::move(two));
  all.frame().resume();
  gates.open(1);
  ASSERT_TRUE(all.frame().done());
  EXPECT_THROW(all.frame().promise().take(), std::runtime_error);
  EXPECT_EQ(gates.alive, 0);
}

TEST(WhenAny, GivesTheFirstToEndAndDestroysTheOthers) {
  Gates gates(3);
  auto any = when_any(tasks(gates));
  any.frame().resume();
  EXPECT_EQ(gates.alive, 3);
  gates.open(1);
  ASSERT_TRUE(any.frame().done());
  EXPECT_EQ(gates.alive, 0);
  const Winner<int> winner = any.frame().promise().take();
  EXPECT_EQ(winner.arm, 1u);
  EXPECT_EQ(winner.value, 10);
}

TEST(WhenAny, DoesNotStartTheRestOnceOneHasEnded) {
  Gates gates(1);
  std::vector<Task<int>> two;
  two.push_back(at_once(5));
  two.push_back(through(gates, 0));
  auto any = when_any(std::move(two));
  any.frame().resume();
  ASSERT_TRUE(any.frame().done());
  EXPECT_EQ(gates.alive, 0);
  const Winner<int> winner = any.frame().promise().take();
  EXPECT_EQ(winner.value, 5);
}

Task<int> sum_of_all_and_any(Gates& gates) {
  std::vector<Task<int>> pair;
  pair.push_back(through(gates, 0));
  pair.push_back(through(gates, 1));
  auto any = when_any(std::move(pair));
  const auto winner = co_await std::move(any);
  std::vector<Task<int>> rest;
  rest.push_back(through(gates, 2));
  rest.push_back(through(gates, 3));
  auto all = when_all(std::move(rest));
  const auto results = co_await std::move(all);
  co_return winner.value + results[0] + results[1];
}

RC_GTEST_PROP(Join, DestroyedAtAnyMomentLeavesNothingAlive, (std::vector<std::uint8_t> opens)) {
  Gates gates(4);
  {
    auto task = sum_of_all_and_any(gates);
    task.frame().resume();
    for (const std::uint8_t open : opens) {
      const std::size_t gate = open % gates.waiting.size();
      if (gates.waiting[gate]) gates.open(gate);
    }
    if (task.frame().done()) RC_ASSERT(task.frame().promise().take() >= 50);
  }
  RC_ASSERT(gates.alive == 0);
}

}  // namespace
}  // namespace lockstep
