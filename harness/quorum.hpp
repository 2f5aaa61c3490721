#pragma once
// Counts what independent servers say of a lock, so that the record tells of the grants that a
// quorum of them makes and of their ends.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/record.hpp"
#include "harness/text_pair.hpp"

namespace lockstep {

class Quorum {
 public:
  explicit Quorum(std::int64_t size) : size_(static_cast<std::size_t>(size)) {}

  /// `server` and its like have one vote together, named `vote`. What a server keeps counts while
  /// it speaks for them: a standby keeps copies and says nothing. Others have a vote of their own.
  void share_vote(const std::string& server, std::string vote, bool speaks);
  /// True unless it shares a vote and another server speaks for it.
  bool speaks(const std::string& server) const;
  bool shares_vote(const std::string& server) const { return sharing_.contains(server); }
  void let_speak(const std::string& server, bool speaks) { sharing_.at(server).speaks = speaks; }

  /// A server's grant of a lock to an owner began, was renewed or ended there. Gives what that
  /// means for all of them: `granted` when the owner's servers become a quorum, `renewed` when a
  /// quorum of them has renewed since, and what `change` says when they are no quorum any more.
  std::optional<GrantChange> count(const std::string& server, const std::string& lock,
                                   const std::string& owner, GrantChange change);
  /// The locks and owners whose grants a server keeps.
  std::vector<TextPair> kept_by(const std::string& server);

 private:
  using Servers = std::uint64_t;  // a bit for each number

  struct Grant {
    Servers servers = 0;
    Servers renewed = 0;  // of those, since the quorum last renewed
    bool granted = false;
  };
  struct Sharing {
    std::string vote;
    bool speaks = false;
  };

  /// The bit of a server: its name's place in `names_`.
  Servers bit_of(const std::string& server);
  std::size_t votes(Servers servers) const;

  std::size_t size_;
  std::vector<std::string> names_;  // of the servers that have said something
  std::map<std::string, Sharing> sharing_;
  TextPairMap<Grant> grants_;  // by lock and owner
};

}  // namespace lockstep
