// The ceiling: coroutines that wait for random instants on a heap, and nothing else. No network, no
// digest, no cancellation: what a simulator that did nothing for its user would cost.
#include <benchmark/benchmark.h>

#include <coroutine>
#include <queue>
#include <vector>

#include "core/random.hpp"
#include "core/task.hpp"

namespace lockstep {
namespace {

struct BareLoop {
  struct Due {
    std::int64_t at;
    std::coroutine_handle<> who;
    bool operator<(const Due& other) const { return at > other.at; }
  };
  std::int64_t now = 0;
  std::priority_queue<Due> heap{};
};

struct Until {
  Until(BareLoop& l, std::int64_t a) : loop(l), at(a) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> who) { loop.heap.push({at, who}); }
  void await_resume() const {}
  BareLoop& loop;
  std::int64_t at;
};

Task<void> hop(BareLoop& loop, Random random) {
  for (;;) {
    co_await Until(loop, loop.now + random.between(1'000'000, 5'000'000));
  }
}

void bare_loop(benchmark::State& state) {
  BareLoop loop;
  std::vector<Task<void>> tasks;
  for (std::int64_t i = 0; i < state.range(0); ++i) {
    tasks.push_back(hop(loop, Random(1, "bare").fork(static_cast<std::uint64_t>(i))));
    tasks.back().frame().resume();
  }
  constexpr int events = 10'000;
  for (auto _ : state) {
    for (int i = 0; i < events; ++i) {
      const BareLoop::Due due = loop.heap.top();
      loop.heap.pop();
      loop.now = due.at;
      due.who.resume();
    }
  }
  state.SetItemsProcessed(state.iterations() * events);
}
BENCHMARK(bare_loop)->Arg(64)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep
