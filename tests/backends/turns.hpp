#pragma once
// Three clients of one lock that each take five turns in it, for the law that every lock keeps.

#include <algorithm>

#include "tests/backends/locks_play.hpp"

namespace lockstep {

struct Turns {
  int inside = 0;  // now
  int most = 0;    // at once, ever
  int count = 0;
};

inline Task<void> take_five_turns(Env& env, Lock& lock, Turns& turns) {
  for (int i = 0; i < 5; ++i) {
    auto lease = co_await lock.acquire("a", 1000s);
    if (!lease) co_return;
    turns.most = std::max(turns.most, ++turns.inside);
    ++turns.count;
    co_await env.sleep_for(20ms);
    --turns.inside;
    const auto released = co_await lock.release(std::move(*lease));
    if (!released) co_return;
  }
}

/// The turns that ann, bob and cleo had by the end of that length: fifteen, one at a time, of a
/// lock that excludes and lets everybody in.
inline Turns turns_of_three(LocksPlay& play, Duration length) {
  Turns turns;
  for (const char* name : {"ann", "bob", "cleo"}) {
    LocksPlay::Actor& actor = play.client(name);
    actor.node.spawn(take_five_turns(actor.node, *actor.lock, turns));
  }
  play.pass(length);
  return turns;
}

}  // namespace lockstep
