// Pairs of nodes that send one frame back and forth over a connection, through the full network
// model and with the digest on: what a message costs.
#include <benchmark/benchmark.h>

#include <string>

#include "sim/world.hpp"

namespace lockstep {
namespace {

struct Ball {
  std::uint64_t number;
  void fold(Digest& digest) const { digest.fold(number); }
  std::string describe() const { return "ball " + std::to_string(number); }
};

Task<void> play(ConnectionPtr connection) {
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) co_return;
    const Ball back{content_of<Ball>(*frame)->number + 1};
    (void)connection->send(make_frame(back));
  }
}

Task<void> serve(Env& env) {
  auto connection = co_await env.accept();
  co_await play(std::move(connection));
}

Task<void> open(Env& env, NodeId peer) {
  auto connection = co_await env.connect(peer, env.steady_now() + 10s);
  if (!connection) co_return;
  (void)(*connection)->send(make_frame(Ball{0}));
  co_await play(std::move(*connection));
}

void ping_pong(benchmark::State& state) {
  const std::int64_t pairs = state.range(0);
  sim::World::Options options;
  options.network.latency_min = 1ms;
  options.network.latency_max = 5ms;
  sim::World world(options);
  for (std::int64_t i = 0; i < pairs; ++i) {
    const NodeId peer = world.add("server-" + std::to_string(i), serve).id();
    world.add("client-" + std::to_string(i), [peer](Env& env) { return open(env, peer); });
  }
  const Duration stretch = Duration(30s) / pairs;  // 10,000 messages, at 3 ms each
  for (auto _ : state) world.run_until(world.now() + stretch);
  state.SetItemsProcessed(static_cast<std::int64_t>(world.messages()));
}
BENCHMARK(ping_pong)->Arg(1)->Arg(64)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep
