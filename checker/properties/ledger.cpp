#include "checker/properties/ledger.hpp"

#include <algorithm>

namespace lockstep {
namespace {

bool anonymous(const ServiceEvent& event) {
  return event.owner.empty();
}

/// Permits that the service knows by number alone are told apart by who took them.
bool same_grant(const Record& record, const ServiceEvent& a, const ServiceEvent& b) {
  if (a.owner != b.owner || a.lock != b.lock) return false;
  if (anonymous(a) && a.holder != b.holder) return false;
  return record.quorum > 1 || a.server == b.server;
}

}  // namespace

Ledger::Ledger(const Record& record) : record_(record) {
  grants_.reserve(record.service.size() / 2 + 1);
  std::vector<std::size_t> live;
  for (const ServiceEvent& event : record.service) {
    if (event.change == GrantChange::renewed) continue;
    const auto at = std::find_if(live.begin(), live.end(), [&](std::size_t i) {
      return same_grant(record, *grants_[i].begun, event);
    });
    if (event.change == GrantChange::granted) {
      const bool again = at != live.end() && !anonymous(event);
      if (again) continue;  // granted again to who has it
      if (event.by < 0 && restore(event)) {
        live.push_back(restored_);
        continue;
      }
      live.push_back(grants_.size());
      grants_.push_back({&event, nullptr});
    } else if (at != live.end()) {
      grants_[*at].ended = &event;
      live.erase(at);
    }
  }
}

bool Ledger::restore(const ServiceEvent& event) {
  for (auto i = grants_.size(); i-- > 0;) {
    Grant& grant = grants_[i];
    if (!same_grant(record_, *grant.begun, event)) continue;
    const bool forgotten = grant.ended != nullptr && grant.ended->change == GrantChange::forgotten;
    if (!forgotten && anonymous(event)) continue;  // another one of the same holder
    if (!forgotten) return false;
    grant.ended = nullptr;
    restored_ = i;
    return true;
  }
  return false;
}

const Grant* Ledger::of(const Belief& belief) const {
  // The grant came shortly before the belief: look backwards from there.
  auto at = std::upper_bound(grants_.begin(), grants_.end(), belief.from,
                             [](WorldTime time, const Grant& g) { return time < g.from(); });
  while (at != grants_.begin()) {
    --at;
    if (at->owner() != belief.owner || at->lock() != belief.lock) continue;
    if (!anonymous(*at->begun) || at->begun->holder == belief.process) return &*at;
  }
  return nullptr;
}

const Belief* belief_of(const Record& record, std::uint64_t section) {
  if (section == 0) return nullptr;
  const auto& beliefs = record.beliefs;
  if (section <= beliefs.size() && beliefs[section - 1].section == section) {
    return &beliefs[section - 1];
  }
  const auto at = std::find_if(beliefs.begin(), beliefs.end(),
                               [&](const Belief& b) { return b.section == section; });
  return at == beliefs.end() ? nullptr : &*at;
}

bool service_log_missing(const Record& record) {
  return record.service.empty() && !record.beliefs.empty();
}

}  // namespace lockstep
