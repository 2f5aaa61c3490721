#include "core/task.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace lockstep {
namespace {

// Suspends until the test resumes it.
struct Hold {
  explicit Hold(std::coroutine_handle<>& w) : who(w) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> me) { who = me; }
  void await_resume() const {}
  std::coroutine_handle<>& who;
};

struct Alive {
  explicit Alive(int& c) : count(c) { ++count; }
  Alive(const Alive& other) : count(other.count) { ++count; }
  Alive& operator=(const Alive&) = delete;
  ~Alive() { --count; }
  int& count;
};

Task<int> inner(std::coroutine_handle<>& who, Alive alive) {
  co_await Hold(who);
  co_return alive.count > 0 ? 7 : 0;
}

Task<std::string> outer(std::coroutine_handle<>& who, Alive alive) {
  const Alive local = alive;
  const int below = co_await inner(who, local);
  co_return std::to_string(below);
}

Task<void> sets(bool& flag) {
  flag = true;
  co_return;
}

Task<int> fails() {
  throw std::runtime_error("a bug");
  co_return 0;
}

Task<int> passes_on() {
  const int never = co_await fails();
  co_return never;
}

TEST(Task, StartsOnlyWhenAwaitedOrResumed) {
  bool ran = false;
  auto task = sets(ran);
  EXPECT_FALSE(ran);
  task.frame().resume();
  EXPECT_TRUE(ran);
}

TEST(Task, GivesItsValueToItsAwaiter) {
  std::coroutine_handle<> who;
  int count = 0;
  auto task = outer(who, Alive(count));
  task.frame().resume();
  EXPECT_FALSE(task.frame().done());
  who.resume();
  ASSERT_TRUE(task.frame().done());
  EXPECT_EQ(task.frame().promise().take(), "7");
}

TEST(Task, DestroyedWhileSuspendedDestroysEverythingBelow) {
  std::coroutine_handle<> who;
  int count = 0;
  {
    auto task = outer(who, Alive(count));
    task.frame().resume();
    EXPECT_GE(count, 3);
  }
  EXPECT_EQ(count, 0);
}

TEST(Task, DestroyedBeforeItStartedDestroysItsParameters) {
  std::coroutine_handle<> who;
  int count = 0;
  {
    auto task = outer(who, Alive(count));
  }
  EXPECT_EQ(count, 0);
}

TEST(Task, AssignedToDestroysWhatItHeld) {
  std::coroutine_handle<> who;
  int first = 0;
  int second = 0;
  auto task = outer(who, Alive(first));
  task.frame().resume();
  task = outer(who, Alive(second));
  EXPECT_EQ(first, 0);
  EXPECT_EQ(second, 1);
}

TEST(Task, AnExceptionReachesTheAwaiter) {
  auto task = passes_on();
  task.frame().resume();
  ASSERT_TRUE(task.frame().done());
  EXPECT_THROW(task.frame().promise().take(), std::runtime_error);
}

}  // namespace
}  // namespace lockstep
