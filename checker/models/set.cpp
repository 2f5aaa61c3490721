// A set that grows (Knossos's Set).
//
//   state          a set of values; empty at first
//   add v          always possible; then v is in it
//   read [v ...]   possible when these are its values, in whatever order; a read of nil says
//   nothing
#include <algorithm>

#include "checker/interned.hpp"
#include "checker/linearizable.hpp"

namespace lockstep {
namespace {

enum class SetVerb : std::uint8_t { add, read, read_unknown };

struct GrowingSet {
  using Values = std::vector<std::uint32_t>;  // in rising order
  struct Input {
    std::uint32_t value = 0;  // added, or the number of the set that was read
    SetVerb verb{};
    friend bool operator==(const Input&, const Input&) = default;
  };
  struct State {
    std::uint32_t set = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  GrowingSet() { number({}); }

  static constexpr bool dropped_is_free = true;

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.set; }
  static bool only_looks(const Input& input) { return input.verb != SetVerb::add; }
  bool step(State& state, const Input& input) {
    if (input.verb == SetVerb::read) return state.set == input.value;
    if (input.verb == SetVerb::read_unknown) return true;
    state.set = sets_.with(state.set, input.value, [&](const Values& before) {
      Values after = before;
      const auto place = std::lower_bound(after.begin(), after.end(), input.value);
      if (place == after.end() || *place != input.value) after.insert(place, input.value);
      return number(std::move(after));
    });
    return true;
  }

  tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    const OpValue& value = operation.value();
    if (operation.f() == "add") return Input{symbols.of(value), SetVerb::add};
    if (operation.f() != "read") {
      return tl::unexpected(fmt::format("a set has add and read, not \"{}\"", operation.f()));
    }
    const bool nothing = std::holds_alternative<std::monostate>(value.held);
    if (operation.outcome() != OpType::ok || nothing) return Input{0, SetVerb::read_unknown};
    const auto* list = std::get_if<OpValue::List>(&value.held);
    if (list == nullptr) return tl::unexpected(std::string("a read of a set has a list of values"));
    Values values;
    for (const OpValue& one : *list) values.push_back(symbols.of(one));
    std::stable_sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    return Input{number(std::move(values)), SetVerb::read};
  }
  std::string describe(const State& state, const Symbols& symbols) const {
    std::string text = "{";
    for (const auto value : sets_[state.set]) {
      text += (text.size() > 1 ? " " : "") + symbols.text(value);
    }
    return text + "}";
  }

 private:
  std::uint32_t number(Values values) {
    std::uint64_t hash = values.size();
    for (const auto value : values) hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return sets_.of(std::move(values), hash ^ hash >> 31);
  }

  Interned<Values> sets_;
};

}  // namespace

Model models::set() {
  return {.name = "set",
          .summary = "a set that grows: add, and read all of it",
          .check = linearizable<GrowingSet>,
          .allows = allows<GrowingSet>};
}

}  // namespace lockstep
