#pragma once
// What a master knows of its clients' caches: who may keep which file, who has been told to drop
// it, and, in a new term, who has not yet dropped everything.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "backends/chubby/messages.hpp"

namespace lockstep::chubby {

class Caches {
 public:
  /// A term begins: what earlier masters knew is lost, so each of these must drop everything first.
  void begin_term(raft::Term term, const std::vector<SessionId>& sessions);
  raft::Term term() const { return term_; }

  /// A session reads a file. True: it may keep it; false: somebody is about to write it.
  bool keep(SessionId session, const std::string& file);
  /// Asks all who keep it to drop it, until `end`.
  void begin_write(const std::string& file) { ++writes_[file]; }
  void end_write(const std::string& file);
  /// Does anybody keep it, or perhaps do so since an earlier term?
  bool kept(const std::string& file) const;

  /// What a session has yet to drop.
  std::vector<std::string> to_drop(SessionId session) const;
  /// How often anything was kept so far: what is told along with to_drop.
  std::uint64_t kept_so_far() const { return kept_so_far_; }
  /// It has dropped these, as it was told when so much had been kept, and everything that is older
  /// than the term that it knows. What it has kept since is not meant: an answer may come twice.
  void dropped(SessionId session, const std::vector<std::string>& files, raft::Term known,
               std::uint64_t told_at);
  /// A session ended: it keeps nothing.
  void forget(SessionId session);

 private:
  raft::Term term_ = 0;
  std::uint64_t kept_so_far_ = 0;
  std::set<SessionId> unheard_;                                        // in this term
  std::map<std::string, std::map<SessionId, std::uint64_t>> keepers_;  // and when they did
  std::map<std::string, int> writes_;                                  // under way
};

}  // namespace lockstep::chubby
