// One key of a map of texts (Porcupine's test model): keys are judged one by one.
//
//   state     a text; "" at first
//   get t     possible when the text is t; a get of nil says nothing
//   put t     always possible; then the text is t
//   append t  always possible; then t is at its end
#include "checker/interned.hpp"
#include "checker/linearizable.hpp"
#include "core/digest.hpp"

namespace lockstep {
namespace {

enum class KvVerb : std::uint8_t { get, get_unknown, put, append };

struct Kv {
  struct Input {
    std::uint32_t text = 0;
    KvVerb verb{};
    friend bool operator==(const Input&, const Input&) = default;
  };
  struct State {
    std::uint32_t text = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  Kv() { number(""); }

  static constexpr bool dropped_is_free = true;

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.text; }
  static bool only_looks(const Input& input) {
    return input.verb == KvVerb::get || input.verb == KvVerb::get_unknown;
  }
  bool step(State& state, const Input& input) {
    switch (input.verb) {
      case KvVerb::get: return state.text == input.text;
      case KvVerb::get_unknown: return true;
      case KvVerb::put: state.text = input.text; return true;
      case KvVerb::append:
        state.text = texts_.with(state.text, input.text, [&](const std::string& before) {
          return number(before + texts_[input.text]);
        });
        return true;
    }
    return false;
  }

  tl::expected<Input, std::string> read(const Operation& operation, Symbols&) {
    const OpValue& value = operation.value();
    const bool nothing = std::holds_alternative<std::monostate>(value.held);
    if (operation.f() == "get") {
      if (operation.outcome() != OpType::ok || nothing) return Input{0, KvVerb::get_unknown};
      return Input{number(to_text(value)), KvVerb::get};
    }
    const bool put = operation.f() == "put";
    if (!put && operation.f() != "append") {
      return tl::unexpected(fmt::format("a kv has get, put and append, not \"{}\"", operation.f()));
    }
    if (nothing) return tl::unexpected(operation.f() + " has a text as its value, not nil");
    return Input{number(to_text(value)), put ? KvVerb::put : KvVerb::append};
  }
  std::string describe(const State& state, const Symbols&) const {
    const std::string& text = texts_[state.text];
    if (text.size() <= 60) return fmt::format("\"{}\"", text);
    return fmt::format("a text of {} bytes that ends in \"{}\"", text.size(),
                       text.substr(text.size() - 40));
  }

 private:
  std::uint32_t number(std::string text) {
    Digest digest;
    digest.fold(std::string_view(text));
    const std::uint64_t hash = digest.value();
    return texts_.of(std::move(text), hash);
  }

  Interned<std::string> texts_;
};

}  // namespace

Model models::kv() {
  return {.name = "kv",
          .summary = "a map from keys to texts: get, put and append",
          .check = linearizable<Kv>,
          .allows = allows<Kv>};
}

}  // namespace lockstep
