// Which assumption broke, read off the record: how long the grant lived, whether its holder was
// there to see it end, and whether its write was under way.
#include <fmt/core.h>

#include <algorithm>

#include "reports/plain.hpp"
#include "reports/story.hpp"

namespace lockstep::reports {
namespace {

const ResourceEvent* late_write(const Record& record, const Incident& incident) {
  const WorldTime granted =
      incident.granted != nullptr ? incident.granted->at : incident.second->from;
  for (const ResourceEvent& event : record.resource) {
    const ResourceAccess& access = event.access;
    if (access.section == incident.first->section && access.write && event.at >= granted) {
      return &event;
    }
  }
  return nullptr;
}

/// Had the late write been sent before the grant ended?
bool sent_in_time(const Record& record, const Incident& incident, const ResourceEvent& write) {
  const Op* sent = nullptr;
  for (const Op& op : record.history) {
    const bool call = op.type == OpType::invoke && op.f == "write" && op.time <= write.at;
    if (call && op.process == incident.first->process && op.time >= incident.first->from) {
      sent = &op;
    }
  }
  return sent != nullptr && incident.ended != nullptr && sent->time < incident.ended->at;
}

/// How long the service kept the first's grant, from its beginning or its last renewal.
Duration kept_for(const Record& record, const Incident& incident) {
  WorldTime since = incident.first->from;
  for (const ServiceEvent& event : record.service) {
    const bool starts =
        event.change == GrantChange::granted || event.change == GrantChange::renewed;
    const bool own = event.lock == incident.first->lock && event.owner == incident.first->owner;
    if (starts && own && event.at <= incident.ended->at) since = event.at;
  }
  return incident.ended->at - since;
}

bool a_clock_was_wrong(const Record& record) {
  for (const FaultSpan& span : record.faults) {
    if (span.kind.starts_with("clock")) return true;
  }
  return false;
}

std::string expiry_reason(const Outcome& outcome, const Incident& incident) {
  const Record& record = outcome.record;
  const std::string first = client_name(record, incident.first->process);
  const Duration lease = lease_of(outcome.scenario);
  const Duration kept = kept_for(record, incident);
  const bool early = lease > Duration::zero() && kept < lease - lease / 20;
  if (early && incident.ended->by >= 0 && !a_clock_was_wrong(record)) {
    return fmt::format(
        "{} took the lock from {} although its lease had {} left: what finds a lock free and what "
        "takes it must be one step.",
        client_name(record, incident.ended->by), first, brief(lease - kept));
  }
  if (early) {
    return fmt::format(
        "{} let the lease of {} end after {} of true time: its clock ran ahead. A lease is only as "
        "good as the clock that measures it.",
        incident.ended->server, brief(lease), brief(kept));
  }
  const ResourceEvent* write = late_write(record, incident);
  if (write != nullptr && sent_in_time(record, incident, *write)) {
    return fmt::format(
        "{} sent its write in time, but the network delivered it after the lease was over. No "
        "check "
        "that a client makes before it sends can see that.",
        first);
  }
  if (out_of_action(record, first, incident.ended->at) != nullptr) {
    return fmt::format(
        "The lease outlived its holder's attention: {} stood still while the lease ran out, and a "
        "client that stands still cannot see time pass.",
        first);
  }
  return fmt::format(
      "{} was still at work when its lease ran out. Nothing stops a client when its lease ends.",
      first);
}

/// The server that was down between the two grants; null when it was up all the time.
const std::string* restarted(const Record& record, const Incident& incident) {
  if (incident.granted == nullptr) return nullptr;
  for (const NodeSpan& span : record.nodes) {
    const bool down = span.state != "up" && span.state != "paused";
    if (down && span.node == incident.granted->server && span.from >= incident.first->from &&
        span.from <= incident.granted->at) {
      return &incident.granted->server;
    }
  }
  return nullptr;
}

}  // namespace

std::string reason(const Outcome& outcome, const Incident& incident) {
  const Record& record = outcome.record;
  const std::string first = client_name(record, incident.first->process);
  if (incident.ended == nullptr) {
    if (const std::string* server = restarted(record, incident)) {
      return fmt::format("{} came back without the grant of {}: it had not been on its disk.",
                         *server, first);
    }
    return "The service granted the lock again while the first grant was still alive.";
  }
  const ServiceEvent& ended = *incident.ended;
  switch (ended.change) {
    case GrantChange::expired: return expiry_reason(outcome, incident);
    case GrantChange::evicted:
      return fmt::format("{} evicted the lock's key to make room: a cache is no place for a lock.",
                         ended.server);
    case GrantChange::forgotten:
      return fmt::format("{} came back without the grant of {}: it had not been on its disk.",
                         ended.server, first);
    case GrantChange::released:
      if (ended.by >= 0 && ended.by != incident.first->process) {
        return fmt::format(
            "{} ended the grant of {}: a release that does not check whose grant it is may end "
            "anybody's.",
            client_name(record, ended.by), first);
      }
      return fmt::format(
          "The grant of {} had been released, and an effect of it arrived all the same.", first);
    case GrantChange::granted:
    case GrantChange::renewed: break;
  }
  return {};
}

std::vector<Advice> advice(const Outcome& outcome, const Incident& incident) {
  const ResourcePolicy policy = outcome.scenario.resource;
  if (policy == ResourcePolicy::fence_all || policy == ResourcePolicy::same_store) return {};
  const bool tokens = incident.first->token != 0 && incident.second->token > incident.first->token;
  if (tokens) {
    return {
        {"let the resource check the fencing token on reads and writes, so that it refuses what "
         "comes too late",
         "--resource RP2"}};
  }
  return {
      {"this lock gave no rising token, so no resource can tell old from new: use a lock that "
       "gives one, with --resource RP2"}};
}

std::string harm(const Outcome& outcome, const Incident& incident) {
  bool refused = false;
  bool accepted = false;
  const WorldTime granted =
      incident.granted != nullptr ? incident.granted->at : incident.second->from;
  for (const ResourceEvent& event : outcome.record.resource) {
    if (event.access.section != incident.first->section || event.at < granted) continue;
    (event.access.accepted ? accepted : refused) = true;
  }
  if (accepted || !refused) return {};
  return "The resource refused what came too late: two held the lock, and no harm was done.";
}

}  // namespace lockstep::reports
