// A Chubby cell's database, and what its master knows of caches.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backends/chubby/caches.hpp"
#include "backends/chubby/cell.hpp"
#include "backends/raft/encoding.hpp"

namespace lockstep::chubby {
namespace {

struct Database {
  Database() {
    cell.observe_failures([this](const std::string& lock) { failed.push_back(lock); });
  }
  Reply apply(Request request, raft::Term of = 1) {
    Command command;
    command.request = std::move(request);
    command.term = of;
    const std::string bytes = raft::to_bytes(command);
    const Frame reply = cell.apply(raft::Committed{++index, term, bytes});
    return *content_of<Reply>(reply);
  }
  SessionId open() { return apply(of(Action::open_session, 0)).session; }
  Reply acquire(SessionId session, std::uint64_t handle = 1) {
    return apply(of(Action::try_acquire, session, handle));
  }
  Reply release(SessionId session, std::uint64_t handle = 1) {
    return apply(of(Action::release, session, handle));
  }
  /// Writes "resource:x" with a sequencer of the lock.
  Reply write(SessionId session, std::string contents, std::uint64_t generation,
              bool newest_seen = false) {
    Request request = of(Action::set_contents, session);
    request.node = "resource:x";
    request.contents = std::move(contents);
    request.sequencer = {"a", generation};
    request.newest_seen = newest_seen;
    return apply(request);
  }
  static Request of(Action action, SessionId session, std::uint64_t handle = 0) {
    Request request;
    request.action = action;
    request.session = session;
    request.handle = handle;
    request.node = "a";
    return request;
  }

  Cell cell;
  raft::Index index = 0;
  raft::Term term = 1;
  std::vector<std::string> failed;
};

TEST(ChubbyCell, CountsTheGenerationsOfALock) {
  Database chubby;
  const SessionId ann = chubby.open();
  const SessionId bob = chubby.open();
  EXPECT_EQ(chubby.acquire(ann).generation, 1u);
  EXPECT_EQ(chubby.acquire(ann).generation, 1u) << "asked again";
  EXPECT_EQ(chubby.acquire(bob).status, Status::held);
  EXPECT_EQ(chubby.release(ann, 1).status, Status::ok);
  EXPECT_EQ(chubby.acquire(bob).generation, 2u);
  EXPECT_EQ(chubby.release(ann).status, Status::invalid);
}

TEST(ChubbyCell, ReleasesOnlyWhatWasTakenByTheSameHandle) {
  Database chubby;
  const SessionId ann = chubby.open();
  chubby.acquire(ann, 1);
  chubby.release(ann, 1);
  chubby.acquire(ann, 2);
  EXPECT_EQ(chubby.release(ann, 1).status, Status::invalid) << "it came late";
  EXPECT_TRUE(chubby.cell.is_valid({"a", 2}));
}

TEST(ChubbyCell, GivesNoLockToAHandleThatIsClosed) {
  Database chubby;
  const SessionId ann = chubby.open();
  const SessionId bob = chubby.open();
  EXPECT_EQ(chubby.release(ann, 1).status, Status::invalid) << "given up before it arrived";
  EXPECT_EQ(chubby.acquire(ann, 1).status, Status::invalid);
  EXPECT_EQ(chubby.acquire(bob, 1).status, Status::ok);
}

TEST(ChubbyCell, HoldsASequencerValidWhileItsLockIsHeld) {
  Database chubby;
  const SessionId ann = chubby.open();
  chubby.acquire(ann);
  EXPECT_TRUE(chubby.cell.is_valid({"a", 1}));
  chubby.release(ann);
  EXPECT_FALSE(chubby.cell.is_valid({"a", 1}));
  chubby.acquire(ann, 2);
  EXPECT_FALSE(chubby.cell.is_valid({"a", 1}));
  EXPECT_TRUE(chubby.cell.is_valid({"a", 2}));
}

TEST(ChubbyCell, WritesNothingForASequencerThatIsNotValid) {
  Database chubby;
  const SessionId ann = chubby.open();
  chubby.acquire(ann);
  EXPECT_EQ(chubby.write(ann, "1", 1).status, Status::ok);
  chubby.release(ann);
  EXPECT_EQ(chubby.write(ann, "2", 1).status, Status::invalid);
  EXPECT_EQ(chubby.cell.find("resource:x")->contents, "1");
}

TEST(ChubbyCell, ThatComparesWithTheNewestSeenTakesAnOldHoldersWrite) {
  Database chubby;
  const SessionId ann = chubby.open();
  chubby.acquire(ann);
  chubby.release(ann);
  chubby.acquire(ann, 2);
  EXPECT_EQ(chubby.write(ann, "stale", 1, true).status, Status::ok);
  EXPECT_EQ(chubby.write(ann, "new", 2, true).status, Status::ok);
  EXPECT_EQ(chubby.write(ann, "stale", 1, true).status, Status::invalid);
}

TEST(ChubbyCell, ReportsTheLocksOfASessionThatFailed) {
  Database chubby;
  const SessionId ann = chubby.open();
  const SessionId bob = chubby.open();
  chubby.acquire(ann);
  chubby.apply(Database::of(Action::expire_session, ann));
  EXPECT_THAT(chubby.failed, testing::ElementsAre("a"));
  EXPECT_EQ(chubby.acquire(ann).status, Status::no_session);
  EXPECT_EQ(chubby.acquire(bob).status, Status::ok);
  chubby.apply(Database::of(Action::close_session, bob));
  EXPECT_EQ(chubby.failed.size(), 1u) << "who closes its session has not failed";
}

TEST(ChubbyCell, TakesNothingFromTheMasterOfAnotherTerm) {
  Database chubby;
  const SessionId ann = chubby.open();
  chubby.term = 2;
  EXPECT_EQ(chubby.apply(Database::of(Action::try_acquire, ann), 1).status, Status::unknown);
  chubby.apply(Database::of(Action::expire_session, ann), 1);
  EXPECT_TRUE(chubby.cell.sessions().contains(ann));
}

TEST(ChubbyCaches, AreAskedToDropWhatIsAboutToBeWritten) {
  Caches caches;
  caches.begin_term(1, {});
  EXPECT_TRUE(caches.keep(7, "f"));
  caches.begin_write("f");
  EXPECT_TRUE(caches.kept("f"));
  EXPECT_THAT(caches.to_drop(7), testing::ElementsAre("f"));
  EXPECT_FALSE(caches.keep(8, "f")) << "nobody may keep it while it is written";
  caches.dropped(7, {"f"}, 1, caches.kept_so_far());
  EXPECT_FALSE(caches.kept("f"));
  caches.end_write("f");
  EXPECT_TRUE(caches.keep(8, "f"));
}

TEST(ChubbyCaches, OfAnEarlierTermCountUntilAllHaveDroppedEverything) {
  Caches caches;
  caches.begin_term(1, {});
  caches.keep(7, "f");
  caches.begin_term(2, {7, 8});
  EXPECT_TRUE(caches.kept("f"));
  caches.dropped(7, {}, 1, 0);
  EXPECT_TRUE(caches.kept("f")) << "it does not know the new master yet";
  caches.dropped(7, {}, 2, 0);
  caches.forget(8);
  EXPECT_FALSE(caches.kept("f"));
}

}  // namespace
}  // namespace lockstep::chubby
