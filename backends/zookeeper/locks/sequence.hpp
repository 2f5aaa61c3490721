#pragma once
// The lock recipe of ZooKeeper's documentation, which every lock on sequential nodes is a case of:
// contenders stand in line as ephemeral sequential nodes, and each watches who stands before it.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/zookeeper/client.hpp"
#include "backends/zookeeper/locks/belief.hpp"
#include "core/lock.hpp"

namespace lockstep::zookeeper {

/// What siblings do otherwise; by default, what the recipe says.
struct SequenceRules {
  Stops stops = Stops::at_lost;
  bool has_guid = true;            // finds its node again after a connection loss
  bool rechecks = true;            // looks at the line again when it is woken
  bool watches_everybody = false;  // the list of children, not who stands before it
  bool orders_by_name = false;     // names begin with the session, and are compared whole
  bool any_event_wakes = false;    // whatever wakes it is taken for the release
  bool announces = false;          // a holder writes into its node that it holds
  bool lists_elsewhere = false;    // through a second handle, and without sync
  bool trusts_old_nodes = false;   // also those that an earlier session of its own made
  bool declares_loss = false;      // ends a session by its own clock, as Curator does
  bool token_is_sequence = false;
  bool removes_parent = false;              // when nobody stands in line
  bool readers = false;                     // may share it
  bool reads_wait_for_all_writers = false;  // also for those that came later
};

/// Slips that are not a lock's own, but switched on by a setting.
struct SequenceSlips {
  SequenceSlips() = default;

  bool compares_as_integers = false;  // a suffix that wrapped to negative sorts first
  bool releases_once = false;         // a release that loses its connection is not tried again
  bool withdraws_once = false;        // nor is the removal of a node that gave up waiting
  bool misses_early_events = false;   // an event before the wait began wakes nobody
  Duration resets_after{};  // after a reconnect its node goes, whatever became of it; zero: never
};

/// A contender's node.
struct Place {
  Place() = default;

  SessionId session = 0;
  std::string path;
  Zxid czxid = 0;
};

class SequenceLock : public Lock {
 public:
  SequenceLock(Env& env, LockOptions options, SequenceRules rules);

  Task<Result<Lease>> acquire(std::string name, Duration patience) override;
  Task<Result<Lease>> acquire_shared(std::string name, Duration patience) override;
  Task<Result<void>> release(Lease lease) override;
  bool still_held(const Lease& lease) const override;

 protected:
  Task<Result<Lease>> contend(std::string name, Duration patience, bool shared);
  /// Creates a node in line. Ends in `lost` with the session, in `refused` when nothing was sent.
  Task<Result<Place>> stand_in_line(std::string parent, SessionId session, Deadline until,
                                    bool shared);
  Task<Result<Place>> find_again(SessionId session, std::string parent, std::string prefix);
  /// Waits until nobody stands before it. Ends in `held` when patience ran out, in `lost` when its
  /// node is gone.
  Task<Result<void>> wait_for_turn(Place place, Deadline until, bool shared);
  Task<Result<std::vector<std::string>>> list(Place place, WatchPtr watch);
  Task<bool> wait_for_event(Place place, WatchPtr watch, Deadline until);
  /// Ends in `lost` when the node was gone, or the session is.
  Task<Result<void>> remove(Place place, bool once);
  Task<void> remove_parent(Place place);
  Task<void> announce(Place place);
  void reset_when_back(Duration after);
  Lease believe(std::string name, const Place& place, bool shared);
  std::string node_prefix(SessionId session, bool shared);
  /// Those whom this one waits for, the last of them first in time to come; none: it is its turn.
  std::optional<std::string> predecessor(const std::vector<std::string>& line,
                                         const std::string& own, bool shared) const;
  bool before(const std::string& a, const std::string& b) const;

  Env& env_;
  SequenceRules rules_;
  SequenceSlips slips_;
  ClientPtr client_;
  ClientPtr reader_;  // the same, or the second handle
  std::shared_ptr<Belief> belief_;
  Place held_;
  std::shared_ptr<Place> standing_;  // the node that was made last
  std::string guid_;
};

std::string lock_path(const std::string& name);
/// The number at the end of a sequential node's name.
std::int64_t sequence_in(std::string_view name);

}  // namespace lockstep::zookeeper
