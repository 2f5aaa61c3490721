#include "reports/incident_facts.hpp"

#include <algorithm>

namespace lockstep::reports {
namespace {

bool targets(const FaultSpan& fault, const std::string& node) {
  return std::ranges::find(fault.targets, node) != fault.targets.end();
}

bool is_of(const ServiceEvent& event, const Belief& belief) {
  return event.lock == belief.lock && event.owner == belief.owner &&
         (event.holder < 0 || event.holder == belief.process);
}

bool ends(const ServiceEvent& event) {
  return event.change != GrantChange::granted && event.change != GrantChange::renewed;
}

}  // namespace

IncidentFacts::IncidentFacts(const Record& record, const Incident& incident)
    : record_(record),
      incident_(incident),
      first_client_(client_name(record, incident.first->process)),
      second_client_(client_name(record, incident.second->process)),
      over_(incident.ended != nullptr ? incident.ended->at : incident.second->from) {}

const ResourceEvent* IncidentFacts::late_write() const {
  const WorldTime granted =
      incident_.granted != nullptr ? incident_.granted->at : incident_.second->from;
  for (const ResourceEvent& event : record_.resource) {
    const ResourceAccess& access = event.access;
    if (access.section == incident_.first->section && access.write && event.at >= granted) {
      return &event;
    }
  }
  return nullptr;
}

const Op* IncidentFacts::sending_of(const ResourceEvent& write) const {
  const Op* sent = nullptr;
  for (const Op& op : record_.history) {
    const bool call = op.type == OpType::invoke && op.f == "write" && op.time <= write.at;
    if (call && op.process == write.process && op.time >= incident_.first->from) sent = &op;
  }
  return sent;
}

const ServiceEvent* IncidentFacts::granted_again() const {
  const WorldTime after =
      incident_.granted != nullptr ? incident_.granted->at : incident_.second->from;
  const auto found = std::ranges::find_if(record_.service, [&](const ServiceEvent& event) {
    return event.change == GrantChange::granted && is_of(event, *incident_.first) &&
           event.at > after && event.at <= std::max(incident_.first->to, over_);
  });
  if (found != record_.service.end()) return &*found;
  // Its hold may have been told as a new one, with the owner that it had.
  const auto other = std::ranges::find_if(record_.service, [&](const ServiceEvent& event) {
    return event.change == GrantChange::granted && is_of(event, *incident_.first) &&
           event.at > after;
  });
  const ResourceEvent* write = late_write();
  const bool went_on = other != record_.service.end() && write != nullptr && write->at >= other->at;
  return went_on ? &*other : nullptr;
}

WorldTime IncidentFacts::asked_at(const Belief& belief) const {
  auto op = static_cast<std::size_t>(std::max<std::int64_t>(belief.op, 0));
  if (belief.op < 0 || op >= record_.history.size()) return belief.from;
  while (op-- > 0) {
    const Op& call = record_.history[op];
    const bool own = call.process == belief.process && call.f == "acquire";
    if (own && call.type == OpType::invoke) return call.time;
  }
  return belief.from;
}

const ServiceEvent* IncidentFacts::grant_of(const Belief& belief) const {
  const WorldTime asked = asked_at(belief);
  const ServiceEvent* grant = nullptr;
  for (const ServiceEvent& event : record_.service) {
    if (event.at > belief.from) break;
    if (!is_of(event, belief)) continue;
    if (event.change == GrantChange::granted) grant = &event;
    if (ends(event) && event.at < asked) grant = nullptr;
  }
  return grant;
}

bool IncidentFacts::owner_was_granted() const {
  return std::ranges::any_of(record_.service, [&](const ServiceEvent& event) {
    return event.change == GrantChange::granted && event.lock == incident_.first->lock &&
           event.owner == incident_.first->owner && event.at <= incident_.second->from;
  });
}

const ServiceEvent* IncidentFacts::end_before(const Belief& belief) const {
  const ServiceEvent* grant = grant_of(belief);
  const ServiceEvent* end = nullptr;
  for (const ServiceEvent& event : record_.service) {
    if (grant == nullptr || event.at > belief.from) break;
    if (!is_of(event, belief) || event.at < grant->at) continue;
    if (ends(event)) end = &event;
    if (event.change == GrantChange::granted) end = nullptr;
  }
  return end;
}

const ServiceEvent* IncidentFacts::last_extension() const {
  const ServiceEvent* since = nullptr;
  for (const ServiceEvent& event : record_.service) {
    if (!ends(event) && is_of(event, *incident_.first) && event.at <= over_) since = &event;
  }
  return since;
}

std::optional<Duration> IncidentFacts::left_at(const ServiceEvent& changed, Duration lease) const {
  const ServiceEvent* before = nullptr;
  for (const ServiceEvent& event : record_.service) {
    if (&event == &changed) break;
    if (is_of(event, *incident_.first)) before = &event;
  }
  if (before == nullptr || ends(*before) || incident_.ended == nullptr) return std::nullopt;
  const Duration left = before->at + lease - changed.at;
  if (left <= incident_.ended->at - changed.at) return std::nullopt;
  return left;
}

bool IncidentFacts::taken_over() const {
  return incident_.ended != nullptr && incident_.granted != nullptr &&
         incident_.granted->at == incident_.ended->at &&
         incident_.granted->by == incident_.ended->by;
}

bool IncidentFacts::another_took_over() const {
  if (record_.quorum <= 1 && incident_.granted->server != incident_.ended->server) return true;
  return out_of_action(record_, incident_.ended->server, incident_.granted->at) != nullptr;
}

const FaultSpan* IncidentFacts::pause_at(WorldTime at) const {
  return pause_between(at, at);
}

const FaultSpan* IncidentFacts::pause_between(WorldTime from, WorldTime to) const {
  const FaultSpan* last = nullptr;
  for (const FaultSpan& fault : record_.faults) {
    const bool there = fault.from <= to && fault.to >= from && targets(fault, first_client_);
    if (there && fault.kind == "gc-pause") last = &fault;
  }
  return last;
}

const FaultSpan* IncidentFacts::cut_off(WorldTime since) const {
  const FaultSpan* server = nullptr;
  for (const FaultSpan& fault : record_.faults) {
    if (fault.from > over_ || fault.to < since) continue;
    const bool network = fault.kind == "partition" || fault.kind == "loss" || fault.kind == "delay";
    if (network && (fault.targets.empty() || targets(fault, first_client_))) return &fault;
    const bool of_servers = std::ranges::none_of(
        fault.targets, [&](const std::string& node) { return is_client(node); });
    const bool clock = fault.kind.starts_with("clock");
    if (of_servers && !clock && server == nullptr) server = &fault;
  }
  return server;
}

bool IncidentFacts::is_client(const std::string& node) const {
  return std::ranges::find(record_.processes, node) != record_.processes.end();
}

const FaultSpan* IncidentFacts::clock_fault(const std::string& kind,
                                            const std::string& node) const {
  const FaultSpan* last = nullptr;
  for (const FaultSpan& fault : record_.faults) {
    const bool before = fault.from <= over_ && fault.to >= incident_.first->from;
    if (before && fault.kind == kind && targets(fault, node)) last = &fault;
  }
  return last;
}

const FaultSpan* IncidentFacts::drift(const std::string& server) const {
  for (const std::string& node : {server, first_client_, second_client_}) {
    if (const FaultSpan* fault = clock_fault("clock-drift", node)) return fault;
  }
  for (const FaultSpan& fault : record_.faults) {
    const bool before = fault.from <= over_ && fault.to >= incident_.first->from;
    if (before && fault.kind == "clock-drift" && !is_client(fault.targets[0])) return &fault;
  }
  return nullptr;
}

const FaultSpan* IncidentFacts::jump_of(const std::string& node) const {
  return clock_fault("clock-jump", node);
}

const FaultSpan* IncidentFacts::jump_of_a_client(std::int64_t judge) const {
  const std::string client = client_name(record_, judge);
  for (const std::string& node : {client, second_client_, first_client_}) {
    if (const FaultSpan* fault = jump_of(node)) return fault;
  }
  for (const std::string& node : record_.processes) {
    if (const FaultSpan* fault = jump_of(node)) return fault;
  }
  return nullptr;
}

}  // namespace lockstep::reports
