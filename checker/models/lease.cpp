// A lock whose grants end by themselves: the service's view, on the clock of the history.
//
//   state    free since some instant, or the owner that holds it and when it was last granted
//   acquire  possible at an instant when it is free: never granted, released, or the last grant
//            is at least a lease old; granted to the owner then
//   renew    possible while the owner holds it and the last grant is less than a lease old;
//            granted anew then
//   release  possible likewise; then free
//
// The lease of a grant is the operation's value, nanoseconds or text such as "10s", else
// Terms::lease. An operation takes place at one instant between the times of its call and of its
// return, in the order of the linearization. Which instant is open: the state has all of them, the
// span from the earliest to the latest possible grant (differences of consecutive instants are all
// that is bounded, so what is possible is always one span).
#include <algorithm>

#include "checker/linearizable.hpp"
#include "checker/lock_input.hpp"
#include "checker/monitors/in_order.hpp"

namespace lockstep {
namespace {

enum class LeaseVerb : std::uint8_t { acquire, renew, release };

struct LeaseLock {
  struct Input {
    std::int64_t from = 0;   // ns: the call
    std::int64_t until = 0;  // ns: the return
    std::int64_t lease = 0;  // ns
    std::uint32_t owner = 0;
    LeaseVerb verb{};
    friend bool operator==(const Input&, const Input&) = default;
  };
  struct State {
    std::int64_t earliest = std::numeric_limits<std::int64_t>::min();  // of the last step
    std::int64_t latest = never;                                       // of the last step
    std::int64_t lease = 0;                                            // of the last grant
    std::uint32_t holder = nobody;
    friend bool operator==(const State&, const State&) = default;
  };

  static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

  LeaseLock() = default;
  explicit LeaseLock(const Terms& terms) : lease(terms.lease) {}

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    return (static_cast<std::uint64_t>(state.earliest) * 31 +
            static_cast<std::uint64_t>(state.latest)) *
               0x9e3779b97f4a7c15u ^
           state.holder;
  }
  static bool only_looks(const Input&) { return false; }
  static bool step(State& state, const Input& input) {
    const bool acquire = input.verb == LeaseVerb::acquire;
    if (!acquire && state.holder != input.owner) return false;
    std::int64_t earliest = std::max(input.from, state.earliest);
    std::int64_t latest = input.until;
    if (acquire && state.holder != nobody) {
      earliest = std::max(input.from, after(state.earliest, state.lease));
    }
    if (!acquire) latest = std::min(latest, after(state.latest, state.lease - 1));
    if (earliest > latest) return false;
    state.earliest = earliest;
    state.latest = latest;
    state.holder = input.verb == LeaseVerb::release ? nobody : input.owner;
    state.lease = input.verb == LeaseVerb::release ? 0 : input.lease;
    if (state.holder == nobody) state.latest = never;  // only the earliest matters to what follows
    return true;
  }

  /// The usual order; the search has the last word on every other.
  Monitored monitor(std::span<const Interval<Input>> intervals, const MonitorTerms& terms) const {
    const auto place = [](const Interval<Input>& one) {
      return one.input.verb == LeaseVerb::release ? one.call : one.ret;
    };
    return monitor_in_order(*this, intervals, place, terms);
  }

  static void forget(Input& input) { input.until = never; }

  tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) const {
    Input input;
    if (operation.f() == "renew") {
      input.verb = LeaseVerb::renew;
    } else if (operation.f() == "release") {
      input.verb = LeaseVerb::release;
    } else if (operation.f() != "acquire") {
      return tl::unexpected(
          fmt::format("a lease has acquire, renew and release, not \"{}\"", operation.f()));
    }
    input.owner = operation.owner().empty() ? symbols.of_process(operation.process())
                                            : symbols.of(operation.owner());
    input.from = nanos(operation.invoked->time);
    input.until = operation.ret == forever ? never : nanos(operation.completed->time);
    if (input.verb == LeaseVerb::release) return input;
    const auto granted = lease_of(operation.value());
    if (!granted) {
      return tl::unexpected(std::string(
          "nothing says how long this grant lasts: neither its value, a length of time such as "
          "\"10s\" or a number of nanoseconds, nor --lease"));
    }
    input.lease = *granted;
    return input;
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    if (state.holder == nobody) return "free";
    return fmt::format("held by {} until {} at the earliest", symbols.text(state.holder),
                       lockstep::to_text(WorldTime(Duration(after(state.earliest, state.lease)))));
  }

 private:
  static std::int64_t after(std::int64_t instant, std::int64_t length) {
    return instant > never - length ? never : instant + length;
  }
  std::optional<std::int64_t> lease_of(const OpValue& value) const {
    Duration length{};
    if (const auto* number = std::get_if<std::int64_t>(&value.held)) {
      if (*number > 0) return *number;
    } else if (const auto* text = std::get_if<std::string>(&value.held)) {
      if (parse_duration(*text, length) && length > Duration::zero()) return length.count();
    } else if (lease && *lease > Duration::zero()) {
      return lease->count();
    }
    return std::nullopt;
  }

  std::optional<Duration> lease;
};

}  // namespace

Model models::lease() {
  return {.name = "lease",
          .summary = "a lock whose grants end by time (--lease, or the value of the grant)",
          .check = linearizable<LeaseLock>,
          .allows = allows<LeaseLock>};
}

}  // namespace lockstep
