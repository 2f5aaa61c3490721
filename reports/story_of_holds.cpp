// The story of two holds that met: who held, what struck, who led, how the first's grant ended, and
// which accesses came too late.
#include <fmt/core.h>

#include <algorithm>

#include "reports/incident_facts.hpp"
#include "reports/plain.hpp"
#include "reports/story.hpp"
#include "reports/traced.hpp"

namespace lockstep::reports {
namespace {

constexpr std::size_t most_accesses = 12;  // of a story; the timeline has them all
constexpr std::size_t most_faults = 8;
constexpr std::size_t most_elections = 4;

std::string token_text(std::uint64_t token) {
  return token == 0 ? std::string("without a token") : fmt::format("with token {}", token);
}

/// Collects the steps of one incident.
class Teller {
 public:
  Teller(const Outcome& outcome, const Incident& incident, WorldTime violated_at)
      : outcome_(outcome),
        record_(outcome.record),
        incident_(incident),
        facts_(outcome.record, incident),
        traced_(outcome),
        first_(*incident.first),
        second_(*incident.second),
        first_client_(client_name(record_, first_.process)),
        second_client_(client_name(record_, second_.process)),
        from_(first_.from),
        to_(std::max(violated_at, second_.from)) {
    find_accesses();
  }

  std::vector<StoryStep> steps(const Source& decisive) {
    add_belief(first_, first_client_);
    add_faults(decisive);
    add_elections();
    add_resumes();
    add_service();
    add_belief(second_, second_client_);
    for (const ResourceEvent* event : accesses_) add_access(*event);
    add_decisive(decisive);
    std::ranges::stable_sort(steps_, {}, &StoryStep::at);
    return std::move(steps_);
  }
  WorldTime to() const { return to_; }

 private:
  void add(WorldTime at, StepKind kind, std::string who, std::string text, Source source,
           std::string mark = {}) {
    steps_.push_back({at, kind, std::move(who), std::move(text), std::move(mark), source});
  }

  bool of_incident(const ResourceEvent& event) const {
    const std::uint64_t section = event.access.section;
    return section != 0 && (section == first_.section || section == second_.section ||
                            (victim_ != nullptr && section == victim_->section));
  }
  bool of_incident(const ServiceEvent& event) const {
    return event.owner == first_.owner || event.owner == second_.owner ||
           (victim_ != nullptr && event.owner == victim_->owner);
  }

  /// The accesses up to the last one of the first hold, which is the one that is late, and on to
  /// the write that overwrites it unseen.
  void find_accesses() {
    const ResourceEvent* late = nullptr;
    for (const ResourceEvent& event : record_.resource) {
      if (event.access.section != first_.section || event.at < from_) continue;
      to_ = std::max(to_, event.at);
      if (event.access.write && event.access.accepted && newer_holds(event)) late = &event;
    }
    if (late != nullptr) find_victim(*late);
    for (const ResourceEvent& event : record_.resource) {
      if (!of_incident(event) || event.at < from_ || event.at > to_) continue;
      if (accesses_.size() < most_accesses || event.at >= second_.from) accesses_.push_back(&event);
    }
  }

  /// Whose update and the late write did not see each other.
  void find_victim(const ResourceEvent& late) {
    for (const ResourceEvent& event : record_.resource) {
      const ResourceAccess& access = event.access;
      if (access.resource != late.access.resource || !access.write || !access.accepted) continue;
      const bool overwrites =
          access.based_on < late.access.version && late.access.version < access.version;
      const bool overwritten =
          late.access.based_on < access.version && access.version < late.access.version;
      if (!overwrites && !overwritten) continue;
      const auto hold = std::ranges::find(record_.beliefs, access.section, &Belief::section);
      if (access.section == 0 || hold == record_.beliefs.end()) continue;
      const bool third = hold->section != first_.section && hold->section != second_.section;
      if (third) victim_ = &*hold;
      to_ = std::max(to_, event.at);
      return;
    }
  }

  void add_belief(const Belief& belief, const std::string& client) {
    const bool overlaps = &belief == &second_ && first_.to > second_.from;
    std::string text =
        fmt::format("{} {}", overlaps ? "is told that it holds" : "acquires", belief.lock);
    if (belief.token != 0) text += fmt::format(" with token {}", belief.token);
    const Duration lease = lease_of(outcome_.scenario);
    if (&belief == &first_ && lease > Duration::zero()) {
      text += fmt::format(", for a lease of {}", brief(lease));
    }
    const Duration session = session_of(outcome_.scenario);
    if (&belief == &first_ && session > Duration::zero()) {
      text += fmt::format(", in a session of {}", brief(session));
    }
    if (overlaps) text += fmt::format("; {} still believes so too", first_client_);
    add(belief.from, StepKind::acquired, client, std::move(text),
        source_of(record_.beliefs, belief), overlaps ? "two holders" : "");
  }

  /// Whatever else is told: without the event that decided it all would be in vain.
  void add_decisive(const Source& decisive) {
    if (std::ranges::find(steps_, decisive, &StoryStep::source) != steps_.end()) return;
    if (decisive.of == Source::Of::fault) add_fault(record_.faults[decisive.index]);
    if (decisive.of == Source::Of::resource) add_access(record_.resource[decisive.index]);
    if (decisive.of != Source::Of::service) return;
    const ServiceEvent& event = record_.service[decisive.index];
    event.change == GrantChange::renewed ? add_renewal(event) : add_change(event);
  }

  void add_fault(const FaultSpan& fault) { steps_.push_back(fault_step(record_, fault)); }

  void add_renewal(const ServiceEvent& event) {
    const bool foreign = event.by >= 0 && event.by != event.holder;
    if (!foreign) {
      add(event.at, StepKind::granted, traced_.doer(event),
          fmt::format("renews the grant of {} for the last time", first_client_),
          source_of(record_.service, event));
      return;
    }
    const std::string command = traced_.command_of(event);
    const bool shortened = facts_.left_at(event, lease_of(outcome_.scenario)).has_value();
    add(event.at, StepKind::granted, traced_.doer(event),
        fmt::format("changes when the lease of {} ends, on the word of {}{}", first_client_,
                    client_name(record_, event.by), command.empty() ? "" : ": " + command),
        source_of(record_.service, event), shortened ? "lease cut short" : "");
  }

  /// Where servers renew without a word for the record, what they said to the holder.
  void add_promise() {
    if (incident_.ended == nullptr || incident_.ended->change != GrantChange::expired) return;
    const auto promise = traced_.last_promise(first_client_, from_, incident_.ended->at);
    if (!promise) return;
    add(promise->at, StepKind::granted, promise->server,
        fmt::format("renews the lease of {} for {}, for the last time before it ends",
                    first_client_, brief(promise->lasts)),
        {Source::Of::trace, promise->entry});
  }

  /// Who came to lead the service since the first of what is told.
  void add_elections() {
    WorldTime since = from_;
    for (const StoryStep& step : steps_) since = std::min(since, step.at);
    std::size_t told = 0;
    const LeadSpan* before = nullptr;
    for (const LeadSpan& leader : traced_.leaders()) {
      const bool another = before != nullptr && before->node != leader.node;
      if (leader.from >= since && leader.from <= to_ && told++ < most_elections) {
        add(leader.from, StepKind::elected, traced_.name_of(leader),
            fmt::format("leads from now on, in term {}{}", leader.term,
                        another ? ", in place of " + traced_.name_of(*before) : ""),
            {Source::Of::trace, traced_.entry_of(leader)});
      }
      before = &leader;
    }
  }

  /// Faults in force between the first's grant and the end, on those who took part.
  void add_faults(const Source& decisive) {
    const ServiceEvent* grant = facts_.grant_of(first_);
    const WorldTime since = grant != nullptr ? std::min(grant->at, from_) : from_;
    std::size_t told = 0;
    for (const FaultSpan& fault : record_.faults) {
      if (fault.to < since || fault.from > to_ || told == most_faults) continue;
      if (!concerns(fault, decisive)) continue;
      add_fault(fault);
      ++told;
    }
  }

  bool concerns(const FaultSpan& fault, const Source& decisive) const {
    if (fault.targets.empty()) return true;
    const bool of_service = decisive.of == Source::Of::service;
    const std::int64_t by = of_service ? record_.service[decisive.index].by : -1;
    return std::ranges::any_of(fault.targets, [&](const std::string& target) {
      if (by >= 0 && target == client_name(record_, by)) return true;
      if (target == second_client_) return fault.to >= second_.from;
      return target == first_client_ ||
             std::ranges::find(record_.processes, target) == record_.processes.end();
    });
  }

  void add_resumes() {
    const NodeSpan* before = nullptr;
    for (const NodeSpan& span : record_.nodes) {
      if (span.node != first_client_) continue;
      const bool back = before != nullptr && before->state != "up" && span.state == "up";
      if (back && span.from >= from_ && span.from <= to_) {
        add(span.from, StepKind::resumed, span.node,
            before->state == "paused" ? "runs on, as if no time had passed" : "runs again",
            source_of(record_.nodes, span));
      }
      before = &span;
    }
  }

  void add_service() {
    const ServiceEvent* renewal = nullptr;
    std::vector<const ServiceEvent*> to_others;
    for (const ServiceEvent& event : record_.service) {
      if (event.lock != first_.lock || event.at < from_ || event.at > to_) continue;
      const bool renewed = event.change == GrantChange::renewed;
      if (renewed && event.owner == first_.owner) renewal = &event;
      if (renewed) continue;
      if (of_incident(event)) {
        add_change(event);
      } else if (event.change == GrantChange::granted) {
        to_others.push_back(&event);
      }
    }
    renewal != nullptr ? add_renewal(*renewal) : add_promise();
    const ServiceEvent* own = incident_.ended == nullptr ? facts_.grant_of(first_) : nullptr;
    if (own != nullptr && own->at < from_) add_change(*own);
    add_others(to_others);
  }

  /// Grants that have nothing to do with the conflict: one line for all of them.
  void add_others(const std::vector<const ServiceEvent*>& grants) {
    if (grants.empty()) return;
    const ServiceEvent& first = *grants.front();
    if (grants.size() == 1) return add_change(first);
    add(first.at, StepKind::granted, traced_.doer(first),
        fmt::format("grants {} {} more times, until {} s", first.lock, grants.size(),
                    to_text(grants.back()->at)),
        source_of(record_.service, first));
  }

  void add_change(const ServiceEvent& event) {
    const std::string holder = event.holder < 0 ? event.owner : client_name(record_, event.holder);
    if (event.change == GrantChange::granted) {
      const bool again = &event == incident_.granted;
      add(event.at, StepKind::granted, traced_.doer(event),
          fmt::format("grants {} to {}", event.lock, holder), source_of(record_.service, event),
          again ? "second grant" : "");
      return;
    }
    std::string text = fmt::format("{} of {} {}", event.lock, holder, name_of(event.change));
    std::string mark;
    const bool foreign = event.by >= 0 && event.by != event.holder;
    if (event.change == GrantChange::expired && foreign && makes_room(event)) {
      text = fmt::format("counts the lease of {} as over, when {} asks", holder,
                         client_name(record_, event.by));
      mark = "expiry";
    } else if (event.change == GrantChange::expired && !foreign) {
      text = fmt::format("the lease of {} expires", holder);
      mark = "expiry";
    } else if (event.by >= 0 && event.by == event.holder) {
      text = fmt::format("gets {} back from {}", event.lock, holder);
    } else if (event.by >= 0) {
      text = fmt::format("ends the grant of {} on the word of {}", holder,
                         client_name(record_, event.by));
      mark = "foreign unlock";
    } else {
      text = fmt::format("the grant of {} is {}", holder, name_of(event.change));
      mark = "grant lost";
    }
    const bool of_first = event.holder < 0 || event.holder == first_.process;
    if (event.owner == first_.owner && of_first && first_.to > event.at) {
      const bool away = out_of_action(record_, first_client_, event.at) != nullptr;
      text += fmt::format("; {} {}", holder == first_client_ ? "it" : first_client_,
                          away ? "cannot know" : "has not noticed");
    }
    add(event.at, StepKind::grant_end, traced_.doer(event), std::move(text),
        source_of(record_.service, event), std::move(mark));
  }

  /// The command that ended the one grant made another.
  bool makes_room(const ServiceEvent& end) const {
    return std::ranges::any_of(record_.service, [&](const ServiceEvent& event) {
      return event.change == GrantChange::granted && event.at == end.at && event.by == end.by;
    });
  }

  bool newer_holds(const ResourceEvent& event) const {
    const WorldTime granted = incident_.granted != nullptr ? incident_.granted->at : second_.from;
    return event.access.section == first_.section && event.at >= granted;
  }

  void add_access(const ResourceEvent& event) {
    const ResourceAccess& access = event.access;
    const std::string client = client_name(record_, event.process);
    const std::string token = token_text(access.token);
    if (access.write) add_sending(event);
    if (!access.accepted) {
      add(event.at, StepKind::refused, "resource",
          fmt::format("refuses the {} of {} {}: {}", access.write ? "write" : "read", client, token,
                      access.refusal),
          source_of(record_.resource, event), "refused");
      return;
    }
    if (!access.write) {
      add(event.at, StepKind::accepted, "resource",
          fmt::format("lets {} read {} = {} {}", client, access.resource, access.value, token),
          source_of(record_.resource, event));
      return;
    }
    std::string mark = newer_holds(event) ? "stale write" : "";
    std::string text =
        fmt::format("accepts {} = {} from {} {}", access.resource, access.value, client, token);
    if (access.version > access.based_on + 1) {
      mark += mark.empty() ? "lost update" : ", lost update";
      text += fmt::format("; it overwrites {} that {} never saw",
                          counted(access.version - access.based_on - 1, "write"), client);
    }
    add(event.at, StepKind::accepted, "resource", std::move(text),
        source_of(record_.resource, event), std::move(mark));
  }

  /// A write that was on its way while the lock changed hands.
  void add_sending(const ResourceEvent& event) {
    const WorldTime granted = incident_.granted != nullptr ? incident_.granted->at : second_.from;
    if (!newer_holds(event)) return;
    const Op* sent = nullptr;
    for (const Op& op : record_.history) {
      const bool call = op.type == OpType::invoke && op.f == "write" && op.time <= event.at;
      if (call && op.process == event.process && op.time >= first_.from) sent = &op;
    }
    if (sent == nullptr || sent->time > granted) return;
    add(sent->time, StepKind::sent, client_name(record_, event.process),
        fmt::format("sends its write of {} = {}, which arrives {} later", event.access.resource,
                    event.access.value, brief(event.at - sent->time)),
        source_of(record_.history, *sent), "late write");
  }

  const Outcome& outcome_;
  const Record& record_;
  const Incident& incident_;
  IncidentFacts facts_;
  Traced traced_;
  const Belief& first_;
  const Belief& second_;
  std::string first_client_;
  std::string second_client_;
  WorldTime from_;
  WorldTime to_;
  const Belief* victim_ = nullptr;  // a third hold, whose update is lost
  std::vector<const ResourceEvent*> accesses_;
  std::vector<StoryStep> steps_;
};

/// "paused for 12.4 s" of "client-1 paused for 12.4 s".
std::string without_name(const std::string& text, const std::string& who) {
  const std::string start = who + " ";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

}  // namespace

StoryStep fault_step(const Record& record, const FaultSpan& fault) {
  const std::string who = fault.targets.size() == 1 ? fault.targets[0] : "nemesis";
  return {fault.from, StepKind::fault,
          who,        without_name(fault.text, who),
          {},         source_of(record.faults, fault)};
}

ToldHolds steps_of(const Outcome& outcome, const Incident& incident, WorldTime violated_at,
                   const Source& decisive) {
  Teller teller(outcome, incident, violated_at);
  ToldHolds told;
  told.steps = teller.steps(decisive);
  told.to = teller.to();
  return told;
}

}  // namespace lockstep::reports
