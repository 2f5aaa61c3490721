// my-lock: a model, for `lockstep check --model my-lock history.jsonl`: a turnstile. Whoever enters
// must leave before the next may enter; "enter" and "leave" are its operations.
#include <lockstep/model.hpp>
#include <lockstep/plugin.hpp>

namespace my_lock {

using namespace lockstep;

struct Pass {
  bool enter = false;  // otherwise somebody leaves
  friend bool operator==(const Pass&, const Pass&) = default;
};

struct Turnstile {
  using Input = Pass;
  struct State {
    bool inside = false;
    friend bool operator==(const State&, const State&) = default;
  };

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.inside ? 1 : 0; }
  static bool only_looks(const Input&) { return false; }

  // The gap: anybody may leave, also who never entered. operation.process() knows who it is.
  static bool step(State& state, const Input& input) {
    if (state.inside == input.enter) return false;
    state.inside = input.enter;
    return true;
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols&) {
    if (operation.f() == "enter") return Input{true};
    if (operation.f() == "leave") return Input{false};
    return tl::unexpected("a turnstile has enter and leave, not \"" + operation.f() + "\"");
  }
  static std::string describe(const State& state, const Symbols&) {
    return state.inside ? "somebody is inside" : "empty";
  }
};

Model entry() {
  Model model;
  model.name = "my-lock";
  model.summary = "a turnstile: enter when it is empty, leave when somebody is inside";
  model.check = linearizable<Turnstile>;
  model.allows = allows<Turnstile>;
  return model;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.models.push_back(my_lock::entry());
}
