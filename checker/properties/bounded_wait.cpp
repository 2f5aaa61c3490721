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

Verdict judge(const Case& judged) {
  const bool claimed = judged.claims.fifo;
  const auto operations = operations_of(judged.record.history);
  if (!operations) return unknown(claimed, "no history: " + operations.error().text);
  const Most most = most_bypassed(*operations);
  if (most.waiter == nullptr) return holds(claimed, "nobody was overtaken while waiting");
  const Story story(judged);
  std::string figure =
      fmt::format("{}, waiting for {} from {}, was overtaken {} times by later calls",
                  story.who(most.waiter->process()), most.waiter->key(),
                  at_text(most.waiter->invoked->time), most.count);
  if (!claimed) return holds(claimed, std::move(figure));
  // Fair means in the order in which the service saw the requests, and a call can be slow to get
  // there. The record does not show when each was enqueued.
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
