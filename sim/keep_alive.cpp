#include "sim/keep_alive.hpp"

#include <algorithm>

#include "sim/channel.hpp"
#include "sim/node.hpp"
#include "sim/world.hpp"

namespace lockstep::sim {
namespace {
constexpr std::uint64_t probe_kind = std::uint64_t{0xb4} << 56;
}  // namespace

KeepAlive::KeepAlive(Channel& channel, int side, Duration idle)
    : channel_(channel), side_(side), idle_(idle), answered_at_(now()) {
  probe_after(idle_ / 4);
}

KeepAlive::~KeepAlive() {
  if (slot_ != Agenda::none) channel_.world().agenda().remove(slot_);
}

Duration KeepAlive::now() const {
  const Clock& clock = channel_.node(side_).clock(ClockKind::steady);
  return Duration(clock.read(channel_.world().now()));
}

void KeepAlive::probe_after(Duration pause) {
  World& world = channel_.world();
  const Duration least = std::max<Duration>(pause, 1us);
  const WorldTime at = channel_.node(side_).clock(ClockKind::steady).when((now() + least).count());
  const std::uint64_t identity = probe_kind | index_of(channel_.node(side_).id());
  slot_ = world.agenda().add(std::max(world.now(), at), this, &KeepAlive::fire, identity);
}

void KeepAlive::fire(void* who) {
  auto* probes = static_cast<KeepAlive*>(who);
  probes->slot_ = Agenda::none;
  probes->channel_.world().set_cause(0);
  probes->probe();
}

void KeepAlive::probe() {
  if (channel_.half(side_).ended) return;
  const ProbeAnswer answer = channel_.probe(side_);
  // Whichever ends the connection may end what holds this.
  if (answer == ProbeAnswer::reset) return channel_.end(side_);
  if (answer == ProbeAnswer::alive) answered_at_ = now();
  const Duration silent = now() - answered_at_;
  if (silent < idle_) {
    probe_after(std::min(idle_ / 4, idle_ - silent));
  } else {
    channel_.abandon(side_);
  }
}

}  // namespace lockstep::sim
