#pragma once
// What a log is made of: who is in the group, and the entries that it agrees on.

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "backends/raft/state_machine.hpp"
#include "core/digest.hpp"
#include "core/time.hpp"

namespace lockstep::raft {

/// A member, which is as old as its disk: a node whose disk was lost comes back as somebody else.
struct ServerId {
  NodeId node = no_node;
  std::uint64_t incarnation = 0;  // drawn when the disk was found empty; 0: nobody

  explicit operator bool() const { return incarnation != 0; }
  friend auto operator<=>(const ServerId&, const ServerId&) = default;

  void fold(Digest& digest) const {
    digest.fold(index_of(node));
    digest.fold(incarnation);
  }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(node, incarnation);
  }
};

/// Who is in the group. Learners are sent the log and do not count.
struct Configuration {
  Configuration() = default;

  std::vector<ServerId> voters;
  std::vector<ServerId> learners;

  bool votes(const ServerId& server) const;
  bool learns(const ServerId& server) const;
  /// Whoever is in it from that node, voter or learner; nobody when there is none.
  ServerId from(NodeId node) const;
  void erase(const ServerId& server);
  /// How many voters are a majority. `even`: the mistake of taking half for one.
  std::size_t majority(bool even = false) const {
    return even ? (voters.size() + 1) / 2 : voters.size() / 2 + 1;
  }
  friend bool operator==(const Configuration&, const Configuration&) = default;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(voters, learners);
  }
};

enum class EntryKind : std::uint8_t { nothing, command, configuration };

/// Names a proposal: which member made it, in which of its lives, and its number in that life.
struct ProposalId {
  ServerId origin;
  std::uint64_t boot = 0;
  std::uint64_t serial = 0;

  friend auto operator<=>(const ProposalId&, const ProposalId&) = default;

  void fold(Digest& digest) const {
    origin.fold(digest);
    digest.fold(boot);
    digest.fold(serial);
  }
  template <class Archive>
  void serialize(Archive& archive) {
    archive(origin, boot, serial);
  }
};

struct Entry {
  Entry() = default;

  Term term = 0;
  EntryKind kind = EntryKind::nothing;
  ProposalId id;      // of a command
  std::string bytes;  // the command, or the new configuration

  void fold(Digest& digest) const;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(term, kind, id, bytes);
  }
};

/// The group's state after all entries up to `index`, in place of those entries.
struct Snapshot {
  Snapshot() = default;

  Index index = 0;  // 0: there is none
  Term term = 0;    // of the entry at `index`
  Configuration configuration;
  std::string state;

  template <class Archive>
  void serialize(Archive& archive) {
    archive(index, term, configuration, state);
  }
};

}  // namespace lockstep::raft
