#include "checker/properties/story.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/time.hpp"

namespace lockstep {
namespace {

void join(std::string& phrase, const std::string& part) {
  if (!phrase.empty()) phrase += ", ";
  phrase += part;
}

std::string with_token(std::uint64_t token) {
  return token == 0 ? std::string() : fmt::format(" (token {})", token);
}

}  // namespace

std::string at_text(WorldTime at) {
  return to_text(at) + " s";
}

std::string length_text(Duration length) {
  return to_text(Duration(std::chrono::round<std::chrono::milliseconds>(length)));
}

std::string fate_of(const Story& story, const ServiceEvent& end) {
  std::string_view noun = "grant";
  std::string verb;
  switch (end.change) {
    case GrantChange::expired:
      noun = "lease";
      verb = "expired";
      break;
    case GrantChange::evicted: verb = "was evicted"; break;
    case GrantChange::forgotten: verb = "was forgotten with the server's state"; break;
    case GrantChange::released: verb = "was released by " + story.by_whom(end); break;
    case GrantChange::granted:
    case GrantChange::renewed: verb = "went on"; break;
  }
  return fmt::format("{} of {} {} at {}", noun, end.lock, verb, at_text(end.at));
}

bool is_staler(const Ledger& ledger, const Belief& a, const Belief& b) {
  const Grant* of_a = ledger.of(a);
  const Grant* of_b = ledger.of(b);
  if (of_a != nullptr && of_b != nullptr && of_a != of_b && of_a->to() != of_b->to()) {
    return of_a->to() < of_b->to();
  }
  return a.from < b.from;
}

std::string Story::who(std::int64_t process) const {
  if (process >= 0 && static_cast<std::size_t>(process) < record_.processes.size()) {
    return record_.processes[static_cast<std::size_t>(process)];
  }
  return fmt::format("process {}", process);
}

std::string Story::by_whom(const ServiceEvent& event) const {
  return event.by >= 0 ? who(event.by) : event.server;
}

void Story::add(WorldTime at, std::string who, std::string text, std::int64_t op) {
  evidence_.push_back({at, std::move(who), std::move(text), op});
}

void Story::believed(const Belief& belief) {
  add(belief.from, who(belief.process),
      fmt::format("believes that it holds {}{}", belief.lock, with_token(belief.token)), belief.op);
  if (belief.to == never) return;
  add(belief.to, who(belief.process),
      fmt::format("no longer believes that it holds {}: {}", belief.lock, name_of(belief.end)));
}

void Story::granted(const Grant& grant) {
  happened(*grant.begun);
}

void Story::lost(const Grant& grant) {
  if (grant.ended != nullptr) happened(*grant.ended);
}

void Story::happened(const ServiceEvent& event) {
  const std::string holder = event.holder >= 0 ? who(event.holder) : event.owner;
  switch (event.change) {
    case GrantChange::granted:
      add(event.at, event.server,
          fmt::format("grants {} to {}{}", event.lock, holder,
                      record_.quorum > 1 ? ", which makes a quorum" : ""));
      return;
    case GrantChange::renewed:
      add(event.at, event.server, fmt::format("renews {}'s lease of {}", holder, event.lock));
      return;
    case GrantChange::released:
      add(event.at, event.server,
          fmt::format("ends {}'s grant of {}: released by {}", holder, event.lock, by_whom(event)));
      return;
    case GrantChange::expired:
    case GrantChange::evicted:
    case GrantChange::forgotten:
      add(event.at, event.server,
          fmt::format("ends {}'s grant of {}: {}", holder, event.lock, name_of(event.change)));
      return;
  }
}

void Story::accessed(const ResourceEvent& event) {
  const ResourceAccess& access = event.access;
  const std::string token = with_token(access.token);
  if (!access.accepted) {
    add(event.at, access.resource,
        fmt::format("refuses {}'s {}{}: {}", who(event.process), access.write ? "write" : "read",
                    token, access.refusal));
  } else if (access.write) {
    add(event.at, access.resource,
        fmt::format("accepts {}'s write of {}{}, based on version {}, as version {}",
                    who(event.process), access.value, token, access.based_on, access.version));
  } else {
    add(event.at, access.resource,
        fmt::format("gives {} the value {} of version {}{}", who(event.process), access.value,
                    access.version, token));
  }
}

void Story::struck(const FaultSpan& fault) {
  add(fault.from, "nemesis", fault.text);
}

void Story::did(const Op& op) {
  add(op.time, who(op.process),
      fmt::format("{} {}: {}{}{}", op.f, op.key, name_of(op.type), op.error.empty() ? "" : ", ",
                  op.error),
      op.index);
}

std::vector<const FaultSpan*> Story::faults_on(const std::string& node, WorldTime from,
                                               WorldTime to) const {
  std::vector<const FaultSpan*> met;
  for (const FaultSpan& fault : record_.faults) {
    if (fault.to < from || fault.from > to) continue;
    const auto& targets = fault.targets;
    if (std::find(targets.begin(), targets.end(), node) != targets.end()) met.push_back(&fault);
  }
  return met;
}

std::string Story::how_it_came(const Ledger& ledger, const Belief& stale, const Belief& rival,
                               WorldTime until) {
  const Grant* lost_grant = ledger.of(stale);
  const Grant* second = ledger.of(rival);
  if (second == lost_grant) second = nullptr;
  std::string phrase;
  const WorldTime begun = lost_grant != nullptr ? lost_grant->from() : stale.from;
  auto faults = faults_on(who(stale.process), begun, until);
  // Where a grant takes a quorum, both the client's and the server's troubles count.
  if (lost_grant != nullptr && (faults.empty() || record_.quorum > 1)) {
    const ServiceEvent& last = lost_grant->ended ? *lost_grant->ended : *lost_grant->begun;
    for (const FaultSpan* fault : faults_on(last.server, begun, until)) {
      if (std::find(faults.begin(), faults.end(), fault) == faults.end()) faults.push_back(fault);
    }
  }
  // The last faults are the nearest to what happened; two are enough to be told.
  if (faults.size() > 2) faults.erase(faults.begin(), faults.end() - 2);
  for (const FaultSpan* fault : faults) {
    struck(*fault);
    join(phrase, fault->text);
  }
  const bool about_client = !faults.empty() && faults.back()->text.starts_with(who(stale.process));
  if (lost_grant != nullptr) granted(*lost_grant);
  if (lost_grant != nullptr && lost_grant->to() <= until) {
    lost(*lost_grant);
    join(phrase,
         (about_client ? "its " : who(stale.process) + "'s ") + fate_of(*this, *lost_grant->ended));
  }
  if (second != nullptr && second->from() <= until) {
    granted(*second);
    join(phrase, fmt::format("{} was granted {} at {}", who(rival.process), rival.lock,
                             at_text(second->from())));
  }
  return phrase;
}

std::vector<Evidence> Story::tell() && {
  std::stable_sort(evidence_.begin(), evidence_.end(),
                   [](const Evidence& a, const Evidence& b) { return a.at < b.at; });
  std::vector<Evidence> told;
  for (Evidence& next : evidence_) {
    const bool twice = std::any_of(told.begin(), told.end(), [&](const Evidence& e) {
      return e.at == next.at && e.who == next.who && e.text == next.text;
    });
    if (!twice) told.push_back(std::move(next));
  }
  return told;
}

}  // namespace lockstep
