#pragma once
// When sessions expire, as the leader keeps it: in buckets that end at ticks of its own monotonic
// clock, and in no log (ExpiryQueue of ZooKeeper 3.8). A new leader begins every session in full.

#include <map>
#include <vector>

#include "backends/zookeeper/machine.hpp"
#include "core/time.hpp"

namespace lockstep::zookeeper {

class Deadlines {
 public:
  explicit Deadlines(Duration tick) : tick_(tick) {}

  /// A session's client was heard, by the leader of `term`.
  void touch(std::uint64_t term, SessionId session, Duration timeout, SteadyTime now) {
    adopt(term);
    until_[session] = end_of_tick(now + timeout);
  }
  void forget(SessionId session) { until_.erase(session); }

  /// Those whose time is over; they are told again until somebody forgets them.
  std::vector<SessionId> over(std::uint64_t term, const std::map<SessionId, SessionState>& sessions,
                              SteadyTime now) {
    adopt(term);
    std::vector<SessionId> over;
    for (const auto& [session, state] : sessions) {
      const auto known = until_.find(session);
      if (known == until_.end()) {
        until_[session] = end_of_tick(now + Duration(state.timeout));
      } else if (now >= known->second) {
        over.push_back(session);
      }
    }
    return over;
  }

 private:
  SteadyTime end_of_tick(SteadyTime at) const {
    return SteadyTime((nanos(at) / tick_.count() + 1) * tick_);
  }
  void adopt(std::uint64_t term) {
    if (term != term_) until_.clear();
    term_ = term;
  }

  Duration tick_;
  std::uint64_t term_ = 0;
  std::map<SessionId, SteadyTime> until_;
};

}  // namespace lockstep::zookeeper
