// P4: the fencing tokens of a lock are unique and rise in the order in which the service granted.
// Never judged in the order in which clients learned them: a paused winner may see its older token
// after the next holder saw a newer one.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

struct Tokened {
  const Grant* grant;
  const Belief* belief;
};

Verdict fell(const Case& judged, bool claimed, const Tokened& first, const Tokened& second) {
  Story story(judged);
  for (const Tokened* one : {&first, &second}) {
    story.granted(*one->grant);
    story.believed(*one->belief);
  }
  std::string what = fmt::format(
      "{} got token {} of {} with the grant of {}, after {} had got {} with the grant of {}",
      story.who(second.belief->process), second.belief->token, second.grant->lock(),
      at_text(second.grant->from()), story.who(first.belief->process), first.belief->token,
      at_text(first.grant->from()));
  const bool repeated = first.belief->token == second.belief->token;
  return violated(claimed, second.grant->from(),
                  (repeated ? "a token was given twice: " : "tokens fell: ") + what,
                  std::move(story));
}

Verdict judge(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = judged.claims.ordered_token;
  const bool any = std::any_of(record.beliefs.begin(), record.beliefs.end(),
                               [](const Belief& belief) { return belief.token != 0; });
  if (!any && claimed && !record.beliefs.empty()) {
    return unknown(claimed, "no client was given a token, though the lock has them");
  }
  if (!any) return holds(claimed, "no token was given");
  const Ledger ledger(record);
  std::vector<Tokened> all;
  for (const Belief& belief : record.beliefs) {
    const Grant* grant = belief.token != 0 ? ledger.of(belief) : nullptr;
    if (grant != nullptr) all.push_back({grant, &belief});
  }
  if (all.empty()) return unknown(claimed, std::string(no_service_log));
  std::stable_sort(all.begin(), all.end(),
                   [](const Tokened& a, const Tokened& b) { return a.grant < b.grant; });
  std::vector<const Tokened*> highest;  // of each lock
  for (const Tokened& next : all) {
    const auto at = std::find_if(highest.begin(), highest.end(), [&](const Tokened* other) {
      return other->grant->lock() == next.grant->lock();
    });
    if (at == highest.end()) {
      highest.push_back(&next);
    } else if ((*at)->grant == next.grant) {
      continue;  // two beliefs on one grant
    } else if (next.belief->token <= (*at)->belief->token) {
      return fell(judged, claimed, **at, next);
    } else {
      *at = &next;
    }
  }
  return holds(claimed, "tokens rose with every grant");
}

}  // namespace

Property properties::token_order() {
  return {.name = "token-order",
          .code = "P4",
          .summary = "fencing tokens are unique and rise in the order of the grants",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
