// The same ping-pong on SimGrid's S4U mailboxes, the fastest simulator of messages between
// processes that Debian has: beside ours, in the same run.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <simgrid/s4u.hpp>
#include <string>

namespace {

namespace s4u = simgrid::s4u;

constexpr int messages =
    20'000;  // at least, and 200 for each pair: starting an actor is not what is measured

void play(s4u::Mailbox* in, s4u::Mailbox* out, bool begins, int balls) {
  int ball = 0;
  if (begins) out->put(&ball, 64);
  for (int i = 0; i < balls; ++i) {
    in->get<int>();
    if (!begins || i + 1 < balls) out->put(&ball, 64);
  }
}

// An engine lives once in a process, and can't be reset: all pairs of one benchmark play at once,
// and each benchmark brings hosts of its own.
s4u::Engine& engine() {
  static s4u::Engine* const only = [] {
    static char name[] = "lockstep_bench";
    static char quiet[] = "--log=root.threshold:error";
    static char* arguments[] = {name, quiet, nullptr};
    int count = 2;
    auto* made = new s4u::Engine(&count, arguments);
    s4u::NetZone* zone = s4u::create_full_zone("net");
    s4u::Host* a = zone->create_host("a", 1e9);
    s4u::Host* b = zone->create_host("b", 1e9);
    s4u::Link* link = zone->create_link("wire", 1e12)->set_latency(3e-3);
    link->set_sharing_policy(s4u::Link::SharingPolicy::FATPIPE)->seal();
    zone->add_route(a->get_netpoint(), b->get_netpoint(), nullptr, nullptr,
                    {s4u::LinkInRoute(link)}, true);
    zone->seal();
    return made;
  }();
  return *only;
}

void simgrid(benchmark::State& state) {
  s4u::Engine& e = engine();
  const int pairs = static_cast<int>(state.range(0));
  const int balls = std::max(messages / pairs, 200) / 2;
  for (auto _ : state) {
    for (int i = 0; i < pairs; ++i) {
      const std::string name = std::to_string(pairs) + "-" + std::to_string(i);
      s4u::Mailbox* there = s4u::Mailbox::by_name("there-" + name);
      s4u::Mailbox* back = s4u::Mailbox::by_name("back-" + name);
      s4u::Actor::create("client-" + name, e.host_by_name("a"), play, back, there, true, balls);
      s4u::Actor::create("server-" + name, e.host_by_name("b"), play, there, back, false, balls);
    }
    e.run();
  }
  state.SetItemsProcessed(state.iterations() * pairs * balls * 2);
}
BENCHMARK(simgrid)->Arg(1)->Arg(64)->Arg(1000)->Unit(benchmark::kMillisecond);

}  // namespace
