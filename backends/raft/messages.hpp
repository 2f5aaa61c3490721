#pragma once
// What members say to each other.

#include <string>
#include <variant>
#include <vector>

#include "backends/raft/entry.hpp"

namespace lockstep::raft {

/// Asks for a vote in the letter's term; `pre`: whether one would be given (dissertation, 9.6).
struct VoteRequest {
  Index last = 0;
  Term last_term = 0;
  bool pre = false;
};
struct VoteReply {
  bool granted = false;
  bool pre = false;
};

struct AppendRequest {
  Index previous = 0;  // the entry before the first one
  Term previous_term = 0;
  std::vector<Entry> entries{};
  Index commit = 0;
  std::uint64_t round = 0;  // of the leader's questions whether it still leads
  bool silent = false;      // no answer is wanted if all is well
};
struct AppendReply {
  bool accepted = false;
  Index match = 0;     // accepted: up to here the logs agree; else they may, at most
  Index previous = 0;  // of the request
  std::uint64_t round = 0;
};

/// Brings a member to where the leader's log begins. It answers with an AppendReply.
struct InstallRequest {
  Snapshot snapshot{};
  std::uint64_t round = 0;
};

/// Passes a proposal to the leader.
struct Forward {
  Entry entry{};
};

/// Asks the leader up to where to apply before reading, and tells it.
struct ReadRequest {
  ProposalId id{};
};
struct ReadReply {
  ProposalId id{};
  Index index = 0;
};

/// Said by a node with an empty disk to whomever runs on the others, and their answer.
struct Hello {};
struct HelloReply {
  bool empty = false;  // that one has nothing either
};

using LetterBody = std::variant<VoteRequest, VoteReply, AppendRequest, AppendReply, InstallRequest,
                                Forward, ReadRequest, ReadReply, Hello, HelloReply>;

struct Letter {
  Letter() = default;

  ServerId from;
  ServerId to;    // an incarnation of 0: whoever runs on that node
  Term term = 0;  // the sender's; of a request for a pre-vote: the one it would stand in
  LetterBody body;

  void fold(Digest& digest) const;
  std::string describe() const;
};

}  // namespace lockstep::raft
