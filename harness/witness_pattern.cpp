#include "harness/witness_pattern.hpp"

#include <algorithm>
#include <vector>

#include "backends/backend.hpp"
#include "reports/story.hpp"

namespace lockstep {
namespace {

using Steps = std::vector<std::string>;

std::string_view outage_of(const NodeSpan& span) {
  if (span.state == "paused") return "pause";
  return span.state == "process dead" ? "crash" : "power-loss";
}

/// The lease by which the service measures a holder's silence; zero where there is none.
Duration lease_of(const Scenario& scenario) {
  const Backend* backend = find_backend(scenario.lock);
  if (backend == nullptr || !scenario.lock_settings.contains(backend->lease)) return {};
  return scenario.lock_settings.duration(backend->lease);
}

/// Did the grant end sooner than a lease after it was made or last renewed?
bool early(const Outcome& outcome, const ServiceEvent& ended) {
  WorldTime begun{};
  for (const ServiceEvent& event : outcome.record.service) {
    const bool extends =
        event.change == GrantChange::granted || event.change == GrantChange::renewed;
    if (event.at > ended.at) break;
    if (extends && event.owner == ended.owner && event.lock == ended.lock) begun = event.at;
  }
  return ended.at - begun < lease_of(outcome.scenario) * 95 / 100;
}

std::string_view end_of(const Outcome& outcome, const ServiceEvent& ended) {
  switch (ended.change) {
    case GrantChange::expired: return early(outcome, ended) ? "early-expiry" : "expiry";
    case GrantChange::evicted: return "eviction";
    case GrantChange::forgotten: return "loss";
    case GrantChange::released: return ended.by == ended.holder ? "release" : "foreign-release";
    case GrantChange::granted:
    case GrantChange::renewed: break;
  }
  return "end";
}

Steps steps_of(const Outcome& outcome, const reports::Incident& incident, WorldTime at) {
  const Record& record = outcome.record;
  Steps steps;
  const std::string client = reports::client_name(record, incident.first->process);
  const WorldTime lost = incident.ended != nullptr ? incident.ended->at : incident.second->from;
  if (const NodeSpan* span = reports::out_of_action(record, client, lost)) {
    steps.emplace_back(outage_of(*span));
  }
  if (incident.ended != nullptr) steps.emplace_back(end_of(outcome, *incident.ended));
  if (incident.granted != nullptr) steps.emplace_back("grant");
  if (incident.first->to > incident.second->from) steps.emplace_back("belief");
  const bool wrote = std::ranges::any_of(record.resource, [&](const ResourceEvent& event) {
    return event.access.section == incident.first->section && event.access.write &&
           event.access.accepted && event.at >= incident.second->from && event.at <= at;
  });
  if (wrote) steps.emplace_back("write");
  return steps;
}

std::string first_word(std::string_view text) {
  return std::string(text.substr(0, text.find_first_of(" ,:")));
}

/// "acquire-info" of "acquire lock-1: info, timeout"; "ends-expired"; "believes".
std::string sort_of(const Evidence& evidence) {
  std::string sort = first_word(evidence.text);
  const std::size_t colon = evidence.text.rfind(": ");
  const bool says_how = evidence.op >= 0 || sort == "ends";
  if (says_how && colon != std::string::npos) {
    sort += "-" + first_word(std::string_view(evidence.text).substr(colon + 2));
  }
  return sort;
}

/// Each sort of evidence once: how many waited, or wrote, is no matter.
Steps steps_of(const Verdict& verdict) {
  Steps steps;
  for (const char* kind : {"orphan grant", "self-wait", "livelock", "lost wake-up", "cycle"}) {
    if (verdict.explanation.find(kind) != std::string::npos) steps.emplace_back(kind);
  }
  if (!steps.empty()) return {steps.front()};
  for (const Evidence& evidence : verdict.witness) {
    if (evidence.who == "nemesis") continue;
    const std::string sort = sort_of(evidence);
    if (std::ranges::find(steps, sort) == steps.end()) steps.push_back(sort);
  }
  return steps;
}

}  // namespace

std::string witness_pattern(const Outcome& outcome, const Verdict& verdict) {
  const auto incident = reports::find_incident(outcome.record, verdict);
  const Steps steps = incident ? steps_of(outcome, *incident, *verdict.at) : steps_of(verdict);
  std::string text = verdict.property;
  for (std::size_t i = 0; i < steps.size(); ++i) text += (i == 0 ? ": " : ">") + steps[i];
  return text;
}

const Verdict* violation_of(const Outcome& outcome, std::string_view property) {
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.property == property && verdict.status == Status::violated) return &verdict;
  }
  return nullptr;
}

const Verdict* first_violation_of(const Outcome& outcome) {
  const Verdict* first = nullptr;
  for (const Verdict& verdict : outcome.verdicts) {
    if (verdict.status != Status::violated) continue;
    const auto rank = [](const Verdict& v) { return std::pair(!v.claimed, v.at.value_or(never)); };
    if (first == nullptr || rank(verdict) < rank(*first)) first = &verdict;
  }
  return first;
}

}  // namespace lockstep
