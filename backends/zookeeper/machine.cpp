#include "backends/zookeeper/machine.hpp"

#include <fmt/format.h>

#include <cereal/types/tuple.hpp>
#include <tuple>
#include <utility>

#include "backends/raft/encoding.hpp"

namespace lockstep::zookeeper {
namespace {

constexpr std::string_view resources = "/resources/";

/// What a reader's node is called, by Curator and by kazoo.
bool is_reader(std::string_view name) {
  return name.find("__READ__") != std::string_view::npos ||
         name.find("__rlock__") != std::string_view::npos;
}

Outcome refusal(Code code) {
  Outcome outcome;
  outcome.code = code;
  return outcome;
}

}  // namespace

void Outcome::fold(Digest& digest) const {
  digest.fold(static_cast<std::uint64_t>(static_cast<std::uint32_t>(code)));
  digest.fold(zxid);
  digest.fold(session);
  digest.fold(attachment);
  for (const Answer& answer : answers) answer.fold(digest);
}

std::string Outcome::describe() const {
  return fmt::format("zxid 0x{:x} {}", zxid, name_of(code));
}

Frame Machine::apply(const raft::Committed& entry) {
  const auto command = raft::from_bytes<Command>(entry.command);
  if (!command) return make_frame(refusal(Code::bad_arguments));
  return make_frame(execute(*command, entry));
}

Outcome Machine::execute(const Command& command, const raft::Committed& entry) {
  switch (command.type) {
    case Command::Type::open: return open(command, entry);
    case Command::Type::attach: return attach(command, entry);
    case Command::Type::write: return write(command, entry);
    case Command::Type::close:
    case Command::Type::expire: break;
  }
  return end(command, entry);
}

Zxid Machine::next_zxid(raft::Term term) {
  constexpr int counter_bits = 32;
  if (zxid_ >> counter_bits != term) zxid_ = term << counter_bits;
  return ++zxid_;
}

Outcome Machine::open(const Command& command, const raft::Committed& entry) {
  // The server's number comes first, as in ZooKeeper's ids: those of one server sort together.
  constexpr int server_bits = 56;
  Outcome outcome;
  outcome.zxid = next_zxid(entry.term);
  outcome.session = static_cast<SessionId>(command.server) << server_bits | ++opened_;
  outcome.attachment = entry.index;
  SessionState& session = sessions_[outcome.session];
  session.timeout = command.timeout;
  session.password = command.password;
  session.client = command.client;
  session.attachment = entry.index;
  if (listener_ != nullptr) listener_->on_attached(outcome.session, entry.index);
  return outcome;
}

Outcome Machine::attach(const Command& command, const raft::Committed& entry) {
  const auto at = sessions_.find(command.session);
  if (at == sessions_.end() || at->second.password != command.password) {
    return refusal(Code::session_expired);
  }
  at->second.attachment = entry.index;
  at->second.last_xid = 0;
  Outcome outcome;
  outcome.zxid = zxid_;  // a connection is no transaction
  outcome.session = command.session;
  outcome.attachment = entry.index;
  if (listener_ != nullptr) listener_->on_attached(command.session, entry.index);
  return outcome;
}

Outcome Machine::write(const Command& command, const raft::Committed& entry) {
  const auto session = sessions_.find(command.session);
  if (session == sessions_.end()) return refusal(Code::session_expired);
  if (session->second.attachment != command.attachment) return refusal(Code::session_moved);
  if (command.xid <= session->second.last_xid) return refusal(Code::bad_arguments);
  session->second.last_xid = command.xid;
  Lines before;
  for (const Operation& operation : command.operations) {
    const std::string parent = parent_of(operation.path);
    before[parent] = line_at(parent);
  }
  std::map<std::string, std::optional<std::string>> values;
  for (const Operation& operation : command.operations) {
    if (!operation.path.starts_with(resources)) continue;
    const Tree::Node* const node = tree_.find(operation.path);
    values[operation.path] = node == nullptr ? std::nullopt : std::optional(node->data);
  }
  Outcome outcome;
  outcome.zxid = next_zxid(entry.term);
  outcome.session = command.session;
  std::vector<Change> changes;
  outcome.answers = tree_.transact(command.operations, outcome.zxid, command.session, changes);
  for (const Answer& answer : outcome.answers) {
    const bool first = answer.code != Code::ok && answer.code != Code::runtime_inconsistency;
    if (first) outcome.code = answer.code;
  }
  tell_lines(before, changes, command, entry.index);
  for (auto& [path, value] : values) tell_value(path, std::move(value), command, entry.index);
  if (listener_ == nullptr) return outcome;
  for (const Change& change : changes) listener_->on_change(change, outcome.zxid);
  return outcome;
}

Outcome Machine::end(const Command& command, const raft::Committed& entry) {
  const auto at = sessions_.find(command.session);
  if (at == sessions_.end()) return refusal(Code::session_expired);
  // A leader that was deposed decided by deadlines that no longer count.
  const bool expires = command.type == Command::Type::expire;
  if (expires && command.term != entry.term) return refusal(Code::bad_arguments);
  if (!expires && command.attachment != at->second.attachment) return refusal(Code::session_moved);
  Outcome outcome;
  outcome.zxid = next_zxid(entry.term);
  outcome.session = command.session;
  Lines before;
  for (const std::string& path : tree_.ephemerals_of(command.session)) {
    const std::string parent = parent_of(path);
    before[parent] = line_at(parent);
  }
  std::vector<Change> changes;
  tree_.end_session(command.session, outcome.zxid, changes);
  tell_lines(before, changes, command, entry.index);
  sessions_.erase(at);
  if (listener_ == nullptr) return outcome;
  for (const Change& change : changes) listener_->on_change(change, outcome.zxid);
  listener_->on_session_over(command.session);
  return outcome;
}

NodeId Machine::client_of(SessionId session) const {
  const auto at = sessions_.find(session);
  return at == sessions_.end() ? no_node : NodeId{at->second.client};
}

Contender Machine::contender(std::string_view name, const Tree::Node& node) const {
  Contender one;
  one.owner = std::to_string(node.stat.czxid);
  one.client = client_of(node.stat.ephemeral_owner);
  if (is_reader(name)) one.kind = "read";
  return one;
}

/// The ephemeral children of a node, in the order of their creation: who stands in line there.
const Machine::Line& Machine::line_at(const std::string& parent) {
  const auto [at, unknown] = lines_.try_emplace(parent);
  if (unknown) at->second = line_in_tree(parent);
  return at->second;
}

Machine::Line Machine::line_in_tree(const std::string& parent) const {
  std::vector<Contender> line;
  for (const auto& [name, node] : tree_.line_at(parent)) line.push_back(contender(name, *node));
  return queue_text(line);
}

/// The line as `changes` left it. A lock whose clients leave their nodes behind has a line of
/// thousands: one who joins must cost one row.
Machine::Line Machine::line_after(const std::string& parent, const Line& before,
                                  const std::vector<Change>& changes) const {
  const Change* one = nullptr;
  for (const Change& change : changes) {
    if (change.type == EventType::data_changed || parent_of(change.path) != parent) continue;
    if (one != nullptr || change.type != EventType::created) return line_in_tree(parent);
    one = &change;
  }
  const Tree::Node* const node = one == nullptr ? nullptr : tree_.find(one->path);
  if (node == nullptr || node->stat.ephemeral_owner == 0) return before;
  const std::string row = *queue_text({contender(name_in(one->path), *node)});
  return before ? *before + '\n' + row : row;
}

void Machine::tell_lines(const Lines& before, const std::vector<Change>& changes,
                         const Command& command, raft::Index position) {
  for (const auto& [parent, line] : before) {
    KeyChange note;
    note.after = line_after(parent, line, changes);
    if (note.after == line) continue;
    lines_[parent] = note.after;
    note.key = parent;
    note.before = line;
    const bool expired = command.type == Command::Type::expire;
    note.cause = expired ? ChangeCause::expired : ChangeCause::command;
    note.by = client_of(command.session);
    note.position = position;
    env_.note(std::move(note));
  }
}

/// Values that locks guard in the same store.
void Machine::tell_value(const std::string& path, std::optional<std::string> before,
                         const Command& command, raft::Index position) {
  const Tree::Node* const node = tree_.find(path);
  KeyChange note;
  if (node != nullptr) note.after = node->data;
  if (note.after == before) return;
  note.key = "resource:" + path.substr(resources.size());
  note.before = std::move(before);
  note.cause = ChangeCause::command;
  note.by = client_of(command.session);
  note.position = position;
  env_.note(std::move(note));
}

std::string Machine::snapshot() const {
  return raft::to_bytes(std::tuple(tree_, sessions_, opened_, zxid_));
}

void Machine::restore(const std::string& snapshot) {
  using State = std::tuple<Tree, std::map<SessionId, SessionState>, std::uint64_t, Zxid>;
  auto state = raft::from_bytes<State>(snapshot);
  if (!state) return;
  std::tie(tree_, sessions_, opened_, zxid_) = std::move(*state);
  lines_.clear();
  if (listener_ != nullptr) listener_->on_restored();
}

}  // namespace lockstep::zookeeper
