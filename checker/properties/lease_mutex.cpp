#include "checker/properties/lease_mutex.hpp"

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

#include "checker/search.hpp"
#include "checker/symbols.hpp"

namespace lockstep {
namespace {

using Lock = std::pair<std::string, std::vector<std::size_t>>;  // its operations, by index

struct LeaseMutex {
  enum class Verb : std::uint8_t { acquire, release, expire };
  struct Input {
    Verb verb{};
    std::uint32_t owner = 0;
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
    switch (input.verb) {
      case Verb::acquire:
        if (state.holder != State::nobody) return false;
        state.holder = input.owner;
        return true;
      case Verb::release:
        if (state.holder != input.owner) return false;
        state.holder = State::nobody;
        return true;
      case Verb::expire:
        if (state.holder == input.owner) state.holder = State::nobody;
        return true;
    }
    return false;
  }
};

using Step = Interval<LeaseMutex::Input>;

/// The steps of one lock, on one scale: the event at place i of the history is at 4 (i + 1), and
/// an expiry lies between the events before its instant and those after.
class Steps {
 public:
  Steps(const Record& record, const Operations& operations, const std::string& lock, Duration lease)
      : record_(record), operations_(operations), lock_(lock), lease_(lease) {}

  void collect(const std::vector<std::size_t>& of_lock) {
    steps_.reserve(of_lock.size() + 8);
    for (const auto i : of_lock) add(operations_[i]);
    for (const auto i : of_lock) add_unknown(operations_[i]);
    for (const ServiceEvent& event : record_.service) {
      if (event.lock != lock_) continue;
      const bool lost =
          event.change == GrantChange::evicted || event.change == GrantChange::forgotten;
      if (event.change == GrantChange::expired) add_expiry(event);
      if (lost && lease_ > Duration::zero()) add_expiry_of_lost(event);
    }
  }

  const std::vector<Step>& steps() const { return steps_; }
  /// The operation behind a step; null for an expiry.
  const Operation* operation(std::size_t step) const { return sources_[step]; }

 private:
  static std::uint64_t place(std::uint64_t at) { return at == forever ? forever : 4 * (at + 1); }

  void put(LeaseMutex::Verb verb, std::uint32_t owner, std::uint64_t call, std::uint64_t ret,
           const Operation* source) {
    steps_.push_back({{verb, owner}, call, ret});
    sources_.push_back(source);
  }

  std::uint32_t owner_of(const Operation& operation) {
    return operation.owner().empty() ? symbols_.of_process(operation.process())
                                     : symbols_.of(operation.owner());
  }

  void add(const Operation& operation) {
    const bool ok = operation.outcome() == OpType::ok;
    if (operation.f() == "acquire") {
      if (!ok) return;  // see add_unknown
      if (!operation.owner().empty()) known_.insert(operation.owner());
      put(LeaseMutex::Verb::acquire, owner_of(operation), place(operation.call),
          place(operation.ret), &operation);
    } else if (operation.f() == "release") {
      // A release that was told "lost" may be the very one that ended the grant: it was sent
      // again after its answer went missing.
      put(LeaseMutex::Verb::release, owner_of(operation), place(operation.call),
          ok ? place(operation.ret) : forever, &operation);
    }
  }

  // An acquire of which nobody knows whether it happened does not know its owner either. The
  // service does: whatever it granted to that process since and that no acquire accounts for.
  void add_unknown(const Operation& operation) {
    if (operation.f() != "acquire" || operation.outcome() != OpType::info) return;
    for (const ServiceEvent& event : record_.service) {
      if (event.change != GrantChange::granted || event.lock != lock_) continue;
      if (event.holder != operation.process() || event.at < operation.invoked->time) continue;
      if (!known_.insert(event.owner).second) continue;
      put(LeaseMutex::Verb::acquire, symbols_.of(event.owner), place(operation.call), forever,
          &operation);
    }
  }

  // The service will not say when the lease of a grant that it lost is over.
  void add_expiry_of_lost(const ServiceEvent& lost) {
    WorldTime since{};
    for (const ServiceEvent& event : record_.service) {
      if (&event == &lost) break;
      const bool begins =
          event.change == GrantChange::granted || event.change == GrantChange::renewed;
      if (begins && event.owner == lost.owner && event.lock == lock_) since = event.at;
    }
    const History& history = record_.history;
    const auto first = std::lower_bound(history.begin(), history.end(), since + lease_,
                                        [](const Op& op, WorldTime at) { return op.time < at; });
    put(LeaseMutex::Verb::expire, symbols_.of(lost.owner),
        4 * static_cast<std::uint64_t>(first - history.begin()) + 1, forever, nullptr);
  }

  void add_expiry(const ServiceEvent& event) {
    const History& history = record_.history;
    const auto first = std::lower_bound(history.begin(), history.end(), event.at,
                                        [](const Op& op, WorldTime at) { return op.time < at; });
    const auto last = std::upper_bound(first, history.end(), event.at,
                                       [](WorldTime at, const Op& op) { return at < op.time; });
    put(LeaseMutex::Verb::expire, symbols_.of(event.owner),
        4 * static_cast<std::uint64_t>(first - history.begin()) + 1,
        4 * static_cast<std::uint64_t>(last - history.begin()) + 3, nullptr);
  }

  const Record& record_;
  const Operations& operations_;
  const std::string& lock_;
  Duration lease_;
  Symbols symbols_;
  std::set<std::string> known_;
  std::vector<Step> steps_;
  std::vector<const Operation*> sources_;
};

class Sweep {
 public:
  bool fits(const Record& record) {
    auto expiry = record.service.begin();
    for (const Op& op : record.history) {
      for (; expiry != record.service.end() && expiry->at <= op.time; ++expiry) {
        if (expiry->change == GrantChange::expired) expire(*expiry);
      }
      if (!take(op)) return false;
    }
    return true;
  }

 private:
  struct Held {
    const std::string* lock;
    const Op* by;  // the acquire's ok; null: free
  };

  static bool same_owner(const Op& a, const Op& b) {
    return a.owner == b.owner && (!a.owner.empty() || a.process == b.process);
  }

  Held& of(const std::string& lock) {
    for (Held& held : held_) {
      if (*held.lock == lock) return held;
    }
    return held_.emplace_back(Held{&lock, nullptr});
  }

  void expire(const ServiceEvent& event) {
    Held& held = of(event.lock);
    if (held.by != nullptr && held.by->owner == event.owner) held.by = nullptr;
  }

  bool take(const Op& op) {
    if (op.f == "acquire" && op.type == OpType::ok) {
      Held& held = of(op.key);
      if (held.by != nullptr) return false;
      held.by = &op;
    } else if (op.f == "release" && op.type == OpType::invoke) {
      Held& held = of(op.key);
      if (held.by == nullptr || !same_owner(*held.by, op)) return true;
      held.by = nullptr;
      released_.push_back(op.process);
    } else if (op.f == "release") {
      const bool took_effect = std::erase(released_, op.process) != 0;
      return took_effect || op.type != OpType::ok;
    }
    return true;
  }

  std::vector<std::int64_t> released_;  // whose open release has taken effect
  std::vector<Held> held_;
};

/// Those of acquire and release, lock by lock. Failed acquires did nothing.
std::vector<Lock> locks_of(const Operations& operations) {
  std::vector<Lock> locks;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    const bool acquire = operation.f() == "acquire";
    if (!acquire && operation.f() != "release") continue;
    if (acquire && operation.outcome() == OpType::fail) continue;
    auto at = std::find_if(locks.begin(), locks.end(),
                           [&](const Lock& p) { return p.first == operation.key(); });
    if (at == locks.end()) at = locks.insert(at, {operation.key(), {}});
    at->second.push_back(i);
  }
  return locks;
}

/// The acquire after which, in the order found, nothing freed the lock; null when it is free.
const Operation* holder_after(const Steps& steps, const std::vector<std::size_t>& order) {
  auto state = LeaseMutex::initial();
  const Operation* holder = nullptr;
  for (const auto i : order) {
    LeaseMutex::step(state, steps.steps()[i].input);
    if (state.holder == LeaseMutex::State::nobody) holder = nullptr;
    if (steps.steps()[i].input.verb == LeaseMutex::Verb::acquire) holder = steps.operation(i);
  }
  return holder;
}

}  // namespace

bool fits_at_a_glance(const Record& record) {
  return Sweep().fits(record);
}

LeaseFinding search_leases(const Record& record, const Operations& operations, Duration lease,
                           std::uint64_t most_steps) {
  LeaseFinding finding;
  for (const auto& [lock, indices] : locks_of(operations)) {
    Steps steps(record, operations, lock, lease);
    steps.collect(indices);
    const auto found = search<LeaseMutex>(steps.steps(), {.steps = most_steps});
    finding.steps += found.steps;
    if (found.status == Status::holds) continue;
    finding.status = found.status;
    finding.lock = lock;
    finding.stuck = steps.operation(found.stuck);
    finding.holder = holder_after(steps, found.order);
    return finding;
  }
  return finding;
}

}  // namespace lockstep
