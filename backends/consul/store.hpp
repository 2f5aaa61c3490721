#pragma once
// Consul's key-value store and its sessions as a deterministic state machine.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/consul/messages.hpp"
#include "backends/raft/state_machine.hpp"
#include "core/note.hpp"

namespace lockstep::consul {

struct Session {
  std::uint32_t client = 0;
  std::int64_t length = 0;      // ns of silence that it bears: twice its TTL
  std::int64_t lock_delay = 0;  // ns
  Behaviour behaviour{};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(client, length, lock_delay, behaviour);
  }
};

class Store final : public raft::StateMachine {
 public:
  Frame apply(const raft::Committed& entry) override;
  std::string snapshot() const override;
  void restore(const std::string& snapshot) override;

  /// Hears of each change of who holds a key, as a line of one (backends/queue.hpp), and of each
  /// value under "resource:".
  void observe(std::function<void(const KeyChange&)> observer) { observer_ = std::move(observer); }
  /// Hears of each key that a session held as it ended, and of its lock delay.
  void observe_ends(std::function<void(const std::string& key, Duration delay)> observer) {
    ended_ = std::move(observer);
  }

  const std::map<SessionId, Session>& sessions() const { return state_.sessions; }
  /// Null when it is not there.
  const Entry* find(const std::string& key) const;
  /// The index of the last change of a key, its deletion too; 1 for one that never was.
  std::uint64_t changed_at(const std::string& key) const;

 private:
  struct State {
    std::map<SessionId, Session> sessions;
    std::map<std::string, Entry> entries;
    std::map<std::string, std::uint64_t> erased;  // keys that are gone, and since which index

    template <class Archive>
    void serialize(Archive& archive) {
      archive(sessions, entries, erased);
    }
  };

  Reply execute(const Command& command, const raft::Committed& entry);
  Reply transact(const std::vector<Operation>& operations);
  /// Whether the operation's condition is met, in the state that those before it made.
  bool allows(const Operation& operation) const;
  void perform(const Operation& operation);
  void end_session(SessionId id);
  void put(const std::string& key, Entry entry);
  void erase(const std::string& key);
  void tell(const std::string& key, const Entry* before, const Entry* after);

  State state_;
  raft::Index index_ = 0;  // of the entry under way
  NodeId by_ = no_node;    // whose it is
  ChangeCause cause_{};
  std::function<void(const KeyChange&)> observer_;
  std::function<void(const std::string&, Duration)> ended_;
};

}  // namespace lockstep::consul
