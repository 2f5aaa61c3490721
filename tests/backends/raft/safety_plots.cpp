// Short plots that some runs follow, over and over: what single faults at random moments hardly
// ever make of themselves.
#include <algorithm>

#include "tests/backends/raft/safety_group.hpp"

namespace lockstep::raft {

void SafetyGroup::meet_leader(std::size_t place) {
  if (random_.below(2) == 0) return;
  const Duration soon = random_.scale_between(10us, 4ms);
  switch (temper_) {
    case Temper::mixed: break;
    case Temper::elections: later(soon, [this, place] { let_die_half_heard(place); }); break;
    case Temper::changes: later(0ns, [this, place] { let_change_unheard(place); }); break;
    case Temper::clocks: {
      const Duration calm = random_.between(0ns, 60ms);
      later(calm, [this, place] { let_read_unheard(place); });
    }
  }
}

void SafetyGroup::meet_voter(std::size_t place) {
  if (temper_ != Temper::elections && temper_ != Temper::changes) return;
  const Member* const member = alive(place);
  if (member == nullptr) return;
  if (member->consensus()->role() == Consensus::Role::candidate) {
    const Duration soon = random_.between(500us, 8ms);
    if (random_.below(2) == 0) later(soon, [this, place] { mute(place); });
  } else if (temper_ == Temper::elections && random_.below(6) == 0) {
    const Duration soon = random_.between(0ns, 2ms);
    later(soon, [this, place] { lose_vote(place); });
  }
}

/// Loses power around the moment at which its vote leaves, and is back before the term is over.
void SafetyGroup::lose_vote(std::size_t place) {
  if (healed_ || !node(place).alive()) return;
  ++report_.power_losses;
  node(place).power_off();
  const Duration after = random_.between(0ns, 3ms);
  later(after, [this, place] { node(place).start(); });
}

/// Is elected, and hardly anybody hears of it: its own letters do not get through.
void SafetyGroup::mute(std::size_t place) {
  if (healed_) return;
  ++report_.cuts;
  const std::size_t hears = random_.below(3) != 0 ? other_than(place) : place;
  const Duration lasts = random_.scale_between(10ms, 100ms);
  for (std::size_t i = 0; i < nodes_; ++i) {
    if (i == place || i == hears) continue;
    for (const std::size_t speaker : {place, hears}) {
      const NodeId from = node(speaker).id();
      const NodeId to = node(i).id();
      world_.cut(from, to);
      later(lasts, [this, from, to] { world_.mend(from, to); });
    }
  }
  if (temper_ == Temper::elections && random_.below(2) == 0) {
    later(lasts, [this, place] { stop_server(place); });
  }
}

/// Dies at the moment at which something is committed.
void SafetyGroup::meet_commit() {
  if (temper_ != Temper::elections || random_.below(10) != 0) return;
  const Member* const first = leader();
  if (first == nullptr) return;
  const std::size_t place = index_of(first->consensus()->self().node);
  const Duration soon = random_.between(0ns, 500us);
  later(soon, [this, place] {
    if (!healed_) stop_server(place);
  });
}

/// Figure 8 of the Raft paper: leaders that reach one or two others, and die.
void SafetyGroup::let_die_half_heard(std::size_t place) {
  if (healed_) return;
  const Duration until_dead = random_.scale_between(500us, 20ms);
  const Duration until_back = random_.scale_between(5ms, 80ms);
  std::vector<std::size_t> side{place};
  const std::size_t hear_it = static_cast<std::size_t>(random_.below(nodes_));
  for (std::size_t i = 0; i < hear_it && i + 2 < nodes_; ++i) side.push_back(other_than(place));
  cut_off(side, until_dead);
  if (Member* const member = alive(place)) {
    const Deadline until = node(place).steady_now() + 100ms;
    if (node(place).state() == sim::NodeState::up) {
      node(place).spawn(propose(*member, std::to_string(++commands_), until));
    }
  }
  later(until_dead, [this, place, until_back] {
    if (healed_ || !node(place).alive()) return;
    ++report_.deaths;
    node(place).kill();
    later(until_back, [this, place] { node(place).start(); });
  });
}

/// The bug of 2015 in single-server changes: a new leader changes the group at once, as the one
/// before it had done, and each is heard by few.
void SafetyGroup::let_change_unheard(std::size_t place) {
  if (healed_) return;
  const Member* const member = alive(place);
  if (member == nullptr || !whole(member->consensus()->configuration())) return;
  if (member->consensus()->configuration().voters.size() > 2) {
    const std::size_t gone = other_than(place);
    ask_change(place, gone, false);
  }
  std::vector<std::size_t> side{place};
  if (random_.below(2) == 0) side.push_back(other_than(place));
  const Duration lasts = random_.scale_between(10ms, 120ms);
  const Duration soon = random_.below(2) == 0 ? Duration::zero() : random_.between(0ns, 2ms);
  later(soon, [this, side, lasts] { cut_off(side, lasts); });
}

/// A leader that hears of nobody, and is asked all the time.
void SafetyGroup::let_read_unheard(std::size_t place) {
  if (healed_) return;
  const Duration lasts = random_.scale_between(20ms, 200ms);
  cut_off({place}, lasts);
  for (Duration at = 0ns; at < lasts; at += 2ms) {
    later(at, [this, place] {
      Member* const member = alive(place);
      if (member == nullptr || node(place).state() != sim::NodeState::up) return;
      const Deadline until = node(place).steady_now() + 20ms;
      if (random_.below(4) == 0) {
        node(place).spawn(propose(*member, std::to_string(++commands_), until));
      } else {
        node(place).spawn(read(*member, until));
      }
    });
  }
}

void SafetyGroup::cut_off(const std::vector<std::size_t>& side, Duration lasts) {
  ++report_.cuts;
  for (std::size_t a = 0; a < nodes_; ++a) {
    for (std::size_t b = 0; b < nodes_; ++b) {
      const bool here = std::find(side.begin(), side.end(), a) != side.end();
      const bool there = std::find(side.begin(), side.end(), b) != side.end();
      if (here == there) continue;
      const NodeId from = node(a).id();
      const NodeId to = node(b).id();
      world_.cut(from, to);
      later(lasts, [this, from, to] { world_.mend(from, to); });
    }
  }
}

std::size_t SafetyGroup::other_than(std::size_t place) {
  const std::size_t other = static_cast<std::size_t>(random_.below(founders_ - 1));
  return other < place ? other : (other + 1) % nodes_;
}

}  // namespace lockstep::raft
