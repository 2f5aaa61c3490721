#pragma once
// The lock service as a deterministic state machine: sessions, and a line for each lock whose first
// holds it. A session's commands are executed once, however often they are sent (Ongaro's
// dissertation, 6.3).

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/raft/service/messages.hpp"
#include "backends/raft/state_machine.hpp"
#include "core/note.hpp"

namespace lockstep::raft::service {

/// One in line for a lock.
struct Place {
  SessionId session = 0;
  std::uint64_t serial = 0;   // of its acquire
  std::uint32_t client = 0;   // whose session it is
  std::uint64_t token = 0;    // of its grant, once it is the first
  std::uint32_t entries = 1;  // how often its owner is in

  template <class Archive>
  void serialize(Archive& archive) {
    archive(session, serial, client, token, entries);
  }
};

struct SessionState {
  std::uint32_t client = 0;
  std::int64_t length = 0;   // ns of silence that it bears
  std::uint64_t serial = 0;  // of the last command that was executed
  Reply reply{};             // to it

  template <class Archive>
  void serialize(Archive& archive) {
    archive(client, length, serial, reply);
  }
};

/// What wrong siblings do otherwise.
struct MachineRules {
  bool deduplicates = true;       // a command that comes again is not executed again
  bool releases_by_name = false;  // a release frees the lock, whoever holds it
  bool snapshots_replies = true;  // a snapshot remembers what was executed already
  bool frees_locks = true;        // a session that ends leaves the lines that it stood in
};

class LockMachine final : public StateMachine {
 public:
  explicit LockMachine(MachineRules rules = {}) : rules_(rules) {}

  Frame apply(const Committed& entry) override;
  std::string snapshot() const override;
  void restore(const std::string& snapshot) override;

  /// Hears of each change of a line, as a key "lock:<name>" (backends/queue.hpp).
  void observe(std::function<void(const KeyChange&)> observer) { observer_ = std::move(observer); }
  /// Hears of each session that a keep_alive in the log renewed.
  void observe_renewals(std::function<void(SessionId)> observer) { renewed_ = std::move(observer); }

  // What members read.
  const std::map<SessionId, SessionState>& sessions() const { return state_.sessions; }
  /// Who stands where in the line for a lock; null when nobody does.
  const std::vector<Place>* line(const std::string& lock) const;
  /// How an acquire stands: ok and its token, queued, or lost.
  Reply standing(SessionId session, std::uint64_t serial, const std::string& lock) const;
  /// Who holds a lock: held, its token and owner, or free.
  Reply holder(const std::string& lock) const;

  /// Ends a session here and nowhere else, as no state machine may: members diverge.
  void expire_here(SessionId session);

 private:
  struct State {
    std::map<SessionId, SessionState> sessions;
    std::map<std::string, std::vector<Place>> lines;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(sessions, lines);
    }
  };

  Reply execute(const Command& command, const Committed& entry);
  Reply execute_once(const Command& command);
  Reply act(const Request& request, std::uint32_t client);
  Reply acquire(const Request& request, std::uint32_t client);
  Reply leave(const Request& request, std::uint32_t client);
  Reply release(const Request& request, std::uint32_t client);
  void end_session(SessionId session, ChangeCause cause, std::uint32_t by);
  /// Changes a line, grants the lock to who is first now, and tells of it.
  template <class Change>
  void change_line(const std::string& lock, ChangeCause cause, std::uint32_t by, Change change);

  MachineRules rules_;
  State state_;
  Index index_ = 0;  // of the entry under way
  std::function<void(const KeyChange&)> observer_;
  std::function<void(SessionId)> renewed_;
};

}  // namespace lockstep::raft::service
