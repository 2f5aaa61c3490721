#pragma once
// The service's side of the story: which grants there were, from when to when, and whose.

#include <cstdint>
#include <string>
#include <vector>

#include "core/record.hpp"

namespace lockstep {

/// One grant, from the event that began it to the event that ended it. A grant that a server forgot
/// when it died and read back when it started again has not ended.
struct Grant {
  const ServiceEvent* begun = nullptr;
  const ServiceEvent* ended = nullptr;  // null: it was live when the record ended

  const std::string& lock() const { return begun->lock; }
  const std::string& owner() const { return begun->owner; }
  WorldTime from() const { return begun->at; }
  WorldTime to() const { return ended ? ended->at : never; }
  bool live_at(WorldTime at) const { return from() <= at && at < to(); }
  /// True when something other than its owner's own command ended it.
  bool taken_away() const {
    return ended && (ended->change != GrantChange::released ||
                     (ended->by != begun->holder && ended->by != -1));
  }
};

/// The grants of a record, in the service's order. A view: the record must outlive it.
class Ledger {
 public:
  explicit Ledger(const Record& record);

  const std::vector<Grant>& grants() const { return grants_; }
  /// The grant that a belief rests on: the last one to its owner (to its process, where the service
  /// knows no owners) that began before it. Null when the service's log has none.
  const Grant* of(const Belief& belief) const;

 private:
  bool restore(const ServiceEvent& event);

  const Record& record_;
  std::vector<Grant> grants_;
  std::size_t restored_ = 0;
};

/// The belief of that number; null when there is none (0: the access was made in no section).
const Belief* belief_of(const Record& record, std::uint64_t section);

/// True when clients got locks and the record does not say what the service did.
bool service_log_missing(const Record& record);

}  // namespace lockstep
