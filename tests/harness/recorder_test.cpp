// What the recorder hears of a replicated service: every member tells every change, and it happened
// once.
#include "harness/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/queue.hpp"

namespace lockstep {
namespace {

using ::testing::ElementsAre;

void interpret(const KeyChange& change, std::vector<GrantNote>& out) {
  interpret_line(change, "/locks/", 1, out);
}

Task<void> idle(Env&) {
  co_return;
}

/// Three members of a group, and two clients.
struct Group {
  Group() {
    backend.name = "grouped";
    backend.replicated = true;
    backend.interpret = interpret;
    for (const char* name : {"group-1", "group-2", "group-3", "client-1", "client-2"}) {
      world.add(name, idle);
    }
    recorder = std::make_unique<Recorder>(world, backend, record);
    world.set_observer(recorder.get());
    for (const char* client : {"client-1", "client-2"}) recorder->begin_process(node(client));
  }
  ~Group() { world.set_observer(nullptr); }

  sim::Node& node(const std::string& name) { return *world.find(name); }
  static Contender contender(int client) {
    Contender one;
    one.owner = "owner-" + std::to_string(client);
    one.client = NodeId{static_cast<std::uint32_t>(2 + client)};
    return one;
  }
  void tell(const std::string& member, std::uint64_t position, const std::vector<Contender>& before,
            const std::vector<Contender>& after) {
    KeyChange change;
    change.key = "/locks/one";
    change.before = queue_text(before);
    change.after = queue_text(after);
    change.by = after.size() < before.size() ? before.front().client : after.back().client;
    change.position = position;
    node(member).note(change);
  }
  /// "granted owner-1 to 0", where 0 is its process.
  std::vector<std::string> told() const {
    std::vector<std::string> lines;
    for (const ServiceEvent& event : record.service) {
      lines.push_back(std::string(name_of(event.change)) + " " + event.owner + " to " +
                      std::to_string(event.holder));
    }
    return lines;
  }

  sim::World world{{}};
  Backend backend;
  Record record;
  std::unique_ptr<Recorder> recorder;
};

TEST(ReplicatedService, IsHeardOnceThoughEveryMemberTells) {
  Group group;
  const std::vector<Contender> line = {Group::contender(1)};
  for (const char* member : {"group-2", "group-1", "group-3"}) group.tell(member, 7, {}, line);
  EXPECT_THAT(group.told(), ElementsAre("granted owner-1 to 0"));
  EXPECT_EQ(group.record.service.front().server, "group-2");
}

TEST(ReplicatedService, KeepsItsGrantsWhenAMemberDies) {
  Group group;
  group.tell("group-1", 7, {}, {Group::contender(1)});
  group.node("group-1").kill();
  EXPECT_THAT(group.told(), ElementsAre("granted owner-1 to 0"));
  group.tell("group-2", 8, {Group::contender(1)}, {});
  EXPECT_THAT(group.told(), ElementsAre("granted owner-1 to 0", "released owner-1 to 0"));
}

TEST(ReplicatedService, IsHeardOnceThoughAMemberAppliesItsLogAgain) {
  Group group;
  const std::vector<Contender> line = {Group::contender(1)};
  group.tell("group-1", 7, {}, line);
  group.tell("group-1", 8, line, {});
  group.node("group-1").kill();
  group.node("group-1").start();
  group.tell("group-1", 7, {}, line);
  group.tell("group-1", 8, line, {});
  EXPECT_THAT(group.told(), ElementsAre("granted owner-1 to 0", "released owner-1 to 0"));
}

TEST(ReplicatedService, ThatBrokeItsLogIsHeardWithBothChangesOfOnePlace) {
  Group group;
  group.tell("group-1", 7, {}, {Group::contender(1)});
  group.tell("group-2", 7, {}, {Group::contender(2)});
  EXPECT_THAT(group.told(), ElementsAre("granted owner-1 to 0", "granted owner-2 to 1"));
}

TEST(ReplicatedService, GrantsToWhoIsNextAlthoughAnotherGaveItBack) {
  Group group;
  const std::vector<Contender> both = {Group::contender(1), Group::contender(2)};
  group.tell("group-1", 7, {}, {Group::contender(1)});
  group.tell("group-1", 8, {Group::contender(1)}, both);
  group.tell("group-3", 9, both, {Group::contender(2)});
  EXPECT_THAT(group.told(),
              ElementsAre("granted owner-1 to 0", "released owner-1 to 0", "granted owner-2 to 1"));
}

}  // namespace
}  // namespace lockstep
