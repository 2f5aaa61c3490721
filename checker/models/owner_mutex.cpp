// A lock that knows who holds it (Jepsen's OwnerAwareMutex). The owner is the operation's, or the
// process where the history names none.
//
//   state    free, or the owner that holds it; free at first
//   acquire  possible when free; then held by the owner
//   release  possible when held by the same owner; then free
#include "checker/linearizable.hpp"

namespace lockstep {
namespace {

struct OwnerMutex {
  struct Input {
    std::uint32_t owner = 0;
    bool acquire = false;
    friend bool operator==(const Input&, const Input&) = default;
  };
  struct State {
    static constexpr std::uint32_t nobody = ~0u;
    std::uint32_t holder = nobody;
    friend bool operator==(const State&, const State&) = default;
  };

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.holder; }
  static bool only_looks(const Input&) { return false; }
  static bool step(State& state, const Input& input) {
    if (state.holder != (input.acquire ? State::nobody : input.owner)) return false;
    state.holder = input.acquire ? input.owner : State::nobody;
    return true;
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    const bool acquire = operation.f() == "acquire";
    if (!acquire && operation.f() != "release") {
      return tl::unexpected(
          fmt::format("an owner-mutex has acquire and release, not \"{}\"", operation.f()));
    }
    return Input{operation.owner().empty() ? symbols.of_process(operation.process())
                                           : symbols.of(operation.owner()),
                 acquire};
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    return state.holder == State::nobody ? "free" : "held by " + symbols.text(state.holder);
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
