#pragma once
// What ZooKeeper keeps and what may be asked of it: nodes with their statistics, operations and
// answers (ZooKeeper 3.8, zookeeper.jute).

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/digest.hpp"

namespace lockstep::zookeeper {

/// The place of a transaction in the total order: the leader's epoch << 32 | its counter.
using Zxid = std::uint64_t;
using SessionId = std::uint64_t;  // 0: none
constexpr std::int32_t any_version = -1;

/// Zookeeper's error codes, as they go over the wire.
enum class Code : std::int32_t {
  ok = 0,
  runtime_inconsistency = -2,  // a part of a multi that another part stopped
  bad_arguments = -8,
  no_node = -101,
  bad_version = -103,
  no_children_for_ephemerals = -108,
  node_exists = -110,
  not_empty = -111,
  session_expired = -112,
  session_moved = -118,
};
std::string_view name_of(Code code);

struct Stat {
  Zxid czxid = 0;  // of its creation
  Zxid mzxid = 0;  // of its data's last change
  Zxid pzxid = 0;  // of the last change of its list of children
  std::int32_t version = 0;
  std::int32_t cversion = 0;  // creates and deletes of children
  SessionId ephemeral_owner = 0;
  std::int32_t children = 0;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(czxid, mzxid, pzxid, version, cversion, ephemeral_owner, children);
  }
  friend bool operator==(const Stat&, const Stat&) = default;
};

enum class Action : std::uint8_t { create, erase, set, check, exists, get, children, sync };
std::string_view name_of(Action action);
/// What goes through the log.
constexpr bool changes(Action action) {
  return action <= Action::check;
}

struct Operation {
  Action action{};
  std::string path;
  std::string data{};
  std::int32_t version = any_version;
  bool ephemeral = false;
  bool sequential = false;
  bool watch = false;

  void fold(Digest& digest) const;
  std::string describe() const;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(action, path, data, version, ephemeral, sequential);
  }
};

struct Answer {
  Code code{};
  std::string path{};  // of a created node
  std::string data{};
  Stat stat{};
  std::vector<std::string> children{};  // names, in order

  void fold(Digest& digest) const;
  std::string describe() const;
};

// The operations that locks use.
Operation create(std::string path, std::string data, bool ephemeral, bool sequential);
Operation erase(std::string path, std::int32_t version = any_version);
Operation set(std::string path, std::string data, std::int32_t version = any_version);
Operation check(std::string path, std::int32_t version = any_version);
Operation exists(std::string path);
Operation get(std::string path);
Operation children(std::string path);
Operation sync(std::string path);

/// "/a" for "/a/b"; "/" for "/a".
std::string parent_of(std::string_view path);
/// "b" for "/a/b".
std::string_view name_in(std::string_view path);

}  // namespace lockstep::zookeeper
