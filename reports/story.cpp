// Puts what happened around a violation into the order of time, one sentence each.
#include "reports/story.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/plain.hpp"

namespace lockstep::reports {
namespace {

constexpr std::size_t most_faults = 8;

const Verdict* first_violated(const Outcome& outcome) {
  const Verdict* first = nullptr;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status != Status::violated) continue;
    const bool earlier =
        first == nullptr || (verdict.at && (!first->at || *verdict.at < *first->at));
    if (earlier) first = &verdict;
  }
  return first;
}

/// All who believe in a lock when one more begins to.
std::vector<std::string> believers(const Record& record, const Belief& last) {
  std::vector<std::string> names;
  for (const Belief& belief : record.beliefs) {
    const bool there =
        belief.lock == last.lock && belief.from <= last.from && belief.to > last.from;
    if (there) names.push_back(client_name(record, belief.process));
  }
  return names;
}

std::string headline(const Outcome& outcome, WorldTime violated_at, const Incident& incident) {
  const Record& record = outcome.record;
  const std::string first = client_name(record, incident.first->process);
  const std::string second = client_name(record, incident.second->process);
  const WorldTime at = incident.second->from;
  const std::int64_t permits = permits_of(outcome.scenario);
  if (incident.first->to > at && violated_at < incident.first->to) {
    if (permits > 1) {
      return fmt::format("at {} s {} believed that they held a permit of {}, which has {}",
                         to_text(at), listed(believers(record, *incident.second)),
                         incident.first->lock, permits);
    }
    return fmt::format("at {} s both {} and {} believed that they held {}", to_text(at), first,
                       second, incident.first->lock);
  }
  return fmt::format("at {} s an effect of {} came after {} had taken over {}",
                     to_text(violated_at), first, second, incident.first->lock);
}

void tell_reason(Story& story, const Reason& why) {
  story.assumption = why.assumption;
  story.why = why.sentence;
  if (!why.assumption) return;
  story.why += fmt::format("{}It was assumed that {}.", why.sentence.empty() ? "" : " ",
                           meaning_of(*why.assumption));
}

void find_decisive(Story& story, const Source& decisive) {
  const auto step = std::ranges::find(story.steps, decisive, &StoryStep::source);
  if (decisive.of == Source::Of::none || step == story.steps.end()) return;
  story.decisive = static_cast<std::size_t>(step - story.steps.begin());
}

/// Where there are no two holds to tell of: the witness of the verdict, with the faults around it.
void tell_witness(const Outcome& outcome, const Verdict& verdict, Story& story) {
  const WorldTime at = verdict.at.value_or(outcome.record.ended_at);
  story.headline = verdict.explanation;
  const Reason why = reason_of(outcome, verdict);
  tell_reason(story, why);
  story.from = story.to = at;
  for (const Evidence& evidence : verdict.witness) {
    story.from = std::min(story.from, evidence.at);
    story.to = std::max(story.to, evidence.at);
    story.steps.push_back({evidence.at,
                           StepKind::witness,
                           evidence.who,
                           evidence.text,
                           {},
                           source_of(outcome.record, verdict, evidence)});
  }
  std::size_t told = 0;
  for (const FaultSpan& fault : outcome.record.faults) {
    if (fault.to < story.from || fault.from > story.to || told == most_faults) continue;
    story.steps.push_back(fault_step(outcome.record, fault));
    ++told;
  }
  std::ranges::stable_sort(story.steps, {}, &StoryStep::at);
  find_decisive(story, why.decisive);
}

}  // namespace

std::string_view name_of(StepKind kind) {
  switch (kind) {
    case StepKind::acquired: return "acquired";
    case StepKind::fault: return "fault";
    case StepKind::resumed: return "resumed";
    case StepKind::grant_end: return "grant_end";
    case StepKind::granted: return "granted";
    case StepKind::sent: return "sent";
    case StepKind::accepted: return "accepted";
    case StepKind::refused: return "refused";
    case StepKind::elected: return "elected";
    case StepKind::witness: return "witness";
  }
  return "?";
}

std::string_view name_of(Source::Of of) {
  switch (of) {
    case Source::Of::none: return "none";
    case Source::Of::belief: return "belief";
    case Source::Of::service: return "service";
    case Source::Of::resource: return "resource";
    case Source::Of::fault: return "fault";
    case Source::Of::node: return "node";
    case Source::Of::op: return "op";
    case Source::Of::evidence: return "evidence";
    case Source::Of::trace: return "trace";
  }
  return "?";
}

Source source_of(const Record& record, const Verdict& verdict, const Evidence& evidence) {
  const bool grants = evidence.text.starts_with("grants ");
  for (const ServiceEvent& event : record.service) {
    const bool begins = event.change == GrantChange::granted;
    if (event.at == evidence.at && event.server == evidence.who && begins == grants) {
      return source_of(record.service, event);
    }
  }
  const auto op = static_cast<std::size_t>(std::max<std::int64_t>(evidence.op, 0));
  if (evidence.op >= 0 && op < record.history.size() && record.history[op].time == evidence.at) {
    return source_of(record.history, record.history[op]);
  }
  return source_of(verdict.witness, evidence);
}

std::string event_kind(const Outcome& outcome, const Source& source) {
  const Record& record = outcome.record;
  switch (source.of) {
    case Source::Of::service: return std::string(name_of(record.service[source.index].change));
    case Source::Of::resource: return record.resource[source.index].access.write ? "write" : "read";
    case Source::Of::fault: return record.faults[source.index].kind;
    case Source::Of::node: return record.nodes[source.index].state;
    case Source::Of::op: return record.history[source.index].f;
    case Source::Of::none:
    case Source::Of::belief:
    case Source::Of::evidence:
    case Source::Of::trace: break;
  }
  return std::string(name_of(source.of));
}

std::optional<Story> first_violation(const Outcome& outcome) {
  const Verdict* verdict = first_violated(outcome);
  if (verdict == nullptr) return std::nullopt;
  Story story;
  story.verdict = static_cast<std::size_t>(verdict - outcome.verdicts.data());
  story.at = verdict->at.value_or(outcome.record.ended_at);
  const auto incident = find_incident(outcome.record, *verdict);
  if (!incident) {
    tell_witness(outcome, *verdict, story);
    return story;
  }
  const Reason why = reason(outcome, *incident);
  auto [steps, to] = steps_of(outcome, *incident, story.at, why.decisive);
  story.steps = std::move(steps);
  tell_reason(story, why);
  find_decisive(story, why.decisive);
  story.from = story.steps.front().at;
  story.to = to;
  story.headline = headline(outcome, story.at, *incident);
  story.harm = harm(outcome, *incident);
  story.advice = advice(outcome, *incident);
  return story;
}

}  // namespace lockstep::reports
