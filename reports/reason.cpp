// Which assumption broke, read off the record: how the first's grant ended, or that it did not;
// whose clock said so; whether its holder was there to see it; whether its write was under way.
#include <fmt/core.h>

#include <algorithm>

#include "reports/incident_facts.hpp"
#include "reports/plain.hpp"
#include "reports/story.hpp"
#include "reports/traced.hpp"

namespace lockstep::reports {
namespace {

/// A clause as the beginning of a sentence; names stay as they are.
std::string begun(std::string clause) {
  for (const std::string_view word : {"the ", "nothing ", "all "}) {
    if (clause.starts_with(word)) clause[0] = static_cast<char>(clause[0] - 'a' + 'A');
  }
  return clause;
}

class Reasoner {
 public:
  explicit Reasoner(const Outcome& outcome, const Incident& incident)
      : outcome_(outcome),
        record_(outcome.record),
        facts_(outcome.record, incident),
        traced_(outcome),
        first_(*incident.first),
        second_(*incident.second),
        ended_(incident.ended),
        granted_(incident.granted),
        holder_(client_name(record_, first_.process)),
        other_(client_name(record_, second_.process)) {}

  Reason reason() const {
    if (first_.to <= second_.from) {
      if (const auto late = late_effect()) return *late;
    }
    if (ended_ == nullptr || (granted_ != nullptr && granted_->at < ended_->at))
      return two_grants();
    switch (ended_->change) {
      case GrantChange::expired: return expired();
      case GrantChange::released: return released();
      case GrantChange::forgotten: return forgotten();
      case GrantChange::evicted:
        return {Assumption::never_evicted, source(*ended_),
                fmt::format("{} evicted the lock's key at {} s to make room: a cache is no place "
                            "for a lock.",
                            ended_->server, to_text(ended_->at))};
      case GrantChange::granted:
      case GrantChange::renewed: break;
    }
    return two_grants();
  }

 private:
  Source source(const ServiceEvent& event) const { return source_of(record_.service, event); }
  Source source(const FaultSpan& fault) const { return source_of(record_.faults, fault); }
  Source source(const Belief& belief) const { return source_of(record_.beliefs, belief); }

  /// The holds did not overlap, but an effect of the first came after the second's grant.
  std::optional<Reason> late_effect() const {
    if (const ServiceEvent* again = facts_.granted_again()) {
      return Reason{Assumption::renewed_or_lost, source(*again),
                    fmt::format("{} had lost the lock, took it anew at {} s as if that were a "
                                "renewal, and went on with its old work.",
                                holder_, to_text(again->at))};
    }
    const ResourceEvent* write = facts_.late_write();
    if (write == nullptr) return std::nullopt;
    const Op* sent = facts_.sending_of(*write);
    const bool in_time = sent != nullptr && ended_ != nullptr && sent->time < ended_->at;
    if (in_time) {
      const bool lease = ended_->change == GrantChange::expired;
      return Reason{Assumption::delivered_in_time, source_of(record_.resource, *write),
                    fmt::format("{} sent its write at {} s, in time, but it arrived only at {} s, "
                                "after {}. No check that a client makes before it sends can see "
                                "that.",
                                holder_, to_text(sent->time), to_text(write->at),
                                lease ? "the lease was over" : "the grant had ended")};
    }
    if (const FaultSpan* pause = facts_.pause_between(first_.from, write->at)) {
      return Reason{Assumption::awake_holder, source(*pause), asleep(*pause)};
    }
    return std::nullopt;
  }

  std::string asleep(const FaultSpan& pause) const {
    return fmt::format(
        "{} stood still from {} s on, while its grant ran out{}: a client that stands still cannot "
        "see time pass.",
        holder_, to_text(pause.from),
        ended_ != nullptr ? " at " + to_text(ended_->at) + " s" : std::string());
  }

  /// The first's grant lived when the second began to believe.
  Reason two_grants() const {
    if (const ServiceEvent* gone = facts_.end_before(second_))
      return ended_before_told(second_, *gone);
    const ServiceEvent* own = facts_.grant_of(first_);
    const bool one_grant = granted_ == nullptr || own == nullptr;
    if (one_grant && first_.owner == second_.owner && facts_.owner_was_granted()) {
      return {Assumption::holders_told_apart, source(second_),
              fmt::format("To the service {} and {} are one and the same owner: who asks again "
                          "is told that it holds already.",
                          holder_, other_)};
    }
    if (granted_ == nullptr) return not_granted(second_, other_);
    if (own == nullptr) return not_granted(first_, holder_);
    if (record_.quorum <= 1 && own->server != granted_->server) {
      return {Assumption::survives_failover, source(*granted_),
              fmt::format("{} granted the lock to {} at {} s, and did not know of the grant that "
                          "{} had made to {}.",
                          granted_->server, other_, to_text(granted_->at), own->server, holder_)};
    }
    const std::string first = traced_.command_of(*own);
    const std::string second = traced_.command_of(*granted_);
    const bool differ = !first.empty() && !second.empty() && first != second;
    const std::string commands =
        differ ? fmt::format(" {} had asked for it by \"{}\", and {} by \"{}\".", holder_, first,
                             other_, second)
               : "";
    return {
        Assumption::no_more_than_there_is, source(*granted_),
        fmt::format("{} granted the lock to {} at {} s, while the grant of {} was still alive.{}",
                    record_.quorum > 1 ? "Enough servers" : traced_.doer(*granted_), other_,
                    to_text(granted_->at), holder_, commands)};
  }

  Reason not_granted(const Belief& belief, const std::string& client) const {
    return {Assumption::granted_first, source(belief),
            fmt::format("{} believed from {} s on that it held the lock, which the service had not "
                        "granted to it: it took something else for a grant.",
                        client, to_text(belief.from))};
  }

  Reason ended_before_told(const Belief& belief, const ServiceEvent& gone) const {
    const std::string client = client_name(record_, belief.process);
    if (gone.by == belief.process && gone.change != GrantChange::expired) {
      return {Assumption::own_commands_spare_it, source(gone),
              fmt::format("A command of {} itself had ended its grant at {} s; it believed in it "
                          "from {} s on all the same.",
                          client, to_text(gone.at), to_text(belief.from))};
    }
    return {Assumption::told_while_it_lives, source(gone),
            fmt::format("The grant of {} had ended at {} s already when it began to believe in it, "
                        "at {} s.",
                        client, to_text(gone.at), to_text(belief.from))};
  }

  Reason expired() const {
    const ServiceEvent* since = facts_.last_extension();
    if (since != nullptr && since->change == GrantChange::renewed && since->by >= 0 &&
        since->by != first_.process) {
      return changed_by_another(*since);
    }
    const auto promise = traced_.last_promise(holder_, first_.from, ended_->at);
    if (promise) {
      const Duration kept = ended_->at - promise->at;
      if (kept < promise->lasts - promise->lasts / 20) return early(promise->lasts, kept, promise);
    }
    const Duration lease = lease_of(outcome_.scenario);
    const Duration kept = ended_->at - (since != nullptr ? since->at : first_.from);
    if (lease > Duration::zero() && kept < lease - lease / 20) return early(lease, kept);
    if (ended_->at <= first_.from) return ended_before_told(first_, *ended_);
    if (ended_->by >= 0 && ended_->by != first_.process && !facts_.taken_over())
      return foreign_end();
    const FaultSpan* pause = facts_.pause_at(ended_->at);
    const auto clock = wrong_clock(kept);
    // A belief that its own deadline ended would have lasted as long in a client that was awake.
    const bool by_clock = first_.end == BeliefEnd::deadline && clock.has_value();
    if (pause != nullptr && !by_clock) {
      return {Assumption::awake_holder, source(*pause), asleep(*pause)};
    }
    if (clock) return *clock;
    if (const FaultSpan* fault = facts_.cut_off(since != nullptr ? since->at : first_.from)) {
      return {Assumption::holder_learns_in_time, source(*fault),
              fmt::format("{}: the grant of {} ended at {} s, and nothing told it so before {} was "
                          "let in at {} s.",
                          begun(fault->text), holder_, to_text(ended_->at), other_,
                          to_text(second_.from))};
    }
    if (first_.end == BeliefEnd::told) {
      return {Assumption::holder_learns_in_time, source(*ended_),
              fmt::format("The lease of {} ended at {} s; {} learned that only at {} s.", holder_,
                          to_text(ended_->at), holder_, to_text(first_.to))};
    }
    if (session_of(outcome_.scenario) > Duration::zero()) {
      return {Assumption::lease_as_asked, source(*ended_),
              fmt::format("{} ended the session of {} at {} s, although {} was awake and nothing "
                          "kept it from its servers.",
                          traced_.doer(*ended_), holder_, to_text(ended_->at), holder_)};
    }
    return {Assumption::work_fits_the_lease, source(*ended_),
            fmt::format("{} was still at work when its lease ran out at {} s. Nothing stops a "
                        "client when its lease ends.",
                        holder_, to_text(ended_->at))};
  }

  Reason changed_by_another(const ServiceEvent& since) const {
    const auto left = facts_.left_at(since, lease_of(outcome_.scenario));
    const std::string left_over = left ? fmt::format(", {} later, although {} had been left",
                                                     brief(ended_->at - since.at), brief(*left))
                                       : "";
    return {Assumption::lease_as_asked, source(since),
            fmt::format("{} changed when the lease of {} ends, at {} s: it ended at {} s{}, and {} "
                        "could not know.",
                        client_name(record_, since.by), holder_, to_text(since.at),
                        to_text(ended_->at), left_over, holder_)};
  }

  /// A server had told the holder that it has longer.
  Reason against_promise(const Promise& promise) const {
    std::string sentence = fmt::format(
        "{} renewed the lease of {} for {} at {} s, and yet it ended at {} s.", promise.server,
        holder_, brief(promise.lasts), to_text(promise.at), to_text(ended_->at));
    const auto proposal = traced_.proposal_before(ended_->at);
    const LeadSpan* leader = traced_.leader_at(ended_->at);
    if (proposal && leader != nullptr && proposal->server != traced_.name_of(*leader)) {
      sentence += fmt::format(
          " The command that ended it was proposed by {}, which did not lead: {} had been elected "
          "at {} s.",
          proposal->server, traced_.name_of(*leader), to_text(leader->from));
    }
    return {Assumption::lease_as_asked, source(*ended_), sentence};
  }

  /// The lease did not last as long as was asked for, or promised.
  Reason early(Duration lease, Duration kept,
               const std::optional<Promise>& promise = std::nullopt) const {
    const std::string measured =
        fmt::format("the lease of {} ended after {} of true time", brief(lease), brief(kept));
    if (const FaultSpan* drift = facts_.drift(ended_->server)) {
      return {Assumption::clocks_run_alike, source(*drift),
              fmt::format("{}: {}.", begun(drift->text), measured)};
    }
    if (const FaultSpan* server = facts_.jump_of(ended_->server)) {
      return {Assumption::server_clock_steady, source(*server),
              fmt::format("{}: {}. A lease is only as good as the clock that measures it.",
                          begun(server->text), measured)};
    }
    if (promise) return against_promise(*promise);
    if (const FaultSpan* client = facts_.jump_of_a_client(ended_->by)) {
      return {Assumption::clients_clocks_agree, source(*client),
              fmt::format("{}: by the clocks of the clients {}.", begun(client->text), measured)};
    }
    if (ended_->by >= 0 && facts_.taken_over()) {
      return {Assumption::found_and_taken_at_once, source(*ended_),
              fmt::format("{} took the lock from {} at {} s, although its lease had {} left: what "
                          "finds a lock free and what takes it must be one step, at one time.",
                          client_name(record_, ended_->by), holder_, to_text(ended_->at),
                          brief(lease - kept))};
    }
    if (ended_->by >= 0 && ended_->by != first_.process) return foreign_end();
    return {Assumption::lease_as_asked, source(*ended_),
            fmt::format("{}, at {} s.", "The grant was shorter than asked: " + measured,
                        to_text(ended_->at))};
  }

  Reason foreign_end() const {
    return {Assumption::release_of_its_own, source(*ended_),
            fmt::format("{} ended the grant of {} at {} s: what does not check whose grant it ends "
                        "may end anybody's.",
                        client_name(record_, ended_->by), holder_, to_text(ended_->at))};
  }

  /// The service kept the lease for as long as it had to, by its own clock.
  std::optional<Reason> wrong_clock(Duration kept) const {
    if (const FaultSpan* drift = facts_.drift(ended_->server)) {
      return Reason{Assumption::clocks_run_alike, source(*drift),
                    fmt::format("{}: the lease ended at {} s, after {} of true time, and {} still "
                                "counted it as alive.",
                                begun(drift->text), to_text(ended_->at), brief(kept), holder_)};
    }
    if (const FaultSpan* jump = facts_.jump_of(holder_)) {
      return Reason{Assumption::clients_clocks_agree, source(*jump),
                    fmt::format("{}: by that clock its lease, which ended at {} s, was not over.",
                                begun(jump->text), to_text(ended_->at))};
    }
    return std::nullopt;
  }

  Reason released() const {
    if (ended_->by == first_.process) return ended_by_itself();
    if (ended_->by >= 0) return foreign_end();
    const FaultSpan* fault = facts_.cut_off(first_.from);
    return {
        Assumption::holder_learns_in_time, fault != nullptr ? source(*fault) : source(*ended_),
        fmt::format("{} ended the grant of {} at {} s, and nothing told {} so before {} was let "
                    "in at {} s.",
                    traced_.doer(*ended_), holder_, to_text(ended_->at), holder_, other_,
                    to_text(second_.from))};
  }

  Reason ended_by_itself() const {
    if (ended_->at <= first_.from) return ended_before_told(first_, *ended_);
    return {
        Assumption::own_commands_spare_it, source(*ended_),
        fmt::format("A command of {} itself, sent before or for something else, ended its grant "
                    "at {} s; it went on believing until {} s.",
                    holder_, to_text(ended_->at), to_text(first_.to))};
  }

  Reason forgotten() const {
    const std::string known = fmt::format("the grant of {}", holder_);
    if (granted_ != nullptr && facts_.another_took_over()) {
      return {Assumption::survives_failover, source(*ended_),
              fmt::format("{} went down at {} s, and {}, which took over, did not know of {}.",
                          ended_->server, to_text(ended_->at), granted_->server, known)};
    }
    return {Assumption::survives_restart, source(*ended_),
            fmt::format("{} went down at {} s and came back without {}, which had not been on its "
                        "disk.",
                        ended_->server, to_text(ended_->at), known)};
  }

  const Outcome& outcome_;
  const Record& record_;
  IncidentFacts facts_;
  Traced traced_;
  const Belief& first_;
  const Belief& second_;
  const ServiceEvent* ended_;
  const ServiceEvent* granted_;
  std::string holder_;
  std::string other_;
};

}  // namespace

Reason reason(const Outcome& outcome, const Incident& incident) {
  return Reasoner(outcome, incident).reason();
}

std::vector<Advice> advice(const Outcome& outcome, const Incident& incident) {
  const ResourcePolicy policy = outcome.scenario.resource;
  if (policy == ResourcePolicy::fence_all || policy == ResourcePolicy::same_store) return {};
  // The second to believe may be the older one, who was told late.
  const std::uint64_t first = incident.first->token;
  const std::uint64_t second = incident.second->token;
  const bool rise = std::ranges::none_of(outcome.verdicts, [](const Verdict& verdict) {
    return verdict.property == "token-order" && verdict.status == Status::violated;
  });
  if (first != 0 && second != 0 && first != second && rise) {
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
