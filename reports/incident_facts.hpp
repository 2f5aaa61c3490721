#pragma once
// What the record says around two holds, for whoever asks why they met.

#include "reports/story.hpp"

namespace lockstep::reports {

class IncidentFacts {
 public:
  IncidentFacts(const Record& record, const Incident& incident);

  /// The first's write that came after the second's grant; null: there is none.
  const ResourceEvent* late_write() const;
  /// The call of the client that the access answers.
  const Op* sending_of(const ResourceEvent& write) const;
  /// The service granted the lock to the first's owner again after the second's grant.
  const ServiceEvent* granted_again() const;

  /// The grant that a belief stands on: made after its client had asked for it, or before and
  /// alive.
  const ServiceEvent* grant_of(const Belief& belief) const;
  /// The name by which the service knows the first had been granted the lock, whoever used it.
  bool owner_was_granted() const;
  /// How that grant ended before the belief began.
  const ServiceEvent* end_before(const Belief& belief) const;
  /// The first's grant or its last renewal, before it ended.
  const ServiceEvent* last_extension() const;
  /// What the first's lease had left when somebody changed its end, if that was more than it then
  /// got; it had been of that length since its grant or last renewal.
  std::optional<Duration> left_at(const ServiceEvent& changed, Duration lease) const;
  /// The one command ended the first's grant and made the second's.
  bool taken_over() const;
  /// Who granted to the second is not who forgot the first's grant, or that one was still down.
  bool another_took_over() const;

  /// The fault that kept the first's client from running at that instant; of the other, at any
  /// instant between two.
  const FaultSpan* pause_at(WorldTime at) const;
  const FaultSpan* pause_between(WorldTime from, WorldTime to) const;
  /// A fault between `since` and the grant's end that kept the holder from renewing it or from
  /// hearing that it is over: on its links, else on a server.
  const FaultSpan* cut_off(WorldTime since) const;
  /// A clock that ran fast or slow: the server's, the first's, the second's, or another server's.
  const FaultSpan* drift(const std::string& server) const;
  /// The wall clock of that node had jumped by the grant's end.
  const FaultSpan* jump_of(const std::string& node) const;
  /// The same of the client that judged, the second's, the first's, or any other.
  const FaultSpan* jump_of_a_client(std::int64_t judge) const;

 private:
  bool is_client(const std::string& node) const;
  WorldTime asked_at(const Belief& belief) const;
  const FaultSpan* clock_fault(const std::string& kind, const std::string& node) const;

  const Record& record_;
  const Incident& incident_;
  std::string first_client_;
  std::string second_client_;
  WorldTime over_;  // when the first's grant ended, or the second began to believe
};

}  // namespace lockstep::reports
