#pragma once
// A simulated TCP connection: two directed streams of segments, and the state that the two kernels
// keep of it.

#include <cstdint>
#include <memory>

#include "core/env.hpp"
#include "sim/agenda.hpp"
#include "sim/ring.hpp"

namespace lockstep::sim {

class KeepAlive;
class Link;
class Node;
class World;

/// What travels on a stream. Each is one segment: in order, once, late if need be.
enum class SegmentKind : std::uint8_t { open, opened, data, finish, reset };

/// How the peer's kernel answers a keepalive probe: not at all; that the connection lives; that it
/// knows of none, for its process let go of it or it has booted since.
enum class ProbeAnswer : std::uint8_t { none, alive, reset };

/// Shared by the two sockets and by segments under way; freed when none of them is left. Side 0
/// is the one that connected.
class Channel {
 public:
  Channel(World& world, Node& client, Node& server);
  ~Channel();
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;

  struct Segment {
    WorldTime sent{};
    WorldTime arrives{};
    Frame frame{};
    SegmentKind kind{};
    std::uint32_t cause = 0;  // its send in the trace
  };

  /// The stream that `side` receives from, and the receiving kernel's state.
  struct Half {
    Channel* channel = nullptr;
    Link* link = nullptr;
    Node* receiver = nullptr;
    int side = 0;
    Ring<Segment> wire;  // under way, in order; those beyond a cut arrive at `never`
    Agenda::Slot slot = Agenda::none;
    WorldTime last_arrival{};
    bool stalled = false;
    // the receiver's kernel
    Ring<Frame> inbox;
    Waiter* reader = nullptr;
    bool attached = false;  // an application holds the socket (or it waits to be accepted)
    bool established = false;
    bool ended = false;                 // a FIN or reset has arrived
    bool unanswered = false;            // segments arrived while the node was without power
    std::uint64_t incarnation = 0;      // of the receiver, when its end was opened
    std::unique_ptr<KeepAlive> probes;  // none: the kernel does not probe its peer
  };

  World& world() { return world_; }
  Node& node(int side) { return *halves_[side].receiver; }
  Half& half(int side) { return halves_[side]; }

  /// Sends a segment from `side` to the other.
  void send(int side, SegmentKind kind, Frame frame);
  /// The link towards `side` was mended: what waited for it goes on its way.
  void resume(int side);
  /// The application on `side` let go of its socket; `silently` when its machine lost power.
  void detach(int side, bool silently);
  /// The kernel on `side` probes the other's (Connection::keep_alive).
  void keep_alive(int side, Duration idle);
  /// What a probe from `side` brings.
  ProbeAnswer probe(int side);
  /// The kernel on `side` has heard that the connection is over.
  void end(int side);
  /// The kernel on `side` gives the connection up, and would tell the peer if it could.
  void abandon(int side);
  /// A node without power is back: peers that wrote to it in vain are told with a reset.
  void answer_after_boot(int side);

  void retain() { ++references_; }
  void release();

 private:
  friend class World;
  static void fire(void* half);
  void arm(Half& half);
  void arrive(Half& half, Segment segment);
  void wake_reader(Half& half);

  World& world_;
  std::uint64_t id_;
  int references_ = 0;
  Half halves_[2];
  Channel* previous_ = nullptr;  // the world's list of live channels
  Channel* next_ = nullptr;
};

/// One end of a channel, as the application holds it.
class Socket final : public Connection {
 public:
  Socket(Channel& channel, int side);
  ~Socket() override;

  Result<void> send(Frame frame) override;
  NodeId peer() const override;
  void keep_alive(Duration idle) override { channel_.keep_alive(side_, idle); }
  bool established() const { return channel_.half(side_).established; }
  bool ended() const { return channel_.half(side_).ended; }

  bool readable() const override;
  void park(Waiter& waiter, const std::optional<Deadline>& until) override;
  Result<Frame> take() override;

 private:
  Channel& channel_;
  int side_;
};

}  // namespace lockstep::sim
