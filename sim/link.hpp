#pragma once
// One direction between two nodes: how long a message takes, and whether it gets through.

#include <cstdint>
#include <vector>

#include "core/note.hpp"
#include "core/random.hpp"
#include "core/scenario.hpp"
#include "core/time.hpp"

namespace lockstep::sim {

class Channel;

/// What is wrong with a link just now; faults add themselves and take themselves away.
struct Trouble {
  std::uint32_t cuts = 0;  // it is cut while this is not 0
  Duration delay_min{};    // added to each message
  Duration delay_max{};
  std::uint32_t loss_millionths = 0;
  std::uint32_t duplicate_millionths = 0;
  std::uint32_t reorder_millionths = 0;
};

/// A directed link. Its random draws are its own, by the names of its ends, and those that only a
/// fault makes come from a stream of their own: without the fault the others stay as they were.
class Link {
 public:
  Link(NodeId from, NodeId to, const NetworkProfile& profile, Random random)
      : from_(from),
        to_(to),
        profile_(profile),
        latencies_(random.fork(1)),
        luck_(random.fork(2)),
        delays_(random.fork(3)) {}

  void reseed(Random random) {
    latencies_ = random.fork(1);
    luck_ = random.fork(2);
    delays_ = random.fork(3);
  }

  NodeId from() const { return from_; }
  NodeId to() const { return to_; }
  bool cut() const { return trouble.cuts > 0; }

  /// When a TCP segment, first tried at `sent` and now free to pass from `from` on, arrives. Each
  /// try may be lost; TCP tries again after 200 ms, then 400 ms, ... up to 120 s (RFC 6298 with
  /// Linux's minimum). Needs a link that is not cut.
  WorldTime segment_arrival(WorldTime sent, WorldTime from);

  /// What becomes of a datagram: each instant at which a copy of it arrives; none if lost or cut.
  struct Copies {
    WorldTime at[2];
    int count = 0;
  };
  Copies datagram_arrivals(WorldTime sent);

  Trouble trouble;
  /// Channel halves with segments that wait for the link to be mended, in order.
  struct Stalled {
    Channel* channel;
    int side;
  };
  std::vector<Stalled> stalled;

 private:
  Duration latency(Random& draws);

  NodeId from_;
  NodeId to_;
  const NetworkProfile& profile_;
  Random latencies_;  // one message, one latency, whatever else becomes of it
  Random luck_;       // loss, duplication, reordering
  Random delays_;     // added by faults
};

}  // namespace lockstep::sim
