// A lock that its holder may acquire again (Jepsen's ReentrantMutex).
//
//   state    free, or the owner that holds it and how often; free at first
//   acquire  possible when free, or held by the same owner less often than the limit; once more
//   release  possible when held by the same owner; once less, and free at none
//
// The limit is 2 as Jepsen has it, unless the terms say otherwise (Terms::permits; 0: none).
#include "checker/linearizable.hpp"
#include "checker/monitors/holds.hpp"

namespace lockstep {
namespace {

struct ReentrantMutex {
  using Input = LockInput;
  struct State {
    std::uint32_t holder = nobody;
    std::uint32_t count = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  ReentrantMutex() = default;
  explicit ReentrantMutex(const Terms& terms) : limit(terms.permits.value_or(2)) {
    if (limit == 0) limit = nobody;
  }

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    return std::uint64_t{state.holder} << 32 ^ state.count;
  }
  static bool only_looks(const Input&) { return false; }
  bool step(State& state, const Input& input) const {
    if (!input.acquire) {
      if (state.holder != input.owner) return false;
      if (--state.count == 0) state.holder = nobody;
      return true;
    }
    if (state.holder != nobody && state.holder != input.owner) return false;
    if (state.count >= limit) return false;
    state.holder = input.owner;
    ++state.count;
    return true;
  }

  Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) const {
    return monitor_holds(intervals, {.depth = limit, .reentrant = true}, terms);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    auto input = read_lock_input(operation, symbols, "reentrant-mutex");
    if (input) input->token = 0;
    return input;
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    return describe_holder(state.holder, state.count, symbols);
  }

  std::uint32_t limit = 2;
};

}  // namespace

Model models::reentrant_mutex() {
  return {.name = "reentrant-mutex",
          .summary = "a lock that its holder may acquire again, twice at most unless told",
          .check = linearizable<ReentrantMutex>,
          .allows = allows<ReentrantMutex>};
}

}  // namespace lockstep
