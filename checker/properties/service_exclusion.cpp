// P1s: no server (no quorum of servers, where a grant takes one) ever has more live grants of a
// lock than it has permits. This can hold while P1 fails, which is the usual case for leases.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

Verdict judge(const Case& judged) {
  const bool claimed = judged.claims.exclusion;
  if (service_log_missing(judged.record)) return unknown(claimed, std::string(no_service_log));
  const Ledger ledger(judged.record);
  std::vector<const Grant*> live;
  for (const Grant& grant : ledger.grants()) {
    // In the log's own order: events of one instant count as they are written.
    std::erase_if(live,
                  [&](const Grant* other) { return other->ended && other->ended < grant.begun; });
    const auto rivals = [&](const Grant* other) {
      const bool same_service =
          judged.record.quorum > 1 || other->begun->server == grant.begun->server;
      const bool both_read = other->begun->shared && grant.begun->shared;
      return same_service && other->lock() == grant.lock() && !both_read;
    };
    if (std::count_if(live.begin(), live.end(), rivals) >= judged.claims.permits) {
      const Grant& first = **std::find_if(live.begin(), live.end(), rivals);
      Story story(judged);
      story.granted(first);
      story.granted(grant);
      story.lost(first);
      const auto holder = [&](const Grant& g) {
        return g.begun->holder >= 0 ? story.who(g.begun->holder) : g.owner();
      };
      std::string what = fmt::format("{} granted {} to {} at {} while the grant to {} of {} lived",
                                     grant.begun->server, grant.lock(), holder(grant),
                                     at_text(grant.from()), holder(first), at_text(first.from()));
      return violated(claimed, grant.from(), std::move(what), std::move(story));
    }
    live.push_back(&grant);
  }
  return holds(claimed, "the service never had two live grants");
}

}  // namespace

Property properties::service_exclusion() {
  return {.name = "service-exclusion",
          .code = "P1s",
          .summary = "the service never has two live grants of the lock",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
