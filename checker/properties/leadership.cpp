// W6, on the election workload: no two lead in one term, and no entry of an older term is accepted
// after one of a newer term. That two believe at once that they lead is P1's matter.
#include <fmt/format.h>

#include <map>

#include "checker/properties/effects.hpp"
#include "checker/properties/verdicts.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

bool applies(const Case& judged) {
  return judged.scenario.workload == "election" && judged.claims.ordered_token;
}

Verdict one_per_term(const Case& judged) {
  std::map<std::uint64_t, const Belief*> leaders;
  for (const Belief& belief : judged.record.beliefs) {
    const auto [known, is_new] = leaders.emplace(belief.token, &belief);
    const Belief& first = *known->second;
    if (is_new || first.process == belief.process) continue;
    Story story(judged);
    story.believed(first);
    story.believed(belief);
    std::string what = fmt::format("{} led in term {} from {}, and {} in the same term from {}",
                                   story.who(first.process), first.token, at_text(first.from),
                                   story.who(belief.process), at_text(belief.from));
    return violated(true, belief.from, std::move(what), std::move(story));
  }
  return holds(true, fmt::format("each of {} terms had one leader", leaders.size()));
}

/// The resource refuses what is older than a write that it has accepted.
bool writes_are_fenced(const Case& judged) {
  return judged.scenario.resource == ResourcePolicy::fence_writes || effects_guarded(judged) ||
         undisturbed(judged);
}

Verdict deposed_are_refused(const Case& judged) {
  const bool claimed = writes_are_fenced(judged);
  if (resource_log_missing(judged.record)) {
    return unknown(claimed, "the record has no log of the resource");
  }
  const ResourceEvent* newest = nullptr;
  for (const ResourceEvent& event : judged.record.resource) {
    if (!event.access.write || !event.access.accepted) continue;
    if (newest == nullptr || event.access.token >= newest->access.token) {
      newest = &event;
      continue;
    }
    Story story(judged);
    story.accessed(*newest);
    story.accessed(event);
    std::string what = fmt::format(
        "{}, deposed leader of term {}, had an entry accepted at {}, after one of {} of term {}",
        story.who(event.process), event.access.token, at_text(event.at), story.who(newest->process),
        newest->access.token);
    return violated(claimed, event.at, std::move(what), std::move(story));
  }
  return holds(claimed, "no entry of an older term was accepted after one of a newer term");
}

}  // namespace

Property properties::leader_per_term() {
  return {.name = "leader-per-term",
          .code = "W6",
          .summary = "no two lead in the same term",
          .needs = "the workload election and a lock whose tokens are in order",
          .applies = applies,
          .judge = one_per_term};
}

Property properties::deposed_leader() {
  return {.name = "deposed-leader",
          .code = "W6",
          .summary = "no entry of an older term is accepted after one of a newer term",
          .needs = "the workload election and a lock whose tokens are in order",
          .applies = applies,
          .judge = deposed_are_refused};
}

}  // namespace lockstep
