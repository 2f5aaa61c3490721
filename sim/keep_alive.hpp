#pragma once
// TCP keepalive: how a machine finds out that a silent peer is gone.

#include "core/time.hpp"
#include "sim/agenda.hpp"

namespace lockstep::sim {

class Channel;

/// Probes the peer of one end of a channel four times in `idle` of its machine's steady clock, and
/// gives the connection up once no probe was answered for all of it. Probes are sent again and
/// overtake what is delayed, so loss and delays do not count: only cuts and dead machines do.
class KeepAlive {
 public:
  KeepAlive(Channel& channel, int side, Duration idle);
  ~KeepAlive();
  KeepAlive(const KeepAlive&) = delete;
  KeepAlive& operator=(const KeepAlive&) = delete;

 private:
  static void fire(void* who);
  void probe();
  void probe_after(Duration pause);
  /// What the machine's steady clock shows.
  Duration now() const;

  Channel& channel_;
  int side_;
  Duration idle_;
  Duration answered_at_;
  Agenda::Slot slot_ = Agenda::none;
};

}  // namespace lockstep::sim
