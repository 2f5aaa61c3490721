// What ZooKeeper guarantees of sessions and watches (lock-algorithms.md, A1.2).
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/backends/zookeeper/ensemble.hpp"

namespace lockstep::zookeeper {
namespace {

bool is_there(Ensemble& ensemble, const ClientPtr& client, const std::string& path) {
  return ensemble.ask(client, exists(path)).code == Code::ok;
}

TEST(ZooKeeperSession, EndsBetweenItsTimeoutAndTheNextTick) {
  // A session of 2 s on ticks of 400 ms.
  Ensemble ensemble;
  const ClientPtr holder = ensemble.client("holder");
  const ClientPtr other = ensemble.client("other", 1);
  ensemble.ask(holder, create("/e", "", true, false));
  ensemble.pass(500ms);
  ensemble.machine("holder").power_off();
  // Its last ping was a third of its session ago at most.
  ensemble.pass(1300ms);
  EXPECT_TRUE(is_there(ensemble, other, "/e"));
  ensemble.pass(1300ms);
  EXPECT_FALSE(is_there(ensemble, other, "/e"));
}

TEST(ZooKeeperSession, OutlivesTheProcessDeathOfItsClientButNotItsClose) {
  Ensemble ensemble;
  const ClientPtr holder = ensemble.client("holder");
  const ClientPtr closer = ensemble.client("closer");
  const ClientPtr other = ensemble.client("other", 1);
  ensemble.ask(holder, create("/died", "", true, false));
  ensemble.ask(closer, create("/closed", "", true, false));
  ensemble.machine("holder").kill();
  ensemble.machine("closer").spawn(closer->close());
  ensemble.pass(200ms);
  EXPECT_TRUE(is_there(ensemble, other, "/died"));
  EXPECT_FALSE(is_there(ensemble, other, "/closed"));
  ensemble.pass(3s);
  EXPECT_FALSE(is_there(ensemble, other, "/died"));
}

TEST(ZooKeeperSession, SurvivesTheDeathOfTheLeaderWithANewEpoch) {
  Ensemble ensemble;
  const ClientPtr client = ensemble.client("client");
  const ClientPtr other = ensemble.client("other", 2);
  const Answer before = ensemble.ask(client, create("/e", "", true, false));
  const SessionId session = client->session();
  ensemble.nodes[0]->kill();
  const Answer after = ensemble.ask(client, create("/f", "", true, false));
  EXPECT_EQ(after.code, Code::ok);
  EXPECT_EQ(client->session(), session);
  EXPECT_EQ(before.stat.czxid >> 32, 1u);
  EXPECT_GT(after.stat.czxid >> 32, before.stat.czxid >> 32);
  ensemble.pass(3s);
  EXPECT_TRUE(is_there(ensemble, other, "/e"));
}

TEST(ZooKeeperSession, IsToldThatItIsOverOnlyWhenItsClientComesBack) {
  Ensemble ensemble;
  const ClientPtr holder = ensemble.client("holder");
  const ClientPtr other = ensemble.client("other", 1);
  std::vector<SessionEvent> told;
  holder->on_session_event([&told](SessionEvent event) { told.push_back(event); });
  ensemble.ask(holder, create("/e", "", true, false));
  const NodeId machine = ensemble.machine("holder").id();
  for (const NodeId server : ensemble.ids) ensemble.cut(machine, server);
  ensemble.pass(6s);
  EXPECT_FALSE(is_there(ensemble, other, "/e"));
  EXPECT_THAT(told, testing::ElementsAre(SessionEvent::suspended));
  for (const NodeId server : ensemble.ids) ensemble.cut(machine, server, true);
  ensemble.pass(2s);
  EXPECT_THAT(told, testing::ElementsAre(SessionEvent::suspended, SessionEvent::lost));
}

TEST(ZooKeeperSession, IsNotServedByAServerThatLostItsLeader) {
  Ensemble ensemble;
  const ClientPtr client = ensemble.client("client", 2);
  ensemble.ask(client, create("/a", "", false, false));
  const NodeId lonely = ensemble.ids[2];
  ensemble.cut(lonely, ensemble.ids[0]);
  ensemble.cut(lonely, ensemble.ids[1]);
  ensemble.pass(1s);
  EXPECT_EQ(ensemble.ask(client, create("/b", "", false, false)).code, Code::ok);
}

TEST(ZooKeeperWatch, FiresOnceAndForWhatItWatches) {
  Ensemble ensemble;
  const ClientPtr a = ensemble.client("a");
  const ClientPtr b = ensemble.client("b", 1);
  ensemble.ask(a, create("/p", "", false, false));
  const auto data = std::make_shared<Watch>();
  const auto child = std::make_shared<Watch>();
  const auto missing = std::make_shared<Watch>();
  const auto none = std::make_shared<Watch>();
  ensemble.ask(a, get("/p"), data);
  ensemble.ask(a, children("/p"), child);
  ensemble.ask(a, exists("/p/x"), missing);
  ensemble.ask(a, get("/p/x"), none);
  ensemble.ask(b, set("/p", "1"));
  ensemble.pass(50ms);
  ASSERT_TRUE(data->event);
  EXPECT_EQ(data->event->type, EventType::data_changed);
  EXPECT_FALSE(child->event);
  data->event.reset();
  ensemble.ask(b, set("/p", "2"));
  ensemble.ask(b, create("/p/x", "", false, false));
  ensemble.pass(50ms);
  EXPECT_FALSE(data->event) << "one shot";
  ASSERT_TRUE(child->event);
  EXPECT_EQ(child->event->type, EventType::children_changed);
  ASSERT_TRUE(missing->event);
  EXPECT_EQ(missing->event->type, EventType::created);
  EXPECT_FALSE(none->event) << "getData of a missing node leaves no watch";
}

TEST(ZooKeeperWatch, FiresAfterAReconnectForWhatChangedMeanwhile) {
  Ensemble ensemble;
  const ClientPtr a = ensemble.client("a", 2);
  const ClientPtr b = ensemble.client("b", 1);
  ensemble.ask(a, create("/changed", "", false, false));
  ensemble.ask(a, create("/same", "", false, false));
  const auto changed = std::make_shared<Watch>();
  const auto same = std::make_shared<Watch>();
  ensemble.ask(a, get("/changed"), changed);
  ensemble.ask(a, get("/same"), same);
  ensemble.nodes[2]->kill();
  ensemble.ask(b, set("/changed", "1"));
  ensemble.pass(1s);
  EXPECT_TRUE(changed->event);
  EXPECT_FALSE(same->event);
  ensemble.ask(b, set("/same", "1"));
  ensemble.pass(100ms);
  EXPECT_TRUE(same->event) << "armed again at the other server";
}

Task<void> write_some(ClientPtr client, Env& env, int writes) {
  const std::optional<Deadline> never;
  const auto session = co_await client->connected(never);
  if (!session) co_return;
  for (int i = 0; i < writes; ++i) {
    const auto written = co_await client->insist(*session, set("/p", std::to_string(i)));
    if (!written) co_return;
    const Duration pause = env.random().between(Duration(0), Duration(5ms));
    co_await env.sleep_for(pause);
  }
}

struct Seen {
  int events = 0;
  bool reply_before_event = false;
  bool went_back = false;
};

/// Watches, and reads again and again: no reply may show a change before the event has come.
Task<void> read_and_watch(ClientPtr client, std::shared_ptr<Seen> seen) {
  const std::optional<Deadline> never;
  Zxid newest = 0;
  for (;;) {
    const auto session = co_await client->connected(never);
    if (!session) co_return;
    const auto watch = std::make_shared<Watch>();
    const auto first = co_await client->insist(*session, get("/p"), watch);
    if (!first) continue;
    const Zxid shown = first->answers.front().stat.mzxid;
    seen->went_back |= shown < newest;
    newest = shown;
    while (!watch->event && client->session() == *session) {
      const auto again = co_await client->insist(*session, get("/p"));
      if (!again) break;
      const Zxid now = again->answers.front().stat.mzxid;
      seen->went_back |= now < newest;
      newest = now;
      seen->reply_before_event |= now != shown && !watch->event;
    }
    if (watch->event) ++seen->events;
  }
}

RC_GTEST_PROP(ZooKeeperWatch, TellsAChangeBeforeAnyReplyThatShowsIt, ()) {
  const auto seed = *rc::gen::inRange<std::uint64_t>(1, 1'000'000);
  Ensemble ensemble(seed);
  const auto where = *rc::gen::inRange<std::size_t>(0, 3);
  const ClientPtr writer = ensemble.client("writer", where);
  const ClientPtr reader = ensemble.client("reader", (where + 1) % 3);
  ensemble.ask(writer, create("/p", "", false, false));
  ensemble.ask(reader, sync("/p"));
  const auto seen = std::make_shared<Seen>();
  sim::Node& reading = ensemble.machine("reader");
  sim::Node& writing = ensemble.machine("writer");
  reading.spawn(read_and_watch(reader, seen));
  writing.spawn(write_some(writer, writing, 100));
  const bool failover = *rc::gen::arbitrary<bool>();
  ensemble.pass(100ms);
  if (failover) ensemble.nodes[where]->kill();
  ensemble.pass(2s);
  RC_ASSERT(seen->events > 5);
  RC_ASSERT(!seen->reply_before_event);
  RC_ASSERT(!seen->went_back);
  reading.kill();
}

TEST(ZooKeeperRead, MayBeStaleAtAFollowerButNotAfterASync) {
  Ensemble ensemble;
  const ClientPtr writer = ensemble.client("writer", 0);
  const ClientPtr reader = ensemble.client("reader", 2);
  ensemble.ask(writer, create("/p", "", false, false));
  ensemble.ask(reader, sync("/p"));
  // Too short for the follower to notice.
  ensemble.world.cut(ensemble.ids[0], ensemble.ids[2]);
  const Zxid written = ensemble.ask(writer, set("/p", "1")).stat.mzxid;
  EXPECT_LT(ensemble.ask(reader, get("/p")).stat.mzxid, written);
  ensemble.world.mend(ensemble.ids[0], ensemble.ids[2]);
  ensemble.ask(reader, sync("/p"));
  EXPECT_EQ(ensemble.ask(reader, get("/p")).stat.mzxid, written);
}

}  // namespace
}  // namespace lockstep::zookeeper
