#pragma once
// What the plays of these tests are made of: numbered balls, a log, and a count of what is alive.

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/join.hpp"
#include "sim/world.hpp"

namespace lockstep::sim {

/// Counts itself, so that a test sees a frame or message that was not destroyed.
struct Alive {
  Alive() { ++count; }
  Alive(const Alive&) { ++count; }
  Alive& operator=(const Alive&) = default;
  ~Alive() { --count; }
  static inline int count = 0;
};

struct Ball {
  explicit Ball(std::uint64_t n) : number(n) {}
  std::uint64_t number;
  Alive alive{};
  void fold(Digest& digest) const { digest.fold(number); }
  std::string describe() const { return "ball " + std::to_string(number); }
};

inline Frame ball(std::uint64_t number) {
  return make_frame(Ball(number));
}
inline std::uint64_t number_in(const Frame& frame) {
  return content_of<Ball>(frame)->number;
}

/// What happened, in order, at which true time.
struct Log {
  struct Entry {
    WorldTime at;
    std::string what;
    friend bool operator==(const Entry&, const Entry&) = default;
  };
  void add(World& world, std::string what) { entries.push_back({world.now(), std::move(what)}); }
  std::vector<std::string> words() const {
    std::vector<std::string> all;
    for (const Entry& entry : entries) all.push_back(entry.what);
    return all;
  }
  std::vector<Entry> entries;
};

inline WorldTime at(Duration since_start) {
  return WorldTime(since_start);
}

/// A world in which every message takes exactly `latency`.
inline World::Options exact(Duration latency) {
  World::Options options;
  options.network.latency_min = options.network.latency_max = latency;
  return options;
}

/// Does nothing, for ever.
inline Task<void> idle(Env& env) {
  co_await env.sleep_until(SteadyTime::max());
}

/// Accepts connections, one after the other, and sends back every ball on them, all side by side.
inline Task<void> echo_on(ConnectionPtr connection) {
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    (void)connection->send(*frame);
  }
}
inline Task<void> echo(Env& env) {
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(echo_on(std::move(connection)));
  }
}

}  // namespace lockstep::sim
