#pragma once
// ZooKeeper's tree of nodes: deterministic, without sessions' clocks and without a network
// (DataTree and PrepRequestProcessor of ZooKeeper 3.8).

#include <map>
#include <set>
#include <string>
#include <vector>

#include "backends/zookeeper/data.hpp"

namespace lockstep::zookeeper {

enum class EventType : std::uint8_t { created, deleted, data_changed, children_changed };
std::string_view name_of(EventType type);

/// What a transaction did to one path.
struct Change {
  EventType type{};  // created, deleted or data_changed
  std::string path;
};

class Tree {
 public:
  struct Node {
    std::string data;
    Stat stat;                 // `cversion` and `children` are computed when it is told
    std::int32_t creates = 0;  // of children, ever: the next sequential one's suffix
    std::set<std::string> children;

    template <class Archive>
    void serialize(Archive& archive) {
      archive(data, stat, creates, children);
    }
  };

  /// `creates`: how many children each new node under /locks is said to have seen already.
  explicit Tree(std::int32_t creates = 0);

  /// Executes the operations of one transaction, all or none; `changes` is what they did, in order.
  /// Of operations that fail, the first says why; those beside it are told RuntimeInconsistency.
  std::vector<Answer> transact(const std::vector<Operation>& operations, Zxid zxid,
                               SessionId session, std::vector<Change>& changes);
  /// Removes all ephemeral nodes of a session in one transaction.
  void end_session(SessionId session, Zxid zxid, std::vector<Change>& changes);

  /// Answers exists, getData or getChildren.
  Answer read(const Operation& operation) const;
  const Node* find(const std::string& path) const;
  static Stat stat_of(const Node& node);
  /// The paths of the nodes that end with that session.
  std::set<std::string> ephemerals_of(SessionId session) const;
  /// Ephemeral children in the order of their creation.
  std::vector<std::pair<std::string, const Node*>> line_at(const std::string& parent) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(nodes_, ephemerals_, first_creates_);
  }

 private:
  Answer execute(const Operation& operation, Zxid zxid, SessionId session,
                 std::vector<Change>& changes);
  Answer create(const Operation& operation, Zxid zxid, SessionId session,
                std::vector<Change>& changes);
  Answer erase(const Operation& operation, Zxid zxid, std::vector<Change>& changes);
  Answer set(const Operation& operation, Zxid zxid, std::vector<Change>& changes);
  void remove(const std::string& path, Zxid zxid, std::vector<Change>& changes);

  std::map<std::string, Node> nodes_;
  std::map<SessionId, std::set<std::string>> ephemerals_;
  std::int32_t first_creates_ = 0;
};

/// "%010d", as Java formats a signed 32 bit number.
std::string sequence_text(std::int32_t number);

}  // namespace lockstep::zookeeper
