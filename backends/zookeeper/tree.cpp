#include "backends/zookeeper/tree.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace lockstep::zookeeper {
namespace {

constexpr std::string_view locks = "/locks";

Answer refusal(Code code) {
  Answer answer;
  answer.code = code;
  return answer;
}

/// Java's int: after 2^31 - 1 comes -2^31.
std::int32_t next(std::int32_t number) {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(number) + 1);
}

}  // namespace

std::string_view name_of(EventType type) {
  switch (type) {
    case EventType::created: return "NodeCreated";
    case EventType::deleted: return "NodeDeleted";
    case EventType::data_changed: return "NodeDataChanged";
    case EventType::children_changed: return "NodeChildrenChanged";
  }
  return "?";
}

std::string sequence_text(std::int32_t number) {
  return fmt::format("{:010}", number);
}

Tree::Tree(std::int32_t creates) : first_creates_(creates) {
  for (const std::string name : {"leases", "locks", "resources"}) {
    nodes_["/" + name];
    nodes_["/"].children.insert(name);
  }
}

const Tree::Node* Tree::find(const std::string& path) const {
  const auto at = nodes_.find(path);
  return at == nodes_.end() ? nullptr : &at->second;
}

Stat Tree::stat_of(const Node& node) {
  Stat stat = node.stat;
  stat.children = static_cast<std::int32_t>(node.children.size());
  // Each child that is gone counts twice: for its creation and for its deletion.
  stat.cversion = static_cast<std::int32_t>(static_cast<std::uint32_t>(node.creates) * 2 -
                                            static_cast<std::uint32_t>(stat.children));
  return stat;
}

std::vector<std::pair<std::string, const Tree::Node*>> Tree::line_at(
    const std::string& parent) const {
  std::vector<std::pair<std::string, const Node*>> line;
  const Node* const node = find(parent);
  if (node == nullptr) return line;
  for (const std::string& name : node->children) {
    const Node* const child = find(parent + "/" + name);
    if (child != nullptr && child->stat.ephemeral_owner != 0) line.emplace_back(name, child);
  }
  const auto older = [](const auto& a, const auto& b) {
    return std::pair(a.second->stat.czxid, a.first) < std::pair(b.second->stat.czxid, b.first);
  };
  std::sort(line.begin(), line.end(), older);  // house: names are unique
  return line;
}

Answer Tree::read(const Operation& operation) const {
  const Node* const node = find(operation.path);
  if (node == nullptr) return refusal(Code::no_node);
  Answer answer;
  answer.stat = stat_of(*node);
  if (operation.action == Action::get) answer.data = node->data;
  if (operation.action == Action::children) {
    answer.children.assign(node->children.begin(), node->children.end());
  }
  return answer;
}

std::vector<Answer> Tree::transact(const std::vector<Operation>& operations, Zxid zxid,
                                   SessionId session, std::vector<Change>& changes) {
  std::vector<Answer> answers;
  if (operations.size() == 1) {
    answers.push_back(execute(operations.front(), zxid, session, changes));
    return answers;
  }
  const Tree before = *this;
  std::vector<Change> done;
  std::size_t failed = operations.size();
  for (std::size_t i = 0; i < operations.size(); ++i) {
    answers.push_back(execute(operations[i], zxid, session, done));
    if (answers.back().code == Code::ok) continue;
    failed = i;
    break;
  }
  if (failed == operations.size()) {
    changes.insert(changes.end(), done.begin(), done.end());
    return answers;
  }
  *this = before;
  for (std::size_t i = 0; i < failed; ++i) answers[i] = Answer();
  answers.resize(operations.size(), refusal(Code::runtime_inconsistency));
  return answers;
}

Answer Tree::execute(const Operation& operation, Zxid zxid, SessionId session,
                     std::vector<Change>& changes) {
  switch (operation.action) {
    case Action::create: return create(operation, zxid, session, changes);
    case Action::erase: return erase(operation, zxid, changes);
    case Action::set: return set(operation, zxid, changes);
    case Action::check: {
      const Node* const node = find(operation.path);
      if (node == nullptr) return refusal(Code::no_node);
      const bool same = operation.version == any_version || operation.version == node->stat.version;
      return refusal(same ? Code::ok : Code::bad_version);
    }
    default: break;
  }
  return refusal(Code::bad_arguments);
}

Answer Tree::create(const Operation& operation, Zxid zxid, SessionId session,
                    std::vector<Change>& changes) {
  const std::string parent_path = parent_of(operation.path);
  const auto parent = nodes_.find(parent_path);
  if (parent == nodes_.end()) return refusal(Code::no_node);
  Node& above = parent->second;
  std::string path = operation.path;
  if (operation.sequential) path += sequence_text(above.creates);
  if (nodes_.contains(path)) return refusal(Code::node_exists);
  if (above.stat.ephemeral_owner != 0) return refusal(Code::no_children_for_ephemerals);
  above.creates = next(above.creates);
  above.stat.pzxid = zxid;
  above.children.insert(std::string(name_in(path)));
  Node& node = nodes_[path];
  node.data = operation.data;
  node.stat.czxid = node.stat.mzxid = node.stat.pzxid = zxid;
  if (parent_path == locks) node.creates = first_creates_;
  if (operation.ephemeral) {
    node.stat.ephemeral_owner = session;
    ephemerals_[session].insert(path);
  }
  Answer answer;
  answer.stat = stat_of(node);
  answer.path = path;
  changes.push_back({EventType::created, std::move(path)});
  return answer;
}

Answer Tree::erase(const Operation& operation, Zxid zxid, std::vector<Change>& changes) {
  const Node* const node = find(operation.path);
  if (node == nullptr) return refusal(Code::no_node);
  const bool same = operation.version == any_version || operation.version == node->stat.version;
  if (!same) return refusal(Code::bad_version);
  if (!node->children.empty()) return refusal(Code::not_empty);
  if (operation.path == "/") return refusal(Code::bad_arguments);
  remove(operation.path, zxid, changes);
  return {};
}

Answer Tree::set(const Operation& operation, Zxid zxid, std::vector<Change>& changes) {
  const auto at = nodes_.find(operation.path);
  if (at == nodes_.end()) return refusal(Code::no_node);
  Node& node = at->second;
  const bool same = operation.version == any_version || operation.version == node.stat.version;
  if (!same) return refusal(Code::bad_version);
  node.data = operation.data;
  node.stat.version = next(node.stat.version);
  node.stat.mzxid = zxid;
  changes.push_back({EventType::data_changed, operation.path});
  Answer answer;
  answer.stat = stat_of(node);
  return answer;
}

void Tree::remove(const std::string& path, Zxid zxid, std::vector<Change>& changes) {
  const auto at = nodes_.find(path);
  const SessionId owner = at->second.stat.ephemeral_owner;
  if (owner != 0) {
    const auto own = ephemerals_.find(owner);
    own->second.erase(path);
    if (own->second.empty()) ephemerals_.erase(own);
  }
  nodes_.erase(at);
  Node& above = nodes_[parent_of(path)];
  above.children.erase(std::string(name_in(path)));
  above.stat.pzxid = zxid;
  changes.push_back({EventType::deleted, path});
}

std::set<std::string> Tree::ephemerals_of(SessionId session) const {
  const auto own = ephemerals_.find(session);
  return own == ephemerals_.end() ? std::set<std::string>() : own->second;
}

void Tree::end_session(SessionId session, Zxid zxid, std::vector<Change>& changes) {
  for (const std::string& path : ephemerals_of(session)) remove(path, zxid, changes);
}

}  // namespace lockstep::zookeeper
