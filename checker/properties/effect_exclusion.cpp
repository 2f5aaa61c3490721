// P2: the spans of critical sections at the resource, from the first event to the last, do not
// interleave; no more of them do than the lock has permits. Judged on what the resource accepted,
// whatever clients believed.
#include <fmt/format.h>

#include "checker/properties/effects.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

std::string_view access_name(const ResourceEvent& event) {
  return event.access.write ? "write" : "read";
}

std::string how(const Case& judged, Story& story, const ResourceEvent& a, const ResourceEvent& b,
                WorldTime until) {
  const Belief* of_a = belief_of(judged.record, a.access.section);
  const Belief* of_b = belief_of(judged.record, b.access.section);
  if (of_a == nullptr || of_b == nullptr) return {};
  story.believed(*of_a);
  story.believed(*of_b);
  const Ledger ledger(judged.record);
  return is_staler(ledger, *of_b, *of_a) ? story.how_it_came(ledger, *of_b, *of_a, until)
                                         : story.how_it_came(ledger, *of_a, *of_b, until);
}

Verdict judge(const Case& judged) {
  const bool claimed = effects_guarded(judged) || undisturbed(judged);
  if (resource_log_missing(judged.record)) {
    return unknown(claimed, "the record has no log of the resource");
  }
  const auto found = first_interleaving(judged.record, judged.claims.permits);
  if (!found) return holds(claimed, "no two critical sections interleaved at the resource");
  Story story(judged);
  const WorldTime at = found->after->at;
  const std::string cause = how(judged, story, *found->before, *found->inside, at);
  story.accessed(*found->before);
  story.accessed(*found->inside);
  story.accessed(*found->after);
  std::string what = fmt::format(
      "{}'s {} at {} fell into {}'s critical section at {}, which went from {} to {} or later",
      story.who(found->inside->process), access_name(*found->inside), at_text(found->inside->at),
      story.who(found->before->process), found->inside->access.resource, at_text(found->before->at),
      at_text(at));
  return violated(claimed, at, explained(std::move(what), cause), std::move(story));
}

}  // namespace

Property properties::effect_exclusion() {
  return {.name = "effect-exclusion",
          .code = "P2",
          .summary = "critical sections do not interleave at the resource",
          .applies = always,
          .judge = judge};
}

}  // namespace lockstep
