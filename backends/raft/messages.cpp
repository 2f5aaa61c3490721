// Letters as the digest and a person see them.
#include "backends/raft/messages.hpp"

namespace lockstep::raft {
namespace {

std::string text(std::uint64_t number) {
  return std::to_string(number);
}

struct Folding {
  Digest& digest;

  void operator()(const VoteRequest& m) {
    digest.fold(m.last);
    digest.fold(m.last_term);
    digest.fold(std::uint64_t{m.pre});
  }
  void operator()(const VoteReply& m) {
    digest.fold(std::uint64_t{m.granted});
    digest.fold(std::uint64_t{m.pre});
  }
  void operator()(const AppendRequest& m) {
    digest.fold(m.previous);
    digest.fold(m.previous_term);
    digest.fold(std::uint64_t{m.entries.size()});
    for (const Entry& entry : m.entries) entry.fold(digest);
    digest.fold(m.commit);
    digest.fold(m.round);
    digest.fold(std::uint64_t{m.silent});
  }
  void operator()(const AppendReply& m) {
    digest.fold(std::uint64_t{m.accepted});
    digest.fold(m.match);
    digest.fold(m.previous);
    digest.fold(m.round);
  }
  void operator()(const InstallRequest& m) {
    digest.fold(m.snapshot.index);
    digest.fold(m.snapshot.term);
    digest.fold(m.snapshot.state);
    digest.fold(m.round);
  }
  void operator()(const Forward& m) { m.entry.fold(digest); }
  void operator()(const ReadRequest& m) { m.id.fold(digest); }
  void operator()(const ReadReply& m) {
    m.id.fold(digest);
    digest.fold(m.index);
  }
  void operator()(const Hello&) {}
  void operator()(const HelloReply& m) { digest.fold(std::uint64_t{m.empty}); }
};

struct Describing {
  std::string operator()(const VoteRequest& m) const {
    return std::string(m.pre ? "would you vote" : "vote") + " for me, my log ends at " +
           text(m.last) + " of term " + text(m.last_term);
  }
  std::string operator()(const VoteReply& m) const {
    return std::string(m.pre ? "pre-vote " : "vote ") + (m.granted ? "granted" : "denied");
  }
  std::string operator()(const AppendRequest& m) const {
    if (m.entries.empty()) {
      return "heartbeat after " + text(m.previous) + ", committed " + text(m.commit);
    }
    return "append " + text(m.previous + 1) + " to " + text(m.previous + m.entries.size()) +
           ", committed " + text(m.commit);
  }
  std::string operator()(const AppendReply& m) const {
    return (m.accepted ? "I have up to " : "not mine, try after ") + text(m.match);
  }
  std::string operator()(const InstallRequest& m) const {
    return "install snapshot of " + text(m.snapshot.index);
  }
  std::string operator()(const Forward& m) const {
    return "propose number " + text(m.entry.id.serial);
  }
  std::string operator()(const ReadRequest& m) const { return "read " + text(m.id.serial); }
  std::string operator()(const ReadReply& m) const {
    return "read " + text(m.id.serial) + " at " + text(m.index);
  }
  std::string operator()(const Hello&) const { return "hello, my disk is empty"; }
  std::string operator()(const HelloReply& m) const {
    return m.empty ? "mine is empty, too" : "there is a group";
  }
};

}  // namespace

void Letter::fold(Digest& digest) const {
  from.fold(digest);
  to.fold(digest);
  digest.fold(term);
  digest.fold(static_cast<std::uint64_t>(body.index()));
  std::visit(Folding{digest}, body);
}

std::string Letter::describe() const {
  return "term " + text(term) + ": " + std::visit(Describing(), body);
}

}  // namespace lockstep::raft
