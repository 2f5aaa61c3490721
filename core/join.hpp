#pragma once
// Structured concurrency: what runs side by side ends together, and the loser of a race is
// destroyed, which cancels everything below it.

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "core/env.hpp"
#include "core/task.hpp"

namespace lockstep {
namespace detail {

/// How many arms must still arrive before whoever waits is resumed.
struct Join {
  std::size_t left = 0;
  std::size_t first = 0;  // the arm that arrived last, which for a race is the winner
  std::exception_ptr thrown{};
  std::coroutine_handle<> awaiting = std::noop_coroutine();
};

/// An arm's last step. Arms stay suspended here until their owner destroys them.
struct Arrive {
  Join& join;
  std::size_t arm;
  Arrive(Join& j, std::size_t a) : join(j), arm(a) {}
  bool await_ready() noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<>) noexcept {
    if (join.left == 0 || --join.left != 0) return std::noop_coroutine();
    join.first = arm;
    return join.awaiting;
  }
  void await_resume() noexcept {}
};

/// Awaits a task and leaves its result where it is: nothing is moved on the way.
template <class T>
struct Ended {
  typename Task<T>::Frame frame;
  explicit Ended(const Task<T>& task) : frame(task.frame()) {}
  bool await_ready() noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    frame.promise().awaiting = awaiting;
    return frame;
  }
  void await_resume() noexcept {}
};

template <class T>
Task<void> run_arm(Task<T>& task, Join& join, std::size_t arm) {
  co_await Ended<T>(task);
  if (task.frame().promise().thrown) {
    join.thrown = task.frame().promise().thrown;
    join.left = 1;  // a bug ends the join, whoever else is still at work
  }
  co_await Arrive(join, arm);
}

template <class T>
std::vector<Task<void>> arms_of(std::vector<Task<T>>& tasks, Join& join) {
  std::vector<Task<void>> arms;
  arms.reserve(tasks.size());
  for (std::size_t i = 0; i < tasks.size(); ++i) arms.push_back(run_arm(tasks[i], join, i));
  return arms;
}

/// Starts the arms one after the other; once enough have arrived, the rest need not start.
struct StartArms {
  std::vector<Task<void>>& arms;
  Join& join;
  StartArms(std::vector<Task<void>>& a, Join& j) : arms(a), join(j) {}
  bool await_ready() noexcept { return join.left == 0; }
  bool await_suspend(std::coroutine_handle<> me) noexcept {
    for (Task<void>& arm : arms) {
      if (join.left == 0) break;
      arm.frame().resume();
    }
    if (join.left == 0) return false;  // done without suspending: go on at once
    join.awaiting = me;
    return true;
  }
  void await_resume() noexcept {}
};

inline Task<bool> sleep_arm(Env& env, Deadline until) {
  co_await env.sleep_until(until);
  co_return true;
}

}  // namespace detail

/// Runs all tasks side by side and gives their results in order, once every one has ended. Throws
/// as soon as one of them throws; the others are destroyed.
template <class T>
Task<std::vector<T>> when_all(std::vector<Task<T>> given) {
  std::vector<Task<T>> tasks = std::move(given);  // which lives until the result is taken
  detail::Join join;
  join.left = tasks.size();
  std::vector<Task<void>> arms = detail::arms_of(tasks, join);
  co_await detail::StartArms(arms, join);
  if (join.thrown) std::rethrow_exception(join.thrown);
  std::vector<T> results;
  results.reserve(tasks.size());
  for (Task<T>& task : tasks) results.push_back(task.frame().promise().take());
  co_return results;
}

/// What won a race, and which arm it was.
template <class T>
struct Winner {
  Winner(std::size_t a, T v) : arm(a), value(std::move(v)) {}
  std::size_t arm;
  T value;
};

/// Runs all tasks side by side and gives the result of the first to end; the others are destroyed.
/// Needs at least one task.
template <class T>
Task<Winner<T>> when_any(std::vector<Task<T>> given) {
  std::vector<Task<T>> tasks = std::move(given);
  detail::Join join;
  join.left = 1;
  std::vector<Task<void>> arms = detail::arms_of(tasks, join);
  co_await detail::StartArms(arms, join);
  if (join.thrown) std::rethrow_exception(join.thrown);
  Winner<T> winner(join.first, tasks[join.first].frame().promise().take());
  co_return winner;
}

/// Runs a task until `until` on the clock that the deadline names; nothing if it had not ended by
/// then, and it is destroyed.
template <class T>
Task<std::optional<T>> within(Env& env, Deadline until, Task<T> given) {
  Task<T> task = std::move(given);
  detail::Join join;
  join.left = 1;
  auto alarm = detail::sleep_arm(env, until);
  std::vector<Task<void>> arms;
  arms.reserve(2);
  arms.push_back(detail::run_arm(task, join, 0));
  arms.push_back(detail::run_arm(alarm, join, 1));
  co_await detail::StartArms(arms, join);
  if (join.thrown) std::rethrow_exception(join.thrown);
  std::optional<T> result;
  if (join.first == 0) result.emplace(task.frame().promise().take());
  co_return result;
}

}  // namespace lockstep
