// P7: once every fault is healed, some client that waits for a lock gets it within the bound, as
// long as those who hold it let it go. A run that ends before the bound says nothing.
#include <fmt/format.h>

#include <algorithm>

#include "checker/operation.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/properties/waits_for.hpp"
#include "checker/property.hpp"
#include "core/time.hpp"

namespace lockstep {
namespace {

constexpr std::string_view nobody_waited = "nobody waited after the last fault was healed";

bool is_claimed(const Case& judged) {
  return judged.claims.expires || judged.record.faults.empty();
}

/// The attempts at one lock that were under way after the heal.
struct Waiting {
  const std::string* lock = nullptr;
  std::vector<const Operation*> attempts;
  bool acquired = false;
  WorldTime since = never;  // the first of them was waiting
  WorldTime until{};        // the last of them was waiting
};

class Liveness {
 public:
  Liveness(const Case& judged, const Operations& operations)
      : judged_(judged), record_(judged.record), healed_(judged.record.healed_at) {
    for (const Operation& operation : operations) {
      if (operation.f() == "acquire") note(operation);
    }
  }

  Verdict verdict() const {
    Verdict worst = holds(claimed(), std::string(nobody_waited));
    for (const Waiting& lock : locks_) {
      Verdict next = judge(lock);
      if (lock.acquired && worst.status == Status::holds) worst.explanation = next.explanation;
      if (next.status > worst.status) worst = std::move(next);
    }
    return worst;
  }

 private:
  bool claimed() const { return is_claimed(judged_); }
  /// When it was over: its return, the death of its process, or the end of the run.
  WorldTime end_of(const Operation& operation) const {
    if (operation.completed != nullptr) return operation.completed->time;
    const Story story(judged_);
    const std::string node = story.who(operation.process());
    for (const NodeSpan& span : record_.nodes) {
      const bool alive = span.state == "up" || span.state == "paused";
      if (!alive && span.node == node && span.from >= operation.invoked->time) return span.from;
    }
    return record_.ended_at;
  }

  void note(const Operation& operation) {
    const WorldTime end = end_of(operation);
    if (end <= healed_) return;
    auto at = std::find_if(locks_.begin(), locks_.end(), [&](const Waiting& waiting) {
      return *waiting.lock == operation.key();
    });
    if (at == locks_.end()) {
      at = locks_.insert(at, Waiting{.lock = &operation.key(), .attempts = {}});
    }
    at->attempts.push_back(&operation);
    at->since = std::min(at->since, std::max(healed_, operation.invoked->time));
    at->until = std::max(at->until, end);
    const WorldTime limit = deadline(*at);
    at->acquired |= operation.outcome() == OpType::ok && end <= limit;
  }

  /// When somebody must have got it. Who came soon after the heal is as one who waited then.
  WorldTime deadline(const Waiting& waiting) const {
    const Duration bound = judged_.liveness_bound;
    return waiting.since <= healed_ + bound / 4 ? healed_ + bound : waiting.since + bound;
  }

  Verdict judge(const Waiting& lock) const {
    if (lock.acquired) {
      return holds(claimed(), "after the last fault was healed, a client that waited acquired");
    }
    const WorldTime limit = deadline(lock);
    if (record_.ended_at < limit) {
      return unknown(claimed(), fmt::format("the run ended {} before the bound of {} after the "
                                            "heal, and nobody had acquired {} yet",
                                            length_text(limit - record_.ended_at),
                                            length_text(judged_.liveness_bound), *lock.lock));
    }
    if (lock.until < limit - judged_.liveness_bound / 4) {
      return unknown(claimed(), fmt::format("nobody waited for {} any more at {}, before the bound",
                                            *lock.lock, at_text(lock.until)));
    }
    const auto cycle = cycle_at(limit, *lock.lock);
    if (cycle.empty()) {
      if (const Belief* holder = held_throughout(*lock.lock, limit)) {
        const Story story(judged_);
        return unknown(claimed(), fmt::format("{} believed all the while that it held {}, and "
                                              "never released it",
                                              story.who(holder->process), *lock.lock));
      }
    }
    return stuck(lock, limit, cycle);
  }

  /// One of those who held it, when they were as many as there are permits.
  const Belief* held_throughout(const std::string& lock, WorldTime limit) const {
    std::int64_t holders = 0;
    for (const Belief& belief : record_.beliefs) {
      const bool held = belief.lock == lock && belief.from <= limit && belief.to > limit;
      if (held && ++holders >= judged_.claims.permits) return &belief;
    }
    return nullptr;
  }

  /// Whom each process waits for at `limit`: those who believe that they hold what it wants, or
  /// for whom the service keeps it.
  std::vector<std::int64_t> cycle_at(WorldTime limit, const std::string& lock) const {
    std::vector<WaitsFor> edges;
    const Ledger ledger(record_);
    for (const Waiting& waiting : locks_) {
      for (const Operation* attempt : waiting.attempts) {
        if (attempt->invoked->time > limit || end_of(*attempt) < limit) continue;
        for (const Grant& grant : ledger.grants()) {
          if (grant.lock() != *waiting.lock || !grant.live_at(limit)) continue;
          // Waiting for oneself only counts when it is this lock that is being asked about.
          if (grant.begun->holder == attempt->process() && *waiting.lock != lock) continue;
          if (grant.begun->holder >= 0) edges.push_back({attempt->process(), grant.begun->holder});
        }
      }
    }
    return find_cycle(edges);
  }

  Verdict stuck(const Waiting& lock, WorldTime limit,
                const std::vector<std::int64_t>& cycle) const {
    Story story(judged_);
    std::vector<std::int64_t> told;
    for (auto at = lock.attempts.rbegin(); at != lock.attempts.rend(); ++at) {
      const Operation& attempt = **at;  // the last of each process
      if (attempt.invoked->time > limit) continue;
      if (std::find(told.begin(), told.end(), attempt.process()) != told.end()) continue;
      told.push_back(attempt.process());
      story.did(*attempt.invoked);
    }
    const std::string kind = kind_of(lock, limit, cycle, story);
    std::string what =
        fmt::format("nobody acquired {} within {} of the heal at {}, though {} tried: {}",
                    *lock.lock, length_text(judged_.liveness_bound), at_text(healed_),
                    story.who(lock.attempts.front()->process()), kind);
    return violated(claimed(), limit, std::move(what), std::move(story));
  }

  std::string kind_of(const Waiting& lock, WorldTime limit, const std::vector<std::int64_t>& cycle,
                      Story& story) const {
    if (service_log_missing(record_)) {
      return "of what kind cannot be said, " + std::string(no_service_log);
    }
    if (cycle.size() > 1) {
      std::string names;
      for (const auto process : cycle) names += story.who(process) + " waits for ";
      return "cycle: " + names + story.who(cycle.front());
    }
    const Ledger ledger(record_);
    int came_and_went = 0;
    for (const Grant& grant : ledger.grants()) {
      if (grant.lock() != *lock.lock) continue;
      if (grant.from() > lock.since && grant.from() <= limit) ++came_and_went;
      if (!grant.live_at(limit)) continue;
      story.granted(grant);
      const bool waits =
          std::any_of(lock.attempts.begin(), lock.attempts.end(), [&](const Operation* attempt) {
            return attempt->process() == grant.begun->holder && attempt->invoked->time <= limit &&
                   end_of(*attempt) >= limit;
          });
      const std::string holder =
          grant.begun->holder >= 0 ? story.who(grant.begun->holder) : grant.owner();
      if (waits) {
        return fmt::format("self-wait: {} waits for a grant of {} that is its own", holder,
                           at_text(grant.from()));
      }
      return fmt::format(
          "orphan grant: {} keeps the grant of {} for {}, who does not hold it any more",
          grant.begun->server, at_text(grant.from()), holder);
    }
    const auto failed =
        std::count_if(lock.attempts.begin(), lock.attempts.end(), [&](const Operation* attempt) {
          return attempt->completed != nullptr && attempt->completed->time <= limit;
        });
    if (came_and_went > 0) {
      return fmt::format("livelock: {} grants came and went, and no acquire succeeded",
                         came_and_went);
    }
    if (failed > 0)
      return fmt::format("livelock: the lock is free, and {} attempts failed", failed);
    return "lost wake-up: the lock is free, and all who wait sleep";
  }

  const Case& judged_;
  const Record& record_;
  WorldTime healed_;
  std::vector<Waiting> locks_;
};

/// Whether some acquire may have been under way after the heal: one event of it lies there, or one
/// was never answered.
bool somebody_may_wait(const Record& record) {
  std::int64_t open = 0;
  for (const Op& op : record.history) {
    if (op.f != "acquire" || op.process == nemesis_process) continue;
    if (op.time > record.healed_at) return true;
    open += op.type == OpType::invoke ? 1 : -1;
  }
  return open != 0;
}

Verdict judge(const Case& judged) {
  if (judged.liveness_bound <= Duration::zero()) {
    return unknown(is_claimed(judged), "no bound was given for the wait after the heal");
  }
  if (!somebody_may_wait(judged.record)) {
    return holds(is_claimed(judged), std::string(nobody_waited));
  }
  const auto operations = operations_of(judged.record.history);
  if (!operations) {
    return unknown(is_claimed(judged), "no history: " + operations.error().text);
  }
  return Liveness(judged, *operations).verdict();
}

}  // namespace

Property properties::deadlock_freedom() {
  return {.name = "deadlock-freedom",
          .code = "P7",
          .summary = "after the heal some waiting client acquires within the bound",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
