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
    // A run is stopped once somebody got on: of the other locks nothing more can be known.
    const bool progress = std::any_of(locks_.begin(), locks_.end(),
                                      [](const Waiting& lock) { return lock.acquired; });
    for (const Waiting& lock : locks_) {
      Verdict next = judge(lock);
      if (lock.acquired && worst.status == Status::holds) worst.explanation = next.explanation;
      if (progress && next.status == Status::unknown) continue;
      if (next.status > worst.status) worst = std::move(next);
    }
    if (worst.status == Status::holds && judged_.locks_at_once > 1) return nobody_got_all(worst);
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

  /// One of those who hold it at `limit`, if nothing of it is left for anybody else.
  const Belief* held_throughout(const std::string& lock, WorldTime limit) const {
    const Belief* holder = nullptr;
    std::int64_t held = 0;
    for (const Belief& belief : record_.beliefs) {
      if (belief.lock != lock || belief.from > limit || belief.to <= limit) continue;
      holder = &belief;
      ++held;
    }
    return held >= judged_.claims.permits ? holder : nullptr;
  }

  /// Locks were acquired, one by one. Did somebody hold as many at once as it needs?
  Verdict nobody_got_all(Verdict otherwise) const {
    std::int64_t came = 0;
    const Belief* last = nullptr;
    for (const Belief& belief : record_.beliefs) {
      if (belief.from <= healed_ || belief.from > healed_ + judged_.liveness_bound) continue;
      ++came;
      last = &belief;
      if (held_with(belief) >= judged_.locks_at_once) return otherwise;
    }
    if (last == nullptr) return otherwise;
    const WorldTime limit = healed_ + judged_.liveness_bound;
    if (record_.ended_at < limit) {
      return unknown(claimed(),
                     fmt::format("the run ended {} before the bound of {} after the "
                                 "heal, and nobody held {} locks at once yet",
                                 length_text(limit - record_.ended_at),
                                 length_text(judged_.liveness_bound), judged_.locks_at_once));
    }
    Story story(judged_);
    story.believed(*last);
    std::string what = fmt::format(
        "livelock: {} acquires succeeded within {} of the heal at {}, and nobody held {} locks at "
        "once",
        came, length_text(judged_.liveness_bound), at_text(healed_), judged_.locks_at_once);
    return violated(false, limit, std::move(what), std::move(story));
  }

  /// How many locks the process of a belief holds as it begins.
  std::int64_t held_with(const Belief& belief) const {
    return 1 +
           std::count_if(record_.beliefs.begin(), record_.beliefs.end(), [&](const Belief& other) {
             return other.process == belief.process && other.lock != belief.lock &&
                    other.from <= belief.from && other.to > belief.from;
           });
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
    // That clients wait for each other is their own doing, whatever the lock promises.
    return violated(claimed() && cycle.size() < 2, limit, std::move(what), std::move(story));
  }

  std::string kind_of(const Waiting& lock, WorldTime limit, const std::vector<std::int64_t>& cycle,
                      Story& story) const {
    if (service_log_missing(record_)) {
      return "of what kind cannot be said, " + std::string(no_service_log);
    }
    if (cycle.size() > 1) return "cycle: " + told_cycle(cycle, limit, story);
    const Ledger ledger(record_);
    const auto live = std::count_if(
        ledger.grants().begin(), ledger.grants().end(),
        [&](const Grant& grant) { return grant.lock() == *lock.lock && grant.live_at(limit); });
    int came_and_went = 0;
    for (const Grant& grant : ledger.grants()) {
      if (grant.lock() != *lock.lock) continue;
      if (grant.from() > lock.since && grant.from() <= limit) ++came_and_went;
      if (!grant.live_at(limit) || live < judged_.claims.permits) continue;
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
    // Of independent servers the log tells what a quorum did, and not which votes are lent.
    if (record_.quorum > 1) {
      return "split votes: nobody has the lock at enough servers, and all wait until votes end";
    }
    return "lost wake-up: the lock is free, and all who wait sleep";
  }

  /// "client-1 holds lock-1 and waits for lock-2, which client-2 holds; client-2 ...".
  std::string told_cycle(const std::vector<std::int64_t>& cycle, WorldTime limit,
                         Story& story) const {
    std::vector<CycleStep> steps;
    const Ledger ledger(record_);
    for (std::size_t i = 0; i < cycle.size(); ++i) {
      CycleStep& step = steps.emplace_back();
      step.waiter = cycle[i];
      step.holder = cycle[(i + 1) % cycle.size()];
      for (const Grant& grant : ledger.grants()) {
        if (!grant.live_at(limit) || grant.begun->holder != step.holder) continue;
        if (!waits_at(step.waiter, grant.lock(), limit)) continue;
        story.granted(grant);
        step.lock = grant.lock();
      }
    }
    return tell_cycle(story, steps);
  }

  bool waits_at(std::int64_t process, const std::string& lock, WorldTime at) const {
    for (const Waiting& waiting : locks_) {
      if (*waiting.lock != lock) continue;
      for (const Operation* attempt : waiting.attempts) {
        const bool waits = attempt->invoked->time <= at && end_of(*attempt) >= at;
        if (waits && attempt->process() == process) return true;
      }
    }
    return false;
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
