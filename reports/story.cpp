// Puts what happened around two holds into the order of time, one sentence each.
#include "reports/story.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "reports/plain.hpp"

namespace lockstep::reports {
namespace {

constexpr std::size_t most_accesses = 12;  // of a story; the timeline has them all
constexpr std::size_t most_faults = 8;

std::string token_text(std::uint64_t token) {
  return token == 0 ? std::string("without a token") : fmt::format("with token {}", token);
}

/// "paused for 12.4 s" of "client-1 paused for 12.4 s".
std::string without_name(const std::string& text, const std::string& who) {
  const std::string start = who + " ";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

/// Collects the steps of one incident.
class Teller {
 public:
  Teller(const Outcome& outcome, const Incident& incident, WorldTime violated_at)
      : outcome_(outcome),
        record_(outcome.record),
        incident_(incident),
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
    add_faults();
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

  void add_fault(const FaultSpan& fault) {
    const std::string who = fault.targets.size() == 1 ? fault.targets[0] : "nemesis";
    add(fault.from, StepKind::fault, who, without_name(fault.text, who),
        source_of(record_.faults, fault));
  }

  void add_renewal(const ServiceEvent& event) {
    const std::string other = event.by >= 0 && event.by != event.holder
                                  ? ", on the word of " + client_name(record_, event.by)
                                  : "";
    add(event.at, StepKind::granted, event.server,
        fmt::format("renews the grant of {} for the last time{}", first_client_, other),
        source_of(record_.service, event));
  }

  /// Faults in force between the first's acquire and the end, on those who took part.
  void add_faults() {
    std::size_t told = 0;
    for (const FaultSpan& fault : record_.faults) {
      if (fault.to < from_ || fault.from > to_ || told == most_faults) continue;
      if (!concerns(fault)) continue;
      add_fault(fault);
      ++told;
    }
  }

  bool concerns(const FaultSpan& fault) const {
    if (fault.targets.empty()) return true;
    return std::ranges::any_of(fault.targets, [&](const std::string& target) {
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
    if (renewal != nullptr) add_renewal(*renewal);
    add_others(to_others);
  }

  /// Grants that have nothing to do with the conflict: one line for all of them.
  void add_others(const std::vector<const ServiceEvent*>& grants) {
    if (grants.empty()) return;
    const ServiceEvent& first = *grants.front();
    if (grants.size() == 1) return add_change(first);
    add(first.at, StepKind::granted, first.server,
        fmt::format("grants {} {} more times, until {} s", first.lock, grants.size(),
                    to_text(grants.back()->at)),
        source_of(record_.service, first));
  }

  void add_change(const ServiceEvent& event) {
    const std::string holder = event.holder < 0 ? event.owner : client_name(record_, event.holder);
    if (event.change == GrantChange::granted) {
      const bool again = &event == incident_.granted;
      add(event.at, StepKind::granted, event.server,
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
    add(event.at, StepKind::grant_end, event.server, std::move(text),
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
    const std::string who = fault.targets.size() == 1 ? fault.targets[0] : "nemesis";
    story.steps.push_back({fault.from,
                           StepKind::fault,
                           who,
                           without_name(fault.text, who),
                           {},
                           source_of(outcome.record.faults, fault)});
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
    case Source::Of::evidence: break;
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
  Teller teller(outcome, *incident, story.at);
  story.steps = teller.steps(why.decisive);
  tell_reason(story, why);
  find_decisive(story, why.decisive);
  story.from = story.steps.front().at;
  story.to = teller.to();
  story.headline = headline(outcome, story.at, *incident);
  story.harm = harm(outcome, *incident);
  story.advice = advice(outcome, *incident);
  return story;
}

}  // namespace lockstep::reports
