#pragma once
// The database of a Chubby cell as a deterministic state machine: sessions, and files with a lock.

#include <functional>
#include <map>
#include <string>

#include "backends/chubby/messages.hpp"
#include "backends/raft/state_machine.hpp"
#include "core/note.hpp"

namespace lockstep::chubby {

struct Session {
  std::uint32_t client = 0;
  std::int64_t length = 0;   // ns, of its lease
  std::uint64_t closed = 0;  // the newest handle that was closed

  template <class Archive>
  void serialize(Archive& archive) {
    archive(client, length, closed);
  }
};

/// A file. Its generations count: how often it was written, and how often its lock was taken.
struct Node {
  std::string contents;
  std::uint64_t contents_generation = 0;
  std::uint64_t lock_generation = 0;
  SessionId holder = 0;           // of the lock; 0: it is free
  std::uint64_t handle = 0;       // the holder's
  std::uint64_t newest_seen = 0;  // of the sequencers that were shown with reads and writes

  template <class Archive>
  void serialize(Archive& archive) {
    archive(contents, contents_generation, lock_generation, holder, handle, newest_seen);
  }
};

class Cell final : public raft::StateMachine {
 public:
  Frame apply(const raft::Committed& entry) override;
  std::string snapshot() const override;
  void restore(const std::string& snapshot) override;

  /// Hears of each change of who holds a lock, as a line of one (backends/queue.hpp), and of what
  /// is written to files named "resource:".
  void observe(std::function<void(const KeyChange&)> observer) { observer_ = std::move(observer); }
  /// Hears of each lock that a session held as it ended by itself.
  void observe_failures(std::function<void(const std::string&)> observer) {
    failed_ = std::move(observer);
  }

  const std::map<SessionId, Session>& sessions() const { return state_.sessions; }
  /// Null for a file that was never written or locked.
  const Node* find(const std::string& name) const;
  /// Is it of the grant that the lock is held by now?
  bool is_valid(const Sequencer& sequencer) const;

 private:
  struct State {
    std::map<SessionId, Session> sessions;
    std::map<std::string, Node> nodes;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(sessions, nodes);
    }
  };

  Reply execute(const Command& command, const raft::Committed& entry);
  Reply try_acquire(const Request& request);
  Reply release(const Request& request);
  Reply access(const Request& request);
  void end_session(SessionId id, bool by_itself);
  void set_holder(const std::string& name, SessionId holder);

  State state_;
  raft::Index index_ = 0;  // of the entry under way
  NodeId by_ = no_node;    // whose it is
  ChangeCause cause_{};
  std::function<void(const KeyChange&)> observer_;
  std::function<void(const std::string&)> failed_;
};

}  // namespace lockstep::chubby
