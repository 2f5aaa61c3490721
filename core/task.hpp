#pragma once
// The coroutine that clients and servers are written in.

#include <coroutine>
#include <exception>
#include <optional>
#include <utility>

#include "core/frame_memory.hpp"

namespace lockstep {

template <class T>
class Task;

namespace detail {

struct PromiseCommon {
  std::coroutine_handle<> awaiting = std::noop_coroutine();
  std::exception_ptr thrown;

  struct Finish {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> done) noexcept {
      return done.promise().awaiting;
    }
    void await_resume() noexcept {}
  };

  static void* operator new(std::size_t bytes) { return FrameMemory::take(bytes); }
  static void operator delete(void* frame, std::size_t bytes) noexcept {
    FrameMemory::give_back(frame, bytes);
  }

  std::suspend_always initial_suspend() noexcept { return {}; }
  Finish final_suspend() noexcept { return {}; }
  void unhandled_exception() { thrown = std::current_exception(); }
};

template <class T>
struct Promise : PromiseCommon {
  std::optional<T> value;

  Task<T> get_return_object() noexcept;
  template <class U = T>
  void return_value(U&& result) {
    value.emplace(std::forward<U>(result));
  }
  T take() {
    if (thrown) std::rethrow_exception(thrown);
    return std::move(*value);
  }
};

template <>
struct Promise<void> : PromiseCommon {
  Task<void> get_return_object() noexcept;
  void return_void() noexcept {}
  void take() {
    if (thrown) std::rethrow_exception(thrown);
  }
};

}  // namespace detail

/// A lazy coroutine owned by whoever awaits it. It starts when awaited, resumes its awaiter when
/// done, and destroying it, at any suspension point, destroys everything below it: a crash is that.
/// Await it once, as an rvalue. Rules for the code inside: CONTRIBUTING.md, "Coroutines".
template <class T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Frame = std::coroutine_handle<promise_type>;

  explicit Task(Frame frame) noexcept : frame_(frame) {}
  Task(Task&& other) noexcept : frame_(std::exchange(other.frame_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      if (frame_) frame_.destroy();
      frame_ = std::exchange(other.frame_, nullptr);
    }
    return *this;
  }
  ~Task() {
    if (frame_) frame_.destroy();
  }

  Frame frame() const noexcept { return frame_; }

  auto operator co_await() && noexcept {
    struct Awaiter {
      Frame frame;
      bool await_ready() noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
        frame.promise().awaiting = awaiting;
        return frame;
      }
      T await_resume() { return frame.promise().take(); }
    };
    return Awaiter{frame_};
  }

 private:
  Frame frame_;
};

namespace detail {
template <class T>
Task<T> Promise<T>::get_return_object() noexcept {
  return Task<T>(Task<T>::Frame::from_promise(*this));
}
inline Task<void> Promise<void>::get_return_object() noexcept {
  return Task<void>(Task<void>::Frame::from_promise(*this));
}
}  // namespace detail

}  // namespace lockstep
