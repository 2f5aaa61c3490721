// Finds the two holds behind a violation, and how the first of them came to an end.
#include <algorithm>

#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

const Belief* belief_of(const Record& record, std::uint64_t section) {
  const auto found = std::ranges::find(record.beliefs, section, &Belief::section);
  return section == 0 || found == record.beliefs.end() ? nullptr : &*found;
}

bool same_holder(const Belief& a, const Belief& b) {
  return a.process == b.process && a.owner == b.owner;
}

/// Of those that began later than `own` and had an access accepted before `late`, the first: it is
/// the one that took over. `last` is another such hold.
const Belief& first_after(const Record& record, const Belief& own, const ResourceEvent& late,
                          const Belief& last) {
  const Belief* first = &last;
  for (const ResourceEvent& event : record.resource) {
    if (&event == &late) break;
    const Belief* hold = belief_of(record, event.access.section);
    const bool younger = hold != nullptr && event.access.accepted && hold->from > own.from &&
                         hold->lock == own.lock && !same_holder(*hold, own);
    const bool there = younger && event.access.resource == late.access.resource;
    if (there && hold->from < first->from) first = hold;
  }
  return *first;
}

/// The holds of the access at the instant of the violation and of the last one before it that
/// belongs to another hold.
std::optional<Incident> by_effect(const Record& record, WorldTime at) {
  const ResourceEvent* late = nullptr;
  for (const ResourceEvent& event : record.resource) {
    if (event.at == at && event.access.write) late = &event;
  }
  if (late == nullptr) return std::nullopt;
  const Belief* own = belief_of(record, late->access.section);
  const Belief* other = nullptr;
  for (const ResourceEvent& event : record.resource) {
    if (&event == late) break;
    if (event.access.resource != late->access.resource) continue;
    const Belief* hold = belief_of(record, event.access.section);
    if (hold != nullptr && hold != own && event.access.accepted) other = hold;
  }
  if (own == nullptr || other == nullptr) return std::nullopt;
  if (other->from > own->from) other = &first_after(record, *own, *late, *other);
  if (same_holder(*own, *other)) return std::nullopt;
  if (other->from < own->from) std::swap(own, other);
  return Incident{.first = own, .second = other};
}

/// How the first's grant ended, and where the second's began.
void find_grants(const Record& record, Incident& incident);

bool both_overlap(const Belief& first, const Belief& second) {
  const bool readers = first.shared && second.shared;
  return &first != &second && first.lock == second.lock && !readers && first.from <= second.from &&
         second.from < first.to && !same_holder(first, second);
}

/// Two holds of one lock that overlap at the instant of the violation: the latest to begin, and of
/// those that it met one whose grant had ended, if there is such a one.
std::optional<Incident> by_belief(const Record& record, WorldTime at) {
  std::optional<Incident> best;
  for (const Belief& second : record.beliefs) {
    if (second.from > at || second.to < at) continue;
    for (const Belief& first : record.beliefs) {
      if (!both_overlap(first, second)) continue;
      if (best && best->second->from > second.from) continue;
      Incident found{.first = &first, .second = &second};
      find_grants(record, found);
      const bool same = best && best->second == &second;
      if (same && (best->ended != nullptr || found.ended == nullptr)) continue;
      best = found;
    }
  }
  return best;
}

/// Two live grants: the holds of the grant at the instant of the violation and of the one before.
std::optional<Incident> by_service(const Record& record, WorldTime at) {
  for (const ServiceEvent& event : record.service) {
    if (event.at != at || event.change != GrantChange::granted) continue;
    const auto second = std::ranges::find_if(record.beliefs, [&](const Belief& belief) {
      return belief.owner == event.owner && belief.process == event.holder && belief.from >= at;
    });
    if (second != record.beliefs.end()) return by_belief(record, second->from);
  }
  return std::nullopt;
}

bool is_of(const ServiceEvent& event, const Belief& belief) {
  return event.owner == belief.owner && (event.holder < 0 || event.holder == belief.process);
}

void find_grants(const Record& record, Incident& incident) {
  const Belief& first = *incident.first;
  const Belief& second = *incident.second;
  for (const ServiceEvent& event : record.service) {
    if (event.lock != first.lock || event.at > second.from) continue;
    const bool begins = event.change == GrantChange::granted;
    const bool ends = !begins && event.change != GrantChange::renewed;
    if (begins && is_of(event, second)) incident.granted = &event;
    if (ends && is_of(event, second)) incident.granted = nullptr;
    if (begins && is_of(event, first)) incident.ended = nullptr;
    if (ends && is_of(event, first)) incident.ended = &event;
  }
}

/// The second came while the first believed, or before the last that the first did: of one lock.
bool met(const Record& record, const Incident& incident) {
  if (incident.first->lock != incident.second->lock) return false;
  if (incident.first->to > incident.second->from) return true;
  return std::ranges::any_of(record.resource, [&](const ResourceEvent& event) {
    return event.access.section == incident.first->section && event.at >= incident.second->from;
  });
}

/// Clients that wait for each other, or a section that was cut: nobody's hold met another.
bool of_another_sort(const Verdict& verdict) {
  return verdict.property == "no-wait-cycle" ||
         verdict.explanation.starts_with("non-atomic section");
}

}  // namespace

std::optional<Incident> find_incident(const Record& record, const Verdict& verdict) {
  if (!verdict.at || of_another_sort(verdict)) return std::nullopt;
  auto incident = by_effect(record, *verdict.at);
  if (!incident) incident = by_belief(record, *verdict.at);
  if (!incident) incident = by_service(record, *verdict.at);
  if (!incident || !met(record, *incident)) return std::nullopt;
  find_grants(record, *incident);
  return incident;
}

const NodeSpan* out_of_action(const Record& record, const std::string& node, WorldTime at) {
  const NodeSpan* last = nullptr;
  for (const NodeSpan& span : record.nodes) {
    if (span.node == node && span.from <= at) last = &span;
  }
  return last != nullptr && last->state != "up" ? last : nullptr;
}

std::string client_name(const Record& record, std::int64_t process) {
  if (process == nemesis_process) return "nemesis";
  const auto index = static_cast<std::size_t>(process);
  if (process >= 0 && index < record.processes.size()) return record.processes[index];
  return "process " + std::to_string(process);
}

std::int64_t permits_of(const Scenario& scenario) {
  for (const Settings::Entry& entry : scenario.lock_settings.entries()) {
    const auto* count = std::get_if<std::int64_t>(&entry.value);
    if (count != nullptr && entry.name == "permits") return *count;
  }
  return 1;
}

Duration session_of(const Scenario& scenario) {
  for (const Settings::Entry& entry : scenario.lock_settings.entries()) {
    const auto* length = std::get_if<Duration>(&entry.value);
    if (length != nullptr && entry.name == "session") return *length;
  }
  return Duration::zero();
}

Duration lease_of(const Scenario& scenario) {
  for (const Settings::Entry& entry : scenario.lock_settings.entries()) {
    const auto* length = std::get_if<Duration>(&entry.value);
    if (length != nullptr && (entry.name == "lease" || entry.name == "ttl")) return *length;
  }
  return Duration::zero();
}

}  // namespace lockstep::reports
