#include "sim/channel.hpp"

#include <algorithm>
#include <cassert>

#include "sim/keep_alive.hpp"
#include "sim/link.hpp"
#include "sim/node.hpp"
#include "sim/world.hpp"

namespace lockstep::sim {
namespace {

std::string describe(SegmentKind kind, const Frame& frame) {
  switch (kind) {
    case SegmentKind::open: return "SYN";
    case SegmentKind::opened: return "SYN-ACK";
    case SegmentKind::data: return frame ? frame->describe() : std::string("data");
    case SegmentKind::finish: return "FIN";
    case SegmentKind::reset: return "RST";
  }
  return "?";
}

}  // namespace

Channel::Channel(World& world, Node& client, Node& server)
    : world_(world), id_(world.next_channel_id()) {
  Node* ends[2] = {&client, &server};
  for (int side = 0; side < 2; ++side) {
    Half& half = halves_[side];
    half.channel = this;
    half.side = side;
    half.receiver = ends[side];
    half.link = &world.link(ends[1 - side]->id(), ends[side]->id());
    half.incarnation = ends[side]->incarnation();
  }
  world_.adopt(*this);
}

Channel::~Channel() {
  for (Half& half : halves_) {
    if (half.slot != Agenda::none) world_.agenda().remove(half.slot);
    if (half.stalled) {
      std::erase_if(half.link->stalled, [&](const Link::Stalled& s) {
        return s.channel == this && s.side == half.side;
      });
    }
  }
  world_.disown(*this);
}

void Channel::release() {
  if (--references_ == 0) delete this;
}

void Channel::send(int side, SegmentKind kind, Frame frame) {
  Half& half = halves_[1 - side];
  Segment segment;
  segment.sent = world_.now();
  segment.kind = kind;
  Digest& digest = world_.digest();
  digest.fold(id_ << 4 | static_cast<std::uint64_t>(side) << 3 | static_cast<std::uint64_t>(kind));
  if (frame) digest.fold(frame->fingerprint());
  world_.count_message();
  if (world_.tracing()) {
    segment.cause =
        world_.trace(TraceKind::send, node(side), half.receiver->id(), describe(kind, frame));
  }
  segment.frame = std::move(frame);
  const bool first = half.wire.empty();
  if (half.link->cut() || half.stalled) {
    segment.arrives = WorldTime::max();
    if (!half.stalled) {
      half.stalled = true;
      half.link->stalled.push_back({this, half.side});
    }
    if (world_.tracing()) {
      world_.trace(TraceKind::hold, node(side), half.receiver->id(), "held up by a cut link",
                   segment.cause);
    }
  } else {
    const WorldTime now = world_.now();
    half.last_arrival = std::max(half.last_arrival, half.link->segment_arrival(now, now));
    segment.arrives = half.last_arrival;
  }
  half.wire.push(std::move(segment));
  if (first) {
    retain();  // one reference for whatever is under way in this direction
    arm(half);
  }
}

void Channel::arm(Half& half) {
  const WorldTime at = half.wire.front().arrives;
  if (at == WorldTime::max()) return;
  const std::uint64_t identity = id_ << 4 | static_cast<std::uint64_t>(half.side) << 3 | 1;
  half.slot = world_.agenda().add(at, &half, &Channel::fire, identity);
}

void Channel::resume(int side) {
  Half& half = halves_[side];
  half.stalled = false;
  const WorldTime now = world_.now();
  for (std::size_t i = 0; i < half.wire.size(); ++i) {
    Segment& segment = half.wire[i];
    if (segment.arrives != WorldTime::max()) continue;
    half.last_arrival = std::max(half.last_arrival, half.link->segment_arrival(segment.sent, now));
    segment.arrives = half.last_arrival;
  }
  if (half.slot == Agenda::none && !half.wire.empty()) arm(half);
}

void Channel::fire(void* who) {
  Half& half = *static_cast<Half*>(who);
  Channel& channel = *half.channel;
  half.slot = Agenda::none;
  Segment segment = half.wire.pop();
  const bool more = !half.wire.empty();
  if (more) channel.arm(half);
  channel.arrive(half, std::move(segment));
  if (!more) channel.release();  // a segment sent meanwhile took a reference of its own
}

void Channel::arrive(Half& half, Segment segment) {
  Node& host = *half.receiver;
  if (world_.tracing()) {
    const std::uint32_t entry = world_.trace(TraceKind::receive, host, node(1 - half.side).id(),
                                             describe(segment.kind, segment.frame), segment.cause);
    world_.set_cause(entry);
  }
  if (!host.powered()) {
    half.unanswered = true;
    return;
  }
  const bool is_open = segment.kind == SegmentKind::open;
  if (is_open && host.alive()) {
    half.incarnation = host.incarnation();
    half.attached = true;
    half.established = true;
    send(half.side, SegmentKind::opened, Frame());
    host.deliver_connection(std::make_unique<Socket>(*this, half.side));
    return;
  }
  const bool gone = !half.attached || half.incarnation != host.incarnation();
  if (gone) {
    const bool end = segment.kind == SegmentKind::finish || segment.kind == SegmentKind::reset;
    if (!end) send(half.side, SegmentKind::reset, Frame());
    return;
  }
  switch (segment.kind) {
    case SegmentKind::open: break;
    case SegmentKind::opened: half.established = true; break;
    case SegmentKind::data: half.inbox.push(std::move(segment.frame)); break;
    case SegmentKind::finish:
    case SegmentKind::reset: half.ended = true; break;
  }
  if (half.reader) host.wake(*half.reader);
}

void Channel::detach(int side, bool silently) {
  Half& half = halves_[side];
  half.attached = false;
  if (half.reader) half.reader->listed_at = nullptr;
  half.reader = nullptr;
  half.inbox.clear();
  half.probes.reset();
  if (!silently && !half.ended) send(side, SegmentKind::finish, Frame());
  release();
}

void Channel::keep_alive(int side, Duration idle) {
  Half& half = halves_[side];
  half.probes.reset();
  if (idle > Duration::zero() && !half.ended) {
    half.probes = std::make_unique<KeepAlive>(*this, side, idle);
  }
}

ProbeAnswer Channel::probe(int side) {
  const Half& own = halves_[side];
  const Half& peer = halves_[1 - side];
  if (own.link->cut() || peer.link->cut() || !peer.receiver->powered()) return ProbeAnswer::none;
  const bool known = peer.attached && peer.incarnation == peer.receiver->incarnation();
  return known ? ProbeAnswer::alive : ProbeAnswer::reset;
}

void Channel::end(int side) {
  Half& half = halves_[side];
  half.ended = true;
  if (half.reader) half.receiver->wake(*half.reader);
}

void Channel::abandon(int side) {
  // What the peer has not acknowledged is not sent again.
  Ring<Segment>& wire = halves_[1 - side].wire;
  for (std::size_t i = 0; i < wire.size(); ++i) {
    if (wire[i].arrives != WorldTime::max()) continue;
    wire[i].kind = SegmentKind::reset;
    wire[i].frame = Frame();
  }
  send(side, SegmentKind::reset, Frame());
  end(side);
}

void Channel::answer_after_boot(int side) {
  Half& half = halves_[side];
  if (!half.unanswered) return;
  half.unanswered = false;
  send(side, SegmentKind::reset, Frame());
}

// Socket

Socket::Socket(Channel& channel, int side) : channel_(channel), side_(side) {
  channel_.retain();
  channel_.half(side).attached = true;
}

Socket::~Socket() {
  if (channel_.world().closing()) {
    channel_.release();
    return;
  }
  channel_.detach(side_, !channel_.node(side_).powered());
}

NodeId Socket::peer() const {
  return channel_.node(1 - side_).id();
}

Result<void> Socket::send(Frame frame) {
  if (channel_.half(side_).ended) return fail(ErrorCode::disconnected, "the peer closed");
  channel_.send(side_, SegmentKind::data, std::move(frame));
  return {};
}

bool Socket::readable() const {
  const Channel::Half& half = channel_.half(side_);
  return !half.inbox.empty() || half.ended;
}

void Socket::park(Waiter& waiter, const std::optional<Deadline>& until) {
  Channel::Half& half = channel_.half(side_);
  assert(half.reader == nullptr && "one receive at a time");
  half.reader = &waiter;
  waiter.listed_at = &half.reader;
  half.receiver->hold(waiter);
  if (until) half.receiver->arm(waiter, *until);
}

Result<Frame> Socket::take() {
  Channel::Half& half = channel_.half(side_);
  if (!half.inbox.empty()) return half.inbox.pop();
  if (half.ended) return fail(ErrorCode::disconnected, "the connection is over");
  return fail(ErrorCode::timeout, "no answer in time");
}

}  // namespace lockstep::sim
