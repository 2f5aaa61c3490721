// k permits without owners, as Knossos's Mutex is one (the same with k = 1): semaphore where the
// history names no owners. With owners, as in Jepsen's AcquiredPermitsModel: semaphore where it
// names some, and owner-semaphore, where a process stands for an owner that is not named.
//
//   state    how many permits are taken, by each owner; none at first
//   acquire  possible while fewer than k are taken; one more, by the owner
//   release  possible when the owner (without owners: anybody) has one; one less
//
// k is Terms::permits, or 1.
#include <algorithm>

#include "checker/linearizable.hpp"
#include "checker/monitors/holds.hpp"
#include "checker/monitors/permits.hpp"

namespace lockstep {
namespace {

struct Permits {
  using Input = LockInput;
  struct State {
    std::vector<std::uint32_t> taken;  // the owner of each permit, in rising order
    friend bool operator==(const State&, const State&) = default;
  };

  Permits() = default;
  explicit Permits(const Terms& terms) : permits(terms.permits.value_or(1)) {}

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) {
    std::uint64_t hash = state.taken.size();
    for (const auto owner : state.taken) hash = (hash ^ owner) * 0x9e3779b97f4a7c15u;
    return hash;
  }
  static bool only_looks(const Input&) { return false; }
  bool step(State& state, const Input& input) const {
    auto& taken = state.taken;
    const auto place = std::lower_bound(taken.begin(), taken.end(), input.owner);
    if (input.acquire) {
      if (taken.size() >= permits) return false;
      taken.insert(place, input.owner);
      return true;
    }
    if (place == taken.end() || *place != input.owner) return false;
    taken.erase(place);
    return true;
  }

  Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) const {
    return monitor_holds(intervals, {.permits = permits, .depth = permits}, terms);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    auto input = read_lock_input(operation, symbols, "semaphore");
    if (!input) return input;
    input->token = 0;
    const auto* count = std::get_if<std::int64_t>(&operation.value().held);
    if (count == nullptr || *count == 1) return input;
    return tl::unexpected(
        fmt::format("a semaphore takes and gives back one permit at a time, not {}", *count));
  }
  static std::string describe(const State& state, const Symbols& symbols) {
    if (state.taken.empty()) return "free";
    std::string text;
    for (const auto owner : state.taken) {
      text += (text.empty() ? "held by " : ", ") + symbols.text(owner);
    }
    return text;
  }

  std::uint32_t permits = 1;
};

/// The same when nobody minds whose permit it is.
struct OwnerlessPermits : Permits {
  struct State {
    std::uint32_t taken = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  using Permits::Permits;

  static State initial() { return {}; }
  static std::uint64_t hash(const State& state) { return state.taken; }
  bool step(State& state, const Input& input) const {
    if (input.acquire ? state.taken >= permits : state.taken == 0) return false;
    state.taken = input.acquire ? state.taken + 1 : state.taken - 1;
    return true;
  }
  Monitored monitor(std::span<const LockInterval> intervals, const MonitorTerms& terms) const {
    return monitor_permits(intervals, permits, terms);
  }

  static tl::expected<Input, std::string> read(const Operation& operation, Symbols& symbols) {
    auto input = Permits::read(operation, symbols);
    if (input) input->owner = 0;
    return input;
  }
  static std::string describe(const State& state, const Symbols&) {
    return fmt::format("taken {} times", state.taken);
  }
};

bool names_owners(const Operations& operations) {
  return std::any_of(operations.begin(), operations.end(),
                     [](const Operation& operation) { return !operation.owner().empty(); });
}

Judged check(const Operations& operations, const Terms& terms) {
  return names_owners(operations) ? linearizable<Permits>(operations, terms)
                                  : linearizable<OwnerlessPermits>(operations, terms);
}

tl::expected<bool, HistoryError> allows_order(const Operations& operations,
                                              std::span<const std::size_t> order,
                                              const Terms& terms) {
  return names_owners(operations) ? allows<Permits>(operations, order, terms)
                                  : allows<OwnerlessPermits>(operations, order, terms);
}

}  // namespace

Model models::semaphore() {
  return {.name = "semaphore",
          .summary = "k permits (--permits), given back by their owners where those are named",
          .check = check,
          .allows = allows_order};
}

Model models::owner_semaphore() {
  return {.name = "owner-semaphore",
          .summary = "k permits (--permits), given back only by whoever took them",
          .check = linearizable<Permits>,
          .allows = allows<Permits>};
}

}  // namespace lockstep
