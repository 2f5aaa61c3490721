// A lock without owners (Knossos's Mutex).
//
//   state    free or held; free at first
//   acquire  possible when free; then held
//   release  possible when held, by whomever; then free
#include "checker/linearizable.hpp"
#include "checker/monitors/permits.hpp"

namespace lockstep {
namespace {

struct Mutex {
  using Input = LockInput;
  struct State {
    bool held = false;
    friend bool operator==(const State&, const State&) = default;
  };

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.held ? 1 : 0; }
  static bool only_looks(const Input&) { return false; }
  static bool step(State& state, const Input& input) {
    if (state.held == input.acquire) return false;
    state.held = input.acquire;
    return true;
  }

  static Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) {
    return monitor_permits(intervals, 1, terms);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols&) {
    const bool acquire = operation.f() == "acquire";
    if (acquire || operation.f() == "release") return Input{.acquire = acquire};
    return tl::unexpected(
        fmt::format("a mutex has acquire and release, not \"{}\"", operation.f()));
  }
  static std::string describe(const State& state, const Symbols&) {
    return state.held ? "held" : "free";
  }
};

}  // namespace

Model models::mutex() {
  return {.name = "mutex",
          .summary = "a lock without owners: acquire when free, release by anyone when held",
          .check = linearizable<Mutex>,
          .allows = allows<Mutex>};
}

}  // namespace lockstep
