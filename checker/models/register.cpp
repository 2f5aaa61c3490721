// A register, with and without compare-and-set (Knossos's Register and CASRegister).
//
//   state       a value; nil at first
//   read v      possible when v is the value, or when v is nil: a read that nobody knows
//   write v     always possible; then the value is v
//   cas [a b]   possible when the value is a; then it is b
#include "checker/linearizable.hpp"

namespace lockstep {
namespace {

enum class Verb : std::uint8_t { read, read_unknown, write, cas };

struct RegisterInput {
  Verb verb{};
  std::uint32_t value = 0;  // read or written
  std::uint32_t from = 0;   // cas: expected
  friend bool operator==(const RegisterInput&, const RegisterInput&) = default;
};

struct Register {
  using Input = RegisterInput;
  struct State {
    static constexpr std::uint32_t nil = ~0u;
    std::uint32_t value = nil;
    friend bool operator==(const State&, const State&) = default;
  };

  static constexpr bool dropped_is_free = true;

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.value; }
  static bool only_looks(const Input& input) {
    return input.verb == Verb::read || input.verb == Verb::read_unknown;
  }
  static bool step(State& state, const Input& input) {
    switch (input.verb) {
      case Verb::read: return state.value == input.value;
      case Verb::read_unknown: return true;
      case Verb::cas:
        if (state.value != input.from) return false;
        [[fallthrough]];
      case Verb::write: state.value = input.value; return true;
    }
    return false;
  }

  static bool is_nil(const OpValue& value) {
    return std::holds_alternative<std::monostate>(value.held);
  }
  static std::uint32_t number(const OpValue& value, Symbols& symbols) {
    return is_nil(value) ? State::nil : symbols.of(value);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    const OpValue& value = operation.value();
    if (operation.f() == "read") {
      if (operation.outcome() != OpType::ok || is_nil(value)) return Input{Verb::read_unknown};
      return Input{Verb::read, number(value, symbols)};
    }
    if (operation.f() == "write") return Input{Verb::write, number(value, symbols)};
    return tl::unexpected(fmt::format("a register has read and write, not \"{}\"", operation.f()));
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    return state.value == State::nil ? "nil" : symbols.text(state.value);
  }
};

struct CasRegister : Register {
  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    if (operation.f() == "read" || operation.f() == "write") {
      return Register::read(operation, symbols);
    }
    if (operation.f() != "cas") {
      return tl::unexpected(
          fmt::format("a cas-register has read, write and cas, not \"{}\"", operation.f()));
    }
    const auto* pair = std::get_if<OpValue::List>(&operation.value().held);
    if (pair == nullptr || pair->size() != 2) {
      return tl::unexpected(std::string("the value of a cas is a list of two: [expected new]"));
    }
    const auto from = number((*pair)[0], symbols);
    const auto to = number((*pair)[1], symbols);
    return Input{Verb::cas, to, from};
  }
};

}  // namespace

Model models::register_() {
  return {.name = "register",
          .summary = "a value that can be read and written",
          .check = linearizable<Register>,
          .allows = allows<Register>};
}

Model models::cas_register() {
  return {.name = "cas-register",
          .summary = "a register with compare-and-set",
          .check = linearizable<CasRegister>,
          .allows = allows<CasRegister>};
}

}  // namespace lockstep
