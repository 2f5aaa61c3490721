// A lock with owners whose grants carry rising fencing tokens (Hazelcast's FencedLock).
//
//   state    free, or the owner that holds it; the highest token so far; free and 0 at first
//   acquire  possible when free, with a token above the highest, which it becomes, or with none
//            (0: the caller never learned it, so nothing is known of it)
//   release  possible when held by the same owner; then free
#include "checker/linearizable.hpp"
#include "checker/monitors/holds.hpp"

namespace lockstep {
namespace {

struct FencedMutex {
  using Input = LockInput;
  struct State {
    std::uint64_t highest = 0;
    std::uint32_t holder = nobody;
    friend bool operator==(const State&, const State&) = default;
  };

  static constexpr bool tokens_rise = true;

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    return state.highest * 0x9e3779b97f4a7c15u ^ state.holder;
  }
  static bool only_looks(const Input&) { return false; }
  static bool step(State& state, const Input& input) {
    if (state.holder != (input.acquire ? nobody : input.owner)) return false;
    if (input.acquire && input.token != 0 && input.token <= state.highest) return false;
    if (input.acquire && input.token != 0) state.highest = input.token;
    state.holder = input.acquire ? input.owner : nobody;
    return true;
  }

  static Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) {
    return monitor_holds(intervals, {.fenced = true}, terms);
  }

  static void forget(Input& input) { input.token = 0; }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    return read_lock_input(operation, symbols, "fenced-mutex");
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    return fmt::format("{} with highest token {}", describe_holder(state.holder, 1, symbols),
                       state.highest);
  }
};

/// A history without a single token says nothing of fencing: not even that it held.
Judged check(const Operations& operations, const Terms& terms) {
  const Operation* granted = nullptr;
  bool fenced = false;
  for (const Operation& operation : operations) {
    if (operation.f() != "acquire" || operation.outcome() != OpType::ok) continue;
    if (granted == nullptr) granted = &operation;
    fenced = fenced || operation.token() != 0;
  }
  if (granted != nullptr && !fenced) {
    return tl::unexpected(detail::unreadable(
        *granted,
        "no acquire of this history came back with a \"token\", so there is no fencing "
        "to judge; owner-mutex judges the rest"));
  }
  return linearizable<FencedMutex, true>(operations, terms);
}

}  // namespace

Model models::fenced_mutex() {
  return {.name = "fenced-mutex",
          .summary = "a lock with owners whose fencing tokens rise with every grant",
          .check = check,
          .allows = allows<FencedMutex>};
}

}  // namespace lockstep
