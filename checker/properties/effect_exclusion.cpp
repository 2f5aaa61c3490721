// P2: the spans of critical sections at the resource, from the first event to the last, do not
// interleave; no more of them do than the lock has permits. Judged on what the resource accepted,
// whatever clients believed.
#include "checker/properties/effects.hpp"
#include "checker/properties/interleaved.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

Verdict judge(const Case& judged) {
  const bool claimed = effects_guarded(judged) || undisturbed(judged);
  if (resource_log_missing(judged.record)) {
    return unknown(claimed, "the record has no log of the resource");
  }
  const auto found = first_interleaving(judged.record, judged.claims.permits);
  if (!found) return holds(claimed, "no two critical sections interleaved at the resource");
  Story story(judged);
  std::string what = tell(judged, story, *found);
  const bool promised = claimed && of_one_lock(judged.record, *found->before, *found->inside);
  return violated(promised, found->after->at, std::move(what), std::move(story));
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
