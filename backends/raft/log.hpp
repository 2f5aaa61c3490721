#pragma once
// A member's log in memory: the entries after a snapshot, and the configurations among them.

#include <utility>
#include <vector>

#include "backends/raft/entry.hpp"

namespace lockstep::raft {

class Log {
 public:
  /// Where it begins: the index and term of the last entry that it no longer has.
  Index base() const { return base_; }
  Term base_term() const { return base_term_; }
  Index last() const { return base_ + entries_.size(); }
  Term last_term() const { return entries_.empty() ? base_term_ : entries_.back().term; }

  bool has(Index index) const { return index > base_ && index <= last(); }
  const Entry& at(Index index) const { return entries_[index - base_ - 1]; }
  /// True when the entry at `index` is known to be of `term`; index 0 is of term 0.
  bool matches(Index index, Term term) const;
  /// The term of an entry in the log, or of its base. Needs base() <= index <= last().
  Term term_at(Index index) const { return index == base_ ? base_term_ : at(index).term; }
  /// Copies of up to `count` entries from `first` on.
  std::vector<Entry> slice(Index first, std::size_t count) const;

  void append(Entry entry);
  /// Takes away all entries after `index`, which is not before the base.
  void truncate(Index index);
  /// Forgets the entries up to `index`, which are in a snapshot.
  void compact(Index index);
  /// Begins anew after a snapshot.
  void reset(const Snapshot& snapshot);

  /// The latest configuration in the log, committed or not, and where it stands.
  const Configuration& configuration() const { return configurations_.back().second; }
  Index configuration_index() const { return configurations_.back().first; }
  /// The configuration as of an entry that is not before the base.
  const Configuration& configuration_at(Index index) const;

 private:
  Index base_ = 0;
  Term base_term_ = 0;
  std::vector<Entry> entries_;
  std::vector<std::pair<Index, Configuration>> configurations_{{0, {}}};  // never empty
};

}  // namespace lockstep::raft
