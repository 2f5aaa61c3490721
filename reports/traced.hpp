#pragma once
// What the messages of a run say of its leases and leaders, where the record does not: who was
// elected, until when a holder had been told that its lease lasts, which command did it.

#include <optional>
#include <string>
#include <vector>

#include "core/outcome.hpp"
#include "reports/timeline_lanes.hpp"

namespace lockstep::reports {

/// A server's word to a holder that its lease lasts so long from now on.
struct Promise {
  std::size_t entry = 0;  // index into Trace::entries
  WorldTime at{};
  std::string server;
  Duration lasts{};
};

/// A member of a replicated service asked its leader to put a command into the log.
struct Proposal {
  WorldTime at{};
  std::string server;
};

class Traced {
 public:
  /// Nothing is known where the outcome has no trace.
  explicit Traced(const Outcome& outcome);

  /// By their beginnings: who led which term. Empty: no service of this run elects leaders.
  const std::vector<LeadSpan>& leaders() const { return leaders_; }
  /// Index into Trace::entries of the message with which it began.
  std::size_t entry_of(const LeadSpan& leader) const;
  /// The leader of the highest term so far; null: nobody had been elected.
  const LeadSpan* leader_at(WorldTime at) const;
  std::string name_of(const LeadSpan& leader) const { return trace_.nodes[leader.node]; }

  /// The last that any server sent to that client from `since` to `until`, of a lease of which it
  /// had been told before.
  std::optional<Promise> last_promise(const std::string& client, WorldTime since,
                                      WorldTime until) const;
  /// The one proposal of somebody else that reached the leader just before; none: there was none,
  /// or several.
  std::optional<Proposal> proposal_before(WorldTime at) const;
  /// What the client whose word it was had just sent, as the server heard it; empty: not known.
  std::string command_of(const ServiceEvent& event) const;
  /// Who did it: the server, or, of a replicated service, all its members: "etcd" of "etcd-1".
  std::string doer(const ServiceEvent& event) const;

 private:
  const Record& record_;
  const Trace& trace_;
  std::vector<LeadSpan> leaders_;
};

}  // namespace lockstep::reports
