#pragma once
// Known ways to get Raft wrong, one switch each. The right algorithm makes none of them.

namespace lockstep::raft {

struct Mistakes {
  bool vote_not_synced = false;      // a vote is given before it is on the disk
  bool commits_old_terms = false;    // entries of older terms are committed by counting (fig. 8)
  bool no_term_check = false;        // appends of deposed leaders are taken
  bool keeps_conflicts = false;      // conflicting entries are not truncated
  bool changes_two_at_once = false;  // a membership change may begin before the last one ended
  bool changes_before_own_term = false;  // and before the leader committed an entry of its term
  bool stale_reads = false;              // a read asks nobody whether its leader still leads
  bool reads_before_own_term = false;  // read index before an entry of the leader's term committed
  bool lease_reads = false;            // a leader answers within the lease that heartbeats gave it
  bool replies_before_commit = false;  // a command is executed once it is in the leader's own log
  bool even_quorum = false;            // half of the members are taken for a majority
  bool no_prevote = false;
};

}  // namespace lockstep::raft
