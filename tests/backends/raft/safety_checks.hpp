#pragma once
// What Raft promises (dissertation, figure 3.2), checked against all members after every step of a
// run by somebody who sees everything.

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "backends/raft/consensus.hpp"

namespace lockstep::raft {

class SafetyChecks {
 public:
  explicit SafetyChecks(std::size_t servers) : seen_(servers) {}

  /// A member as it is now; `life` counts the starts of its process.
  void look(std::size_t server, std::uint64_t life, const Consensus& member);
  /// It is not alive.
  void gone(std::size_t server) { seen_[server].role = Consensus::Role::follower; }
  /// A state machine executed a command; `state` is a digest of its whole state afterwards.
  void applied(Index index, const std::string& command, std::uint64_t state);
  void violated(std::string what);

  /// What was broken first; empty: nothing.
  const std::string& violation() const { return violation_; }
  /// The largest index that any member ever knew to be committed.
  Index committed() const { return committed_.empty() ? 0 : committed_.size() - 1; }

  // How much there was to check.
  std::uint64_t elections() const { return leaders_.size(); }
  std::uint64_t truncations() const { return truncations_; }
  std::uint64_t configurations() const { return configurations_; }
  /// True once for each election, commit or new configuration since it was asked last.
  bool take_news() { return std::exchange(news_, false); }
  /// Who was elected, and who learned of a new term, since it was asked last.
  std::vector<std::size_t> take_elected() { return std::exchange(elected_, {}); }
  std::vector<std::size_t> take_voters() { return std::exchange(voters_, {}); }

 private:
  /// A digest of an entry and of all before it.
  using Chain = std::uint64_t;
  struct Seen {
    std::uint64_t life = 0;
    Term term = 0;
    Consensus::Role role{};
    Index base = 0;
    Index last = 0;
    std::uint64_t truncations = 0;
    Index commit = 0;
    std::vector<Chain> chains;  // from the base to the last entry
  };
  struct CommittedEntry {
    Chain chain = 0;
    Term in = 0;  // the lowest term in which a member knew it to be committed
    bool known = false;
  };

  void check_leader(const Seen& before, const Consensus& member);
  void read_log(Seen& seen, const Consensus& member);
  void read_commits(Seen& seen, const Consensus& member);
  void check_complete(const Seen& seen, Index index);
  void commit(Index index, Chain chain, Term term);
  /// The chain that every entry of this index and term has; 0: there was none yet.
  Chain& chain_of(Index index, Term term);

  std::vector<Seen> seen_;
  std::map<Term, ServerId> leaders_;
  std::vector<std::vector<std::pair<Term, Chain>>> chains_;
  std::vector<CommittedEntry> committed_;
  std::map<Index, std::pair<std::string, std::uint64_t>> applied_;
  std::map<std::string, Index> executed_;
  std::string violation_;
  std::uint64_t truncations_ = 0;
  std::uint64_t configurations_ = 0;
  bool news_ = false;
  std::vector<std::size_t> elected_;
  std::vector<std::size_t> voters_;
};

}  // namespace lockstep::raft
