// A lock that knows who holds it (Jepsen's OwnerAwareMutex). The owner is the operation's, or the
// process where the history names none.
//
//   state    free, or the owner that holds it; free at first
//   acquire  possible when free; then held by the owner
//   release  possible when held by the same owner; then free
#include "checker/linearizable.hpp"
#include "checker/monitors/holds.hpp"

namespace lockstep {
namespace {

struct OwnerMutex {
  using Input = LockInput;
  struct State {
    std::uint32_t holder = nobody;
    friend bool operator==(const State&, const State&) = default;
  };

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.holder; }
  static bool only_looks(const Input&) { return false; }
  static bool step(State& state, const Input& input) {
    if (state.holder != (input.acquire ? nobody : input.owner)) return false;
    state.holder = input.acquire ? input.owner : nobody;
    return true;
  }

  static Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) {
    return monitor_holds(intervals, {}, terms);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    auto input = read_lock_input(operation, symbols, "owner-mutex");
    if (input) input->token = 0;
    return input;
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    return describe_holder(state.holder, 1, symbols);
  }
};

}  // namespace

Model models::owner_mutex() {
  return {.name = "owner-mutex",
          .summary = "a lock with owners: only its holder may release it",
          .check = linearizable<OwnerMutex, true>,
          .allows = allows<OwnerMutex>};
}

}  // namespace lockstep
