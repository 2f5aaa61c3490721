// P8: how often a waiting client is overtaken by others who asked later. A lock that claims to be
// fair (FIFO) may let nobody by.
#include <fmt/format.h>

#include <algorithm>

#include "checker/operation.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

struct Most {
  std::size_t count = 0;
  const Operation* waiter = nullptr;
};

/// For each acquire: how many others on its lock were called after it and answered before it.
/// Operations are in the order of their calls, so only those that overlap are looked at.
Most most_bypassed(const Operations& operations) {
  Most most;
  for (std::size_t i = 0; i < operations.size(); ++i) {
    const Operation& waiter = operations[i];
    if (waiter.f() != "acquire" || waiter.outcome() != OpType::ok) continue;
    std::size_t count = 0;
    for (std::size_t j = i + 1; j < operations.size(); ++j) {
      const Operation& other = operations[j];
      if (other.call > waiter.ret) break;
      count += other.f() == "acquire" && other.outcome() == OpType::ok && other.ret < waiter.ret &&
               other.key() == waiter.key();
    }
    if (count > most.count) most = {count, &waiter};
  }
  return most;
}

/// An acquire as a fair service saw it.
struct Wait {
  const Operation* operation = nullptr;
  WorldTime asked = never;  // when it joined the queue, or was granted without
  WorldTime granted = never;
  WorldTime over = never;  // granted, answered, or gone from the queue by its own wish
  const ServiceEvent* grant = nullptr;
};

Wait wait_of(const Record& record, const Operation& operation) {
  Wait wait;
  wait.operation = &operation;
  const WorldTime from = operation.invoked->time;
  const WorldTime to = operation.completed ? operation.completed->time : never;
  for (const ServiceEvent& event : record.service) {
    if (event.change != GrantChange::granted || event.holder != operation.process()) continue;
    if (event.lock != operation.key() || event.at < from || event.at > to) continue;
    wait.grant = &event;
    wait.granted = event.at;
    break;
  }
  wait.asked = wait.granted;
  wait.over = std::min(wait.granted, to);
  for (const QueueEvent& event : record.queue) {
    if (event.waiter != operation.process() || event.lock != operation.key()) continue;
    if (event.at < from || event.at > to) continue;
    if (event.joined) {
      wait.asked = std::min(wait.asked, event.at);
    } else if (event.by == event.waiter) {
      wait.over = std::min(wait.over, event.at);
    }
  }
  return wait;
}

/// Was `later` granted the lock while `earlier`, which the service had heard first, still waited?
bool overtook(const Wait& later, const Wait& earlier) {
  return later.operation->key() == earlier.operation->key() && earlier.asked < later.asked &&
         later.granted < earlier.over && earlier.asked < later.granted;
}

/// A service that keeps a queue shows who asked it first.
Verdict judge_queue(const Case& judged, const Operations& operations) {
  std::vector<Wait> waits;
  for (const Operation& operation : operations) {
    if (operation.f() != "acquire") continue;
    const Wait wait = wait_of(judged.record, operation);
    if (wait.asked != never) waits.push_back(wait);
  }
  for (const Wait& earlier : waits) {
    for (const Wait& later : waits) {
      if (!overtook(later, earlier)) continue;
      Story story(judged);
      story.did(*earlier.operation->invoked);
      story.happened(*later.grant);
      for (const FaultSpan& fault : judged.record.faults) {
        if (fault.from <= later.granted) story.struck(fault);
      }
      std::string text = fmt::format(
          "{} was granted {} at {}, though {} had queued for it since {} and {} only since {}",
          story.who(later.operation->process()), later.operation->key(), at_text(later.granted),
          story.who(earlier.operation->process()), at_text(earlier.asked),
          story.who(later.operation->process()), at_text(later.asked));
      return violated(judged.claims.fifo, later.granted, std::move(text), std::move(story));
    }
  }
  return holds(judged.claims.fifo, "grants came in the order of the queue");
}

Verdict judge(const Case& judged) {
  const bool claimed = judged.claims.fifo;
  const auto operations = operations_of(judged.record.history);
  if (!operations) return unknown(claimed, "no history: " + operations.error().text);
  if (judged.record.queue_is_told) return judge_queue(judged, *operations);
  const Most most = most_bypassed(*operations);
  if (most.waiter == nullptr) return holds(claimed, "nobody was overtaken while waiting");
  const Story story(judged);
  std::string figure =
      fmt::format("{}, waiting for {} from {}, was overtaken {} times by later calls",
                  story.who(most.waiter->process()), most.waiter->key(),
                  at_text(most.waiter->invoked->time), most.count);
  if (!claimed) return holds(claimed, std::move(figure));
  // Fair means in the order in which the service heard the requests, and a call can be slow to get
  // there. This record has no queue that would show it.
  return unknown(claimed, figure + "; whether they also asked the service later is not recorded");
}

}  // namespace

Property properties::bounded_wait() {
  return {.name = "bounded-wait",
          .code = "P8",
          .summary = "how often a waiting client is overtaken; never, where the lock is fair",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
