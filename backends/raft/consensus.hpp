#pragma once
// Raft itself, as a machine without a world: letters and instants go in; letters, things to save
// and committed entries come out. Whoever drives it does what it says, in the order it says.
//
// Numbers in comments are sections of Ongaro's dissertation.

#include <deque>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "backends/raft/log.hpp"
#include "backends/raft/messages.hpp"
#include "backends/raft/mistakes.hpp"
#include "core/random.hpp"
#include "core/time.hpp"

namespace lockstep::raft {

/// What must be on the disk before a vote or an answer that depends on it leaves.
struct HardState {
  Term term = 0;
  ServerId vote;  // whom it voted for in that term

  friend bool operator==(const HardState&, const HardState&) = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(term, vote);
  }
};

/// What a disk gave back.
struct Saved {
  Saved() = default;

  ServerId self;
  std::uint64_t boot = 0;  // how often the member has started, this time included
  HardState state;
  Snapshot snapshot;
  std::vector<Entry> entries;  // after the snapshot
};

/// What is to be written, all of it or nothing.
struct Save {
  Save() = default;

  std::optional<HardState> state;
  Index first = 0;  // not 0: the log from here on is `entries`, whatever it was
  std::vector<Entry> entries;
  std::optional<Snapshot> snapshot;  // to be written first; `entries` is then all that is after it
  bool must_sync = true;

  bool empty() const { return !state && first == 0 && !snapshot; }
};

class Consensus {
 public:
  struct Options {
    Options() = default;

    std::vector<NodeId> servers;  // those that the group begins with
    bool founds = false;          // is the one that begins it
    Duration election_timeout = 1s;
    Duration heartbeat = 100ms;
    std::size_t most_entries = 64;  // in one append
    Mistakes mistakes{};
  };

  /// `random` outlives it.
  Consensus(Options options, const Saved& saved, Random& random, SteadyTime now);

  // What goes in.
  void receive(const Letter& letter, SteadyTime now);
  /// deadline() has passed.
  void wake(SteadyTime now);
  /// Appends the command if it leads, else passes it on; false when it knows of no leader.
  bool propose(Entry entry, SteadyTime now);
  /// Asks up to where to apply before reading; take_reads() will say. False: it knows of no leader.
  bool read(ProposalId id, SteadyTime now);
  /// A node that says hello from now on may join; no longer.
  void invite(NodeId node) { invited_.insert(node); }
  void disinvite(NodeId node) { invited_.erase(node); }
  /// Takes a node out of the group; false when it may not now, or does not lead.
  bool remove(NodeId node, SteadyTime now);
  /// Everything up to the snapshot's index, which was applied here, is in it.
  void compact(Snapshot snapshot);

  // What comes out. Letters of the first kind may leave at once, those of the second once the save
  // that is taken with them is on the disk.
  std::vector<Letter> take_letters(SteadyTime now);
  Save take_save(std::vector<Letter>& letters_after);
  /// The save that was taken last is on the disk; its log ended so.
  void saved(Index last, Term term);
  /// That save's state is: a candidate's own vote counts from now on.
  void saved(const HardState& state);
  std::vector<std::pair<ProposalId, Index>> take_reads() { return std::exchange(reads_, {}); }
  /// When to call wake at the latest.
  SteadyTime deadline() const;
  /// Up to where entries may be applied.
  Index appliable() const;

  // What it is.
  enum class Role : std::uint8_t { follower, pre_candidate, candidate, leader };
  Role role() const { return role_; }
  const ServerId& self() const { return self_; }
  const ServerId& leader() const { return leader_; }
  Term term() const { return state_.term; }
  Index commit() const { return commit_; }
  /// The first entry of its own term, as a leader.
  Index term_start() const { return term_start_; }
  const Log& log() const { return log_; }
  const Snapshot& snapshot() const { return snapshot_; }
  const Configuration& configuration() const { return log_.configuration(); }
  /// How often entries were taken away from the log's end.
  std::uint64_t truncations() const { return truncations_; }
  /// Is in a group, as far as it knows.
  bool founded() const { return !configuration().voters.empty(); }

 private:
  /// What a leader knows of another member.
  struct Peer {
    explicit Peer(ServerId i) : id(i) {}

    ServerId id;
    Index match = 0;  // up to here its log is known to agree
    Index next = 1;   // what to send next, in the hope that all before arrives
    Index told = 0;   // the commit index that it was sent last
    std::uint64_t round = 0;
    bool probing = false;         // where its log agrees is not known: one append at a time
    std::uint64_t in_flight = 0;  // appends without an answer yet
    std::optional<SteadyTime> installing{};  // since when a snapshot is on its way
  };
  struct WaitingRead {
    ProposalId id;
    Index index = 0;
    std::uint64_t round = 0;
  };

  // consensus.cpp
  void send(const ServerId& to, LetterBody body, Term term);
  void send(const ServerId& to, LetterBody body) { send(to, std::move(body), state_.term); }
  void step_down(Term term, ServerId leader);
  void append(Entry entry);
  void truncate(Index index);
  void log_changed_from(Index index);
  std::size_t majority() const { return configuration().majority(options_.mistakes.even_quorum); }
  bool is_voter() const { return configuration().votes(self_); }
  /// The largest number that a majority of the voters has reached.
  template <class Number>
  Number reached(Number own, Number Peer::*others) const;
  Peer* peer(const ServerId& id);

  // election.cpp
  void heard_of(const ServerId& leader);
  bool hears_leader() const;
  void draw_patience();
  void campaign();
  void stand();
  void ask_for_votes(bool pre);
  void count_vote(const ServerId& from);
  void lead();
  bool up_to_date(const VoteRequest& request) const;
  void on(const Letter& letter, const VoteRequest& request);
  void on(const Letter& letter, const VoteReply& reply);

  // replication.cpp
  bool accept_leader(const Letter& letter);
  void on(const Letter& letter, const AppendRequest& request);
  void on(const Letter& letter, const AppendReply& reply);
  void on(const Letter& letter, const InstallRequest& request);
  void on(const Letter& letter, const Forward& forward);
  void take_entries(const AppendRequest& request);
  Index where_they_may_agree(Index previous) const;
  static bool rejects(const Peer& peer, const AppendReply& reply);
  void replicate(Peer& peer);
  void send_append(Peer& peer, bool silent);
  void send_snapshot(Peer& peer);
  void advance_commit();
  void commit_to(Index index);

  // reads.cpp
  bool committed_own_term() const { return commit_ >= term_start_; }
  void begin_round();
  void confirm_rounds();
  void start_read(const ProposalId& id);
  void answer_read(const ProposalId& id, Index index);
  void on(const Letter& letter, const ReadRequest& request);
  void on(const Letter& letter, const ReadReply& reply);

  // membership.cpp
  void say_hello();
  void found();
  void on(const Letter& letter, const Hello& hello);
  void on(const Letter& letter, const HelloReply& reply);
  bool may_change() const;
  void change(const Configuration& configuration);
  void promote_learners();
  void refresh_peers();

  Options options_;
  Random& random_;
  ServerId self_;
  HardState state_;
  Log log_;
  Snapshot snapshot_;
  SteadyTime now_;

  Role role_ = Role::follower;
  ServerId leader_;
  Index commit_ = 0;
  std::uint64_t truncations_ = 0;

  SteadyTime heard_;        // when it last heard from a leader
  SteadyTime election_at_;  // when it stands, if it hears from none
  Duration patience_{};
  std::set<ServerId> votes_;

  // A leader's.
  std::vector<Peer> peers_;
  Index term_start_ = 0;
  std::uint64_t round_ = 0;  // the last question whether it still leads
  std::uint64_t confirmed_ = 0;
  SteadyTime confirmed_at_;  // when the last one that a majority answered was asked
  std::deque<std::pair<std::uint64_t, SteadyTime>> asked_rounds_;
  SteadyTime round_at_;  // when the next is due
  bool beat_ = false;    // a question is to be sent
  std::vector<ProposalId> asked_reads_;
  std::vector<WaitingRead> waiting_reads_;
  std::set<NodeId> invited_;

  // Of a node with an empty disk.
  SteadyTime hello_at_;
  std::vector<std::pair<ServerId, Term>> also_empty_;

  // What is to come out.
  std::vector<Letter> at_once_;
  std::vector<Letter> afterwards_;
  std::vector<std::pair<ProposalId, Index>> reads_;
  bool state_changed_ = false;
  bool snapshot_changed_ = false;
  Index changed_from_ = 0;
  Index saved_ = 0;  // up to here the log is on the disk
};

}  // namespace lockstep::raft
