#pragma once
// What drives Raft in a node: letters as datagrams, saves on the disk, a clock, and those who wait.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/raft/applier.hpp"
#include "backends/raft/consensus.hpp"
#include "backends/raft/member.hpp"
#include "backends/raft/storage.hpp"

namespace lockstep::raft {

class Member::Core {
 public:
  Core(Env& env, MemberOptions options, StateMachine& machine);

  Task<void> run();
  Task<Result<Frame>> propose(std::string command, Deadline until);
  Task<Result<void>> read_barrier(Deadline until);
  Task<Result<void>> add_server(NodeId server, Deadline until);
  Task<Result<void>> remove_server(NodeId server, Deadline until);

  bool leads() const;
  Index applied() const { return applied_; }
  Signal& changed() { return changed_; }
  /// Null until the disk was read.
  const Consensus* consensus() const { return consensus_ ? &*consensus_ : nullptr; }

 private:
  /// A proposal or a read that somebody here waits for. It lives in the waiter's own coroutine.
  struct Question {
    Question(Core& core, Entry what, bool reads);
    ~Question() { core.questions_.erase(entry.id.serial); }
    Question(const Question&) = delete;
    Question& operator=(const Question&) = delete;

    Core& core;
    Entry entry;  // of a read: its id alone
    bool is_read;
    std::optional<Index> read_at{};
    std::optional<Frame> reply{};
    Term asked_in = 0;
    Signal answered{};
  };
  /// What whoever waits for changed() is told.
  struct State {
    NodeId leader = no_node;
    bool leads = false;
    Term term = 0;
    Index applied = 0;
    friend bool operator==(const State&, const State&) = default;
  };

  bool believes_to_lead() const;
  void pump();
  void step();
  void post_all(std::vector<Letter> letters);
  Task<void> flush(Save save, std::vector<Letter> letters_after);
  void apply_committed();
  void take_snapshot();
  void answer_reads();
  void tell_changes();
  bool ask(Question& question);
  void ask_again();
  Entry next_entry();
  Task<bool> answered(Question& question, Deadline until);
  void arm();
  Task<void> alarm(SteadyTime at);

  Env& env_;
  MemberOptions options_;
  Storage storage_;
  Applier applier_;
  std::optional<Consensus> consensus_;
  std::uint64_t boot_ = 0;
  Index applied_ = 0;
  bool pumping_ = false;
  bool again_ = false;
  bool flushing_ = false;
  std::uint64_t serial_ = 0;
  std::map<std::uint64_t, Question*> questions_;
  SteadyTime ask_again_at_{};
  Term asked_in_ = 0;  // the last term whose leader was asked everything again
  std::optional<SteadyTime> armed_;
  State told_;
  Signal changed_;
};

}  // namespace lockstep::raft
