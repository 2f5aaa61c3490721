// A lock that many may hold as readers, or one as a writer. An acquire whose value is "read",
// "reader" or "shared" is a reader's; one without a value, or with "write", "writer" or
// "exclusive", is a writer's.
//
//   state    the owners that read, or the one that writes; nobody at first
//   acquire  as a reader: possible when nobody writes and the owner does not hold it; as a writer:
//            possible when nobody holds it
//   release  possible when the owner holds it, as whatever; then it no longer does
#include <algorithm>
#include <array>

#include "checker/linearizable.hpp"
#include "checker/monitors/holds.hpp"

namespace lockstep {
namespace {

struct RwLock {
  using Input = LockInput;
  struct State {
    std::vector<std::uint32_t> readers;  // in rising order
    std::uint32_t writer = nobody;
    friend bool operator==(const State&, const State&) = default;
  };

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    std::uint64_t hash = state.writer;
    for (const auto reader : state.readers) hash = (hash ^ reader) * 0x9e3779b97f4a7c15u;
    return hash;
  }
  static bool only_looks(const Input&) { return false; }
  static bool step(State& state, const Input& input) {
    auto& readers = state.readers;
    const auto place = std::lower_bound(readers.begin(), readers.end(), input.owner);
    const bool reads = place != readers.end() && *place == input.owner;
    if (!input.acquire) {
      if (!reads && state.writer != input.owner) return false;
      if (reads) readers.erase(place);
      if (!reads) state.writer = nobody;
      return true;
    }
    if (state.writer != nobody || reads) return false;
    if (input.shared) {
      readers.insert(place, input.owner);
      return true;
    }
    if (!readers.empty()) return false;
    state.writer = input.owner;
    return true;
  }

  static Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) {
    return monitor_holds(intervals, {.readers = true}, terms);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    auto input = read_lock_input(operation, symbols, "rw-lock");
    if (!input || !input->acquire) return input;
    input->token = 0;
    const OpValue& asked = operation.invoked->value;
    const OpValue& mode =
        std::holds_alternative<std::monostate>(asked.held) ? operation.value() : asked;
    if (std::holds_alternative<std::monostate>(mode.held)) return input;
    const auto* text = std::get_if<std::string>(&mode.held);
    const std::string word = text == nullptr ? to_text(mode) : *text;
    constexpr std::array<std::string_view, 3> as_reader = {"read", "reader", "shared"};
    constexpr std::array<std::string_view, 3> as_writer = {"write", "writer", "exclusive"};
    input->shared = std::find(as_reader.begin(), as_reader.end(), word) != as_reader.end();
    if (input->shared || std::find(as_writer.begin(), as_writer.end(), word) != as_writer.end()) {
      return input;
    }
    return tl::unexpected(fmt::format(
        "the value of a rw-lock's acquire is \"read\" or \"write\", or there is none, not {}",
        word));
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    if (state.writer != nobody) return "written by " + symbols.text(state.writer);
    if (state.readers.empty()) return "free";
    std::string text = "read by ";
    for (const auto reader : state.readers) {
      text += (reader == state.readers.front() ? "" : ", ") + symbols.text(reader);
    }
    return text;
  }
};

}  // namespace

Model models::rw_lock() {
  return {.name = "rw-lock",
          .summary = "a lock held by many readers or by one writer",
          .check = linearizable<RwLock>,
          .allows = allows<RwLock>};
}

}  // namespace lockstep
