#pragma once
// Deadlines that only the leader of a group keeps: of sessions, of leases. They are not in the log,
// so a leader that is new begins each of them in full.

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include "backends/raft/state_machine.hpp"
#include "core/time.hpp"

namespace lockstep::raft {

/// One member's, by its steady clock. Whoever leads looks at them again and again.
template <class Key>
class LeaderDeadlines {
 public:
  /// What lives in the state machine, and how much silence of its client it bears.
  using Living = std::vector<std::pair<Key, Duration>>;

  /// Those whose deadline has passed, each of them once in a term. What is new here begins in full,
  /// and so does everything in a new term.
  std::vector<Key> due(Term term, const Living& living, SteadyTime now) {
    adopt(term);
    std::map<Key, Entry> kept;
    std::vector<Key> over;
    for (const auto& [key, length] : living) {
      const auto known = entries_.find(key);
      Entry entry = known == entries_.end() ? Entry{now + length} : known->second;
      if (!entry.condemned && now >= entry.until) {
        entry.condemned = true;
        over.push_back(key);
      }
      kept.emplace(key, entry);
    }
    entries_ = std::move(kept);
    return over;
  }

  /// Its client was heard. False when it is too late: its end was proposed already.
  bool renew(Term term, const Key& key, Duration length, SteadyTime now) {
    adopt(term);
    Entry& entry = entries_[key];
    if (entry.condemned) return false;
    entry.until = std::max(entry.until, now + length);
    return true;
  }

 private:
  struct Entry {
    SteadyTime until{};
    bool condemned = false;
  };

  void adopt(Term term) {
    if (term != term_) entries_.clear();
    term_ = term;
  }

  Term term_ = 0;
  std::map<Key, Entry> entries_;
};

}  // namespace lockstep::raft
