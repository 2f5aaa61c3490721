#pragma once
// A place where coroutines of one node wait until another of them says that something changed.

#include <coroutine>
#include <vector>

namespace lockstep {

/// Must outlive whoever waits. Destroying a waiting coroutine (a crash, a lost race) takes it off.
class Signal {
 public:
  class [[nodiscard]] Wait {
   public:
    explicit Wait(Signal& signal) : signal_(signal) {}
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() { std::erase(signal_.waiting_, this); }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> who) {
      who_ = who;
      signal_.waiting_.push_back(this);
    }
    void await_resume() const noexcept {}

   private:
    friend class Signal;
    Signal& signal_;
    std::coroutine_handle<> who_;
  };

  /// Returns after the next notify, and may return without one: await it in a loop that looks at
  /// what it waits for.
  Wait wait() { return Wait(*this); }

  /// Runs those who wait, in the order in which they began to, each up to its next await.
  void notify() {
    for (std::size_t left = waiting_.size(); left > 0 && !waiting_.empty(); --left) {
      Wait* const first = waiting_.front();
      waiting_.erase(waiting_.begin());
      first->who_.resume();
    }
  }

 private:
  std::vector<Wait*> waiting_;
};

}  // namespace lockstep
