// A reentrant lock whose grants carry rising fencing tokens (Jepsen's ReentrantFencedMutex).
//
//   state    free, or the owner that holds it, how often and under which token (0: unknown); the
//            highest token so far; free and 0 at first
//   acquire  when free: with a token above the highest, or with none (0). When held by the same
//            owner less often than the limit: with the token it holds under, or with none; while
//            that is unknown, also with one above the highest, which it then is
//   release  possible when held by the same owner; once less, and free at none
//
// The limit is 2 as Jepsen has it, unless the terms say otherwise (Terms::permits; 0: none).
#include <algorithm>

#include "checker/linearizable.hpp"
#include "checker/monitors/in_order.hpp"

namespace lockstep {
namespace {

struct ReentrantFencedMutex {
  using Input = LockInput;
  struct State {
    std::uint64_t highest = 0;
    std::uint64_t token = 0;
    std::uint32_t holder = nobody;
    std::uint32_t count = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  ReentrantFencedMutex() = default;
  explicit ReentrantFencedMutex(const Terms& terms) : limit(terms.permits.value_or(2)) {
    if (limit == 0) limit = nobody;
  }

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    return (state.highest * 31 + state.token) * 0x9e3779b97f4a7c15u ^
           (std::uint64_t{state.holder} << 32 ^ state.count);
  }
  static bool only_looks(const Input&) { return false; }
  bool step(State& state, const Input& input) const {
    if (!input.acquire) {
      if (state.holder != input.owner) return false;
      if (--state.count == 0) state = {.highest = state.highest};
      return true;
    }
    if (state.holder != nobody && state.holder != input.owner) return false;
    if (state.count >= limit) return false;
    const bool again = state.token != 0 && input.token == state.token;
    if (input.token != 0 && !again) {
      if (state.token != 0 || input.token <= state.highest) return false;
      state.token = state.highest = input.token;
    }
    state.holder = input.owner;
    ++state.count;
    return true;
  }

  /// Owners that do one thing at a time and know what came of it leave one order alone: that of the
  /// acquires' returns and the releases' calls.
  Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) const {
    const auto place = [](const LockInterval& one) {
      return one.input.acquire ? one.ret : one.call;
    };
    Monitored found = monitor_in_order(*this, intervals, place, terms);
    const bool known = std::none_of(intervals.begin(), intervals.end(),
                                    [](const LockInterval& one) { return one.ret == forever; });
    if (found.status == Status::unknown && known &&
        owners_are_sequential(intervals, count_owners(intervals))) {
      found.status = Status::violated;
      found.first_place = true;
    }
    return found;
  }

  static void forget(Input& input) { input.token = 0; }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    return read_lock_input(operation, symbols, "reentrant-fenced-mutex");
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    return fmt::format("{} with highest token {}",
                       describe_holder(state.holder, state.count, symbols), state.highest);
  }

  std::uint32_t limit = 2;
};

}  // namespace

Model models::reentrant_fenced_mutex() {
  return {.name = "reentrant-fenced-mutex",
          .summary = "a reentrant lock whose fencing tokens rise with every grant from free",
          .check = linearizable<ReentrantFencedMutex>,
          .allows = allows<ReentrantFencedMutex>};
}

}  // namespace lockstep
