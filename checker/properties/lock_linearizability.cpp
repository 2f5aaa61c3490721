// P5: the clients' acquires and releases of a lock, with the expiries that the service reports as
// actions of its own, are linearizable as a mutex with owners and leases:
//
//   state    free, or the owner that holds it; free at first
//   acquire  possible when free; then held by the owner
//   release  possible when held by the same owner; then free
//   expiry   at the instant at which the service ended that owner's lease; free if it was the
//            holder's, else nothing happens
//
// Only expiry is a lease's right: a grant that was evicted, forgotten or released by another is
// still held here, and an acquire that succeeds meanwhile cannot be explained.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "checker/linearizable.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"
#include "checker/search.hpp"
#include "checker/symbols.hpp"

namespace lockstep {
namespace {

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
  Steps(const Record& record, const Operations& operations, const std::string& lock)
      : record_(record), operations_(operations), lock_(lock) {}

  void collect(const std::vector<std::size_t>& of_lock) {
    steps_.reserve(of_lock.size() + 8);
    for (const auto i : of_lock) add(operations_[i]);
    for (const auto i : of_lock) add_unknown(operations_[i]);
    for (const ServiceEvent& event : record_.service) {
      if (event.change == GrantChange::expired && event.lock == lock_) add_expiry(event);
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
  Symbols symbols_;
  std::set<std::string> known_;
  std::vector<Step> steps_;
  std::vector<const Operation*> sources_;
};

/// Those of acquire and release, lock by lock. Failed acquires did nothing.
std::vector<Partition> locks_of(const Operations& operations) {
  std::vector<Partition> locks;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& operation = operations[i];
    const bool acquire = operation.f() == "acquire";
    if (!acquire && operation.f() != "release") continue;
    if (acquire && operation.outcome() == OpType::fail) continue;
    auto at = std::find_if(locks.begin(), locks.end(),
                           [&](const Partition& p) { return p.first == operation.key(); });
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

Verdict not_linearizable(const Case& judged, bool claimed, const Steps& steps,
                         const SearchResult& found, const std::string& lock) {
  Story story(judged);
  const Operation& stuck = *steps.operation(found.stuck);
  story.did(*stuck.completed);
  std::string held = "is free";
  if (const Operation* holder = holder_after(steps, found.order)) {
    const Op& since = holder->completed != nullptr ? *holder->completed : *holder->invoked;
    story.did(since);
    held = fmt::format("is held by {} (op {}) within its lease", story.who(holder->process()),
                       since.index);
    for (const ServiceEvent& event : judged.record.service) {
      const bool end = event.change == GrantChange::evicted ||
                       event.change == GrantChange::forgotten ||
                       (event.change == GrantChange::released && event.by != event.holder);
      if (!end || event.lock != lock || event.owner != holder->owner()) continue;
      if (event.at < since.time || event.at > stuck.completed->time) continue;
      story.happened(event);
      held += event.change == GrantChange::released
                  ? fmt::format(" (the service let {} release it at {})", story.by_whom(event),
                                at_text(event.at))
                  : fmt::format(" ({} {} it at {})", event.server, name_of(event.change),
                                at_text(event.at));
    }
  }
  std::string what =
      fmt::format("no order explains {}'s {} at {} (op {}): {} {} then", story.who(stuck.process()),
                  stuck.f(), at_text(stuck.completed->time), stuck.completed->index, lock, held);
  return violated(claimed, stuck.completed->time, std::move(what), std::move(story));
}

bool applies(const Case& judged) {
  return judged.claims.permits == 1;
}

Verdict judge(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = judged.claims.exclusion;
  const auto operations = operations_of(record.history);
  if (!operations) return unknown(claimed, "no history: " + operations.error().text);
  for (const auto& [lock, indices] : locks_of(*operations)) {
    Steps steps(record, *operations, lock);
    steps.collect(indices);
    const auto found = search<LeaseMutex>(steps.steps(), {.steps = 2'000'000});
    if (found.status == Status::unknown) {
      return unknown(claimed, fmt::format("the budget ran out after {} steps", found.steps));
    }
    if (found.status == Status::holds) continue;
    if (record.service.empty()) {
      return unknown(claimed, std::string(no_service_log) + ", so leases may have expired");
    }
    return not_linearizable(judged, claimed, steps, found, lock);
  }
  return holds(claimed, "acquires and releases fit a mutex whose leases the service ends");
}

}  // namespace

Property properties::lock_linearizability() {
  return {.name = "linearizable",
          .code = "P5",
          .summary = "acquires, releases and expiries fit a mutex with owners and leases",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
