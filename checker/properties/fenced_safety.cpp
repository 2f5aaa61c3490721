// P3: what fencing tokens must bring at a resource that checks them. (a) accepted writes carry
// tokens that never decrease; (b) under RP2 accepted reads too; (c) what is stored in the end is
// what some serial order of the sections gives; (d) no live holder is fenced.
#include <fmt/format.h>

#include <algorithm>

#include "checker/properties/interleaved.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

bool applies(const Case& judged) {
  if (judged.claims.permits > 1) return false;
  const ResourcePolicy policy = judged.scenario.resource;
  return policy == ResourcePolicy::fence_writes || policy == ResourcePolicy::fence_all;
}

/// The highest token accepted so far at each resource.
const ResourceEvent*& highest_at(std::vector<const ResourceEvent*>& all,
                                 const ResourceEvent& event) {
  const auto at = std::find_if(all.begin(), all.end(), [&](const ResourceEvent* other) {
    return other->access.resource == event.access.resource;
  });
  if (at != all.end()) return *at;
  all.push_back(&event);
  return all.back();
}

Verdict token_fell(const Case& judged, bool claimed, const ResourceEvent& high,
                   const ResourceEvent& low) {
  Story story(judged);
  story.accessed(high);
  story.accessed(low);
  std::string what =
      fmt::format("({}) tokens fell: {} accepted {}'s {} with token {} at {}, after token {} at {}",
                  low.access.write && high.access.write ? "a" : "b", low.access.resource,
                  story.who(low.process), low.access.write ? "write" : "read", low.access.token,
                  at_text(low.at), high.access.token, at_text(high.at));
  // Tokens of one lock say who came first; those of two say nothing.
  claimed = claimed && of_one_lock(judged.record, high, low);
  return violated(claimed, low.at, std::move(what), std::move(story));
}

Verdict holder_fenced(const Case& judged, bool claimed, const ResourceEvent& refused,
                      const Belief& belief, const Grant& grant) {
  Story story(judged);
  story.granted(grant);
  story.believed(belief);
  story.accessed(refused);
  for (const ResourceEvent& event : judged.record.resource) {
    if (&event == &refused) break;
    if (event.access.accepted && event.access.resource == refused.access.resource &&
        event.access.token > refused.access.token) {
      story.accessed(event);
      claimed = claimed && of_one_lock(judged.record, event, refused);
    }
  }
  std::string what = fmt::format(
      "(d) live holder fenced: {} refused {}'s {} at {} though {} held {} at the service since {}: "
      "{}",
      refused.access.resource, story.who(refused.process), refused.access.write ? "write" : "read",
      at_text(refused.at), story.who(refused.process), belief.lock, at_text(grant.from()),
      refused.access.refusal);
  return violated(claimed, refused.at, std::move(what), std::move(story));
}

Verdict judge(const Case& judged) {
  const Record& record = judged.record;
  const bool claimed = judged.claims.ordered_token;
  if (resource_log_missing(record)) {
    return unknown(claimed, "the record has no log of the resource");
  }
  const bool reads_too = judged.scenario.resource == ResourcePolicy::fence_all;
  const Ledger ledger(record);
  std::vector<const ResourceEvent*> highest;
  for (const ResourceEvent& event : record.resource) {
    if (event.access.accepted) {
      if (!event.access.write && !reads_too) continue;
      const ResourceEvent*& high = highest_at(highest, event);
      if (event.access.token < high->access.token) return token_fell(judged, claimed, *high, event);
      high = &event;
      continue;
    }
    const Belief* belief = belief_of(record, event.access.section);
    const Grant* grant = belief != nullptr ? ledger.of(*belief) : nullptr;
    if (grant != nullptr && grant->live_at(event.at)) {
      return holder_fenced(judged, claimed, event, *belief, *grant);
    }
  }
  if (const auto found = first_lost_update(record)) {
    Story story(judged);
    story.accessed(*found->replaced);
    story.accessed(*found->replacing);
    std::string what = fmt::format(
        "(c) no serial order of the sections gives what is stored: {}'s write at {} and {}'s at {} "
        "are both based on version {} of {}",
        story.who(found->replaced->process), at_text(found->replaced->at),
        story.who(found->replacing->process), at_text(found->replacing->at),
        found->replacing->access.based_on, found->replacing->access.resource);
    // Fencing writes alone does not promise this.
    return violated(claimed && reads_too, found->replacing->at, std::move(what), std::move(story));
  }
  if (service_log_missing(record)) {
    return unknown(claimed, "(d) whether a live holder was fenced: " + std::string(no_service_log));
  }
  return holds(claimed, "tokens never fell, and no live holder was fenced");
}

}  // namespace

Property properties::fenced_safety() {
  return {.name = "fenced-safety",
          .code = "P3",
          .summary = "fencing lets newer tokens through, older ones not, and no live holder is cut",
          .needs = "a resource that checks tokens, RP1 or RP2, and a lock for one holder at a time",
          .applies = applies,
          .judge = judge};
}

}  // namespace lockstep
