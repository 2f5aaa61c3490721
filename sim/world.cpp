#include "sim/world.hpp"

#include <algorithm>
#include <utility>

#include "sim/channel.hpp"

namespace lockstep::sim {
namespace {
constexpr std::uint64_t call_kind = std::uint64_t{0xb1} << 56;
constexpr std::uint64_t flight_kind = std::uint64_t{0xb2} << 56;
constexpr std::uint64_t watch_kind = std::uint64_t{0xb3} << 56;

std::string describe(const Frame& frame) {
  return frame ? frame->describe() : "nothing";
}
}  // namespace

/// Something that the world itself does at an instant.
struct World::Call {
  World* world;
  std::uint64_t id;
  std::function<void()> what;

  static void fire(void* who) {
    auto* call = static_cast<Call*>(who);
    auto node = call->world->calls_.extract(call->id);
    call->world->set_cause(0);
    node.mapped()->what();
  }
};

/// A datagram under way.
struct World::Flight {
  World* world;
  std::uint64_t id;
  NodeId to;
  Datagram datagram;
  std::uint32_t cause;

  static void fire(void* who) {
    auto* flight = static_cast<Flight*>(who);
    World& world = *flight->world;
    auto node = world.flights_.extract(flight->id);
    Node& host = world.node(flight->to);
    if (world.tracing()) {
      world.set_cause(world.trace(TraceKind::receive, host, flight->datagram.from,
                                  describe(flight->datagram.frame), flight->cause));
    }
    host.deliver_datagram(std::move(flight->datagram));
  }
};

World::World(Options options) : options_(options) {}

World::~World() {
  closing_ = true;
  observer_ = nullptr;
  nodes_.clear();                      // every frame, every waiter, every socket
  while (channels_) delete channels_;  // those with segments still under way
}

Node& World::add(std::string name, Node::Main main, Duration wall_offset, std::int64_t ppb) {
  const NodeId id{static_cast<std::uint32_t>(nodes_.size())};
  nodes_.push_back(std::make_unique<Node>(*this, id, std::move(name), std::move(main),
                                          Clock(now_, Duration::zero(), ppb),
                                          Clock(now_, wall_offset, ppb)));
  Node& node = *nodes_.back();
  trace_.nodes.push_back(node.name());
  node.start();
  return node;
}

Node* World::find(std::string_view name) {
  for (const auto& node : nodes_) {
    if (node->name() == name) return node.get();
  }
  return nullptr;
}

void World::run_until(WorldTime end) {
  stopped_ = false;
  throw_failure();
  while (!stopped_ && !agenda_.empty() && agenda_.next() <= end) run_next();
  if (!stopped_) now_ = std::max(now_, end);
}

bool World::run_next() {
  throw_failure();
  if (agenda_.empty()) return false;
  if (options_.event_limit != 0 && events_ >= options_.event_limit) throw GaveUp(events_);
  const Agenda::Due due = agenda_.pop();
  now_ = due.at;
  digest_.fold(static_cast<std::uint64_t>(nanos(now_)));
  digest_.fold(due.identity);
  if (++events_ % checkpoint_interval == 0) checkpoints_.push_back({events_, digest_.value()});
  due.fire(due.who);
  throw_failure();
  return true;
}

void World::throw_failure() {
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

Link& World::link(NodeId from, NodeId to) {
  if (index_of(from) >= links_.size()) links_.resize(nodes_.size());
  auto& leaving = links_[index_of(from)];
  if (index_of(to) >= leaving.size()) leaving.resize(nodes_.size());
  std::unique_ptr<Link>& link = leaving[index_of(to)];
  if (!link) link = std::make_unique<Link>(from, to, options_.network, draws_of(from, to));
  return *link;
}

/// By name: ids shift when a node is left out, and draws must not.
Random World::draws_of(NodeId from, NodeId to) const {
  return Random(options_.seed, "link", nodes_[index_of(from)]->name(),
                nodes_[index_of(to)]->name());
}

void World::reseed(std::uint64_t seed) {
  options_.seed = seed;
  for (const auto& node : nodes_) node->reseed(seed);
  for (auto& leaving : links_) {
    for (auto& link : leaving) {
      if (link) link->reseed(draws_of(link->from(), link->to()));
    }
  }
}

void World::cut(NodeId from, NodeId to) {
  ++link(from, to).trouble.cuts;
}

void World::mend(NodeId from, NodeId to) {
  Link& mended = link(from, to);
  if (mended.trouble.cuts == 0 || --mended.trouble.cuts > 0) return;
  const std::vector<Link::Stalled> waiting = std::exchange(mended.stalled, {});
  for (const Link::Stalled& stalled : waiting) stalled.channel->resume(stalled.side);
}

void World::call_at(WorldTime at, std::function<void()> what) {
  const std::uint64_t id = ++calls_made_;
  auto call = std::make_unique<Call>(Call{this, id, std::move(what)});
  agenda_.add(std::max(at, now_), call.get(), &Call::fire, call_kind | id);
  calls_.emplace(id, std::move(call));
}

void World::send_datagram(Node& from, NodeId to, Frame frame) {
  digest_.fold(flight_kind | index_of(from.id()));
  digest_.fold(static_cast<std::uint64_t>(index_of(to)));
  if (frame) digest_.fold(frame->fingerprint());
  count_message();
  std::uint32_t sent = 0;
  if (tracing()) sent = trace(TraceKind::send, from, to, describe(frame));
  const Link::Copies copies = link(from.id(), to).datagram_arrivals(now_);
  if (copies.count == 0 && tracing()) trace(TraceKind::lose, from, to, "lost", sent);
  for (int i = 0; i < copies.count; ++i) {
    const std::uint64_t id = ++calls_made_;
    auto flight = std::make_unique<Flight>(Flight{this, id, to, {from.id(), frame}, sent});
    agenda_.add(copies.at[i], flight.get(), &Flight::fire, flight_kind | id);
    flights_.emplace(id, std::move(flight));
  }
}

void World::adopt(Channel& channel) {
  channel.next_ = channels_;
  if (channels_) channels_->previous_ = &channel;
  channels_ = &channel;
}

void World::disown(Channel& channel) {
  (channel.previous_ ? channel.previous_->next_ : channels_) = channel.next_;
  if (channel.next_) channel.next_->previous_ = channel.previous_;
}

void World::reset_channels_of(Node& node) {
  for (Channel* channel = channels_; channel != nullptr; channel = channel->next_) {
    for (int side = 0; side < 2; ++side) {
      if (&channel->node(side) == &node) channel->answer_after_boot(side);
    }
  }
}

std::uint32_t World::trace(TraceKind kind, Node& node, NodeId peer, std::string text,
                           std::uint32_t cause) {
  TraceEntry entry;
  entry.at = now_;
  entry.kind = kind;
  entry.node = index_of(node.id());
  entry.peer = index_of(peer);
  entry.cause = cause;
  entry.wall = nanos(node.wall_now());
  entry.steady = nanos(node.steady_now());
  entry.text = std::move(text);
  trace_.entries.push_back(std::move(entry));
  return static_cast<std::uint32_t>(trace_.entries.size());
}

Trace World::take_trace() {
  return std::move(trace_);
}

// ClockWatch

ClockWatch::ClockWatch(Node& node, Deadline until, std::function<void()> call)
    : node_(node), until_(until), call_(std::move(call)) {
  node_.add_watch(*this);
  arm();
}

ClockWatch::~ClockWatch() {
  if (slot_ != Agenda::none) node_.world().agenda().remove(slot_);
  node_.remove_watch(*this);
}

void ClockWatch::arm() {
  if (!call_) return;  // it has fired
  World& world = node_.world();
  if (slot_ != Agenda::none) world.agenda().remove(slot_);
  const WorldTime at = node_.clock(clock()).when(nanos(until_));
  slot_ = world.agenda().add(std::max(world.now(), at), this, &ClockWatch::fire,
                             watch_kind | index_of(node_.id()));
}

void ClockWatch::fire(void* who) {
  auto* watch = static_cast<ClockWatch*>(who);
  watch->slot_ = Agenda::none;
  const std::function<void()> call = std::exchange(watch->call_, nullptr);
  call();  // may destroy the watch
}

}  // namespace lockstep::sim
