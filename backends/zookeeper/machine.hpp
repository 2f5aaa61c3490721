#pragma once
// ZooKeeper's replicated state: the tree and the sessions, as a state machine on the group's log.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/queue.hpp"
#include "backends/raft/state_machine.hpp"
#include "backends/zookeeper/tree.hpp"
#include "core/env.hpp"

namespace lockstep::zookeeper {

/// What one entry of the log does.
struct Command {
  Command() = default;

  /// open: a session begins; attach: its client comes through another connection; write: operations
  /// of one transaction; close: its client ends it; expire: the leader of `term` does.
  enum class Type : std::uint8_t { open, attach, write, close, expire };

  Type type{};
  SessionId session = 0;
  std::uint64_t attachment = 0;  // of the connection that the command came through
  std::uint64_t xid = 0;         // the client's number of the request
  std::uint64_t term = 0;
  std::int64_t timeout = 0;  // ns, granted
  std::string password{};
  std::uint32_t client = index_of(no_node);
  std::uint32_t server = 0;  // through which it came, from 1
  std::vector<Operation> operations{};

  template <class Archive>
  void serialize(Archive& archive) {
    archive(type, session, attachment, xid, term, timeout, password, client, server, operations);
  }
};

/// What a command gave.
struct Outcome {
  Code code{};  // of a multi: of the first that failed
  Zxid zxid = 0;
  SessionId session = 0;
  std::uint64_t attachment = 0;
  std::vector<Answer> answers{};

  void fold(Digest& digest) const;
  std::string describe() const;
};

struct SessionState {
  std::int64_t timeout = 0;  // ns
  std::string password;
  std::uint32_t client = index_of(no_node);
  std::uint64_t attachment = 0;  // the connection that speaks for it now
  std::uint64_t last_xid = 0;    // of what was executed through that

  template <class Archive>
  void serialize(Archive& archive) {
    archive(timeout, password, client, attachment, last_xid);
  }
};

/// Whoever serves clients from this state, told within apply.
class Listener {
 public:
  virtual ~Listener() = default;
  virtual void on_change(const Change& change, Zxid zxid) = 0;
  /// A session was opened, or comes through another connection.
  virtual void on_attached(SessionId session, std::uint64_t attachment) = 0;
  virtual void on_session_over(SessionId session) = 0;
  /// The state jumped ahead: what happened between is unknown.
  virtual void on_restored() = 0;
};

class Machine final : public raft::StateMachine {
 public:
  /// `creates`: see Tree. Tells changes to `env`: see tell_line in machine.cpp.
  Machine(Env& env, std::int32_t creates) : env_(env), tree_(creates) {}

  void set_listener(Listener* listener) { listener_ = listener; }

  Frame apply(const raft::Committed& entry) override;
  std::string snapshot() const override;
  void restore(const std::string& snapshot) override;

  const Tree& tree() const { return tree_; }
  const std::map<SessionId, SessionState>& sessions() const { return sessions_; }
  Zxid zxid() const { return zxid_; }

 private:
  using Line = std::optional<std::string>;  // see queue_text
  using Lines = std::map<std::string, Line>;

  Outcome execute(const Command& command, const raft::Committed& entry);
  Outcome open(const Command& command, const raft::Committed& entry);
  Outcome attach(const Command& command, const raft::Committed& entry);
  Outcome write(const Command& command, const raft::Committed& entry);
  Outcome end(const Command& command, const raft::Committed& entry);
  Zxid next_zxid(raft::Term term);
  Contender contender(std::string_view name, const Tree::Node& node) const;
  const Line& line_at(const std::string& parent);
  Line line_in_tree(const std::string& parent) const;
  Line line_after(const std::string& parent, const Line& before,
                  const std::vector<Change>& changes) const;
  void tell_lines(const Lines& before, const std::vector<Change>& changes, const Command& command,
                  raft::Index position);
  void tell_value(const std::string& path, std::optional<std::string> before,
                  const Command& command, raft::Index position);
  NodeId client_of(SessionId session) const;

  Env& env_;
  Listener* listener_ = nullptr;
  Tree tree_;
  Lines lines_;  // as last told, and so computed from the tree
  std::map<SessionId, SessionState> sessions_;
  std::uint64_t opened_ = 0;
  Zxid zxid_ = 0;
};

}  // namespace lockstep::zookeeper
