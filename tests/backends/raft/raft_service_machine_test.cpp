// The lock service's state machine: lines, sessions, and commands that come twice.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <set>

#include "backends/queue.hpp"
#include "backends/raft/encoding.hpp"
#include "backends/raft/service/lock_machine.hpp"

namespace lockstep::raft::service {
namespace {

/// A machine, and a log that gives it one command after the other.
struct Service {
  explicit Service(MachineRules rules = {}) : machine(rules) {
    machine.observe([this](const KeyChange& change) { changes.push_back(change); });
  }

  Reply apply(const Request& request, Term of = 1) {
    Command command;
    command.request = request;
    command.client = 100 + static_cast<std::uint32_t>(request.session);
    command.term = of;
    const std::string bytes = to_bytes(command);
    const Frame reply = machine.apply(Committed{++index, term, bytes});
    return *content_of<Reply>(reply);
  }
  SessionId open() {
    Request request;
    request.action = Action::open;
    request.length = Duration(10s).count();
    return apply(request).session;
  }
  Reply acquire(SessionId session, std::uint64_t serial, bool queues = true) {
    Request request = of(Action::acquire, session, serial);
    request.queues = queues;
    return apply(request);
  }
  Reply release(SessionId session, std::uint64_t serial, std::uint64_t token) {
    Request request = of(Action::release, session, serial);
    request.token = token;
    return apply(request);
  }
  Reply leave(SessionId session, std::uint64_t serial, std::uint64_t place) {
    Request request = of(Action::leave, session, serial);
    request.place = place;
    return apply(request);
  }
  Reply expire(SessionId session, Term of_term) {
    return apply(of(Action::expire, session, 0), of_term);
  }
  static Request of(Action action, SessionId session, std::uint64_t serial) {
    Request request;
    request.action = action;
    request.session = session;
    request.serial = serial;
    request.lock = "a";
    return request;
  }
  std::string holder() { return machine.holder("a").owner; }

  LockMachine machine;
  Index index = 0;
  Term term = 1;
  std::vector<KeyChange> changes;
};

TEST(RaftServiceMachine, GrantsInTheOrderOfAsking) {
  Service service;
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  const SessionId cleo = service.open();
  const Reply granted = service.acquire(ann, 1);
  EXPECT_EQ(granted.status, Status::ok);
  EXPECT_EQ(service.acquire(bob, 1).status, Status::queued);
  EXPECT_EQ(service.acquire(cleo, 1).status, Status::queued);
  service.release(ann, 2, granted.token);
  EXPECT_EQ(service.holder(), owner_text(bob, 1));
  EXPECT_EQ(service.machine.standing(bob, 1, "a").status, Status::ok);
  EXPECT_EQ(service.machine.standing(cleo, 1, "a").status, Status::queued);
}

TEST(RaftServiceMachine, GivesEachGrantTheIndexOfTheEntryThatMadeIt) {
  Service service;
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  const Reply first = service.acquire(ann, 1);
  EXPECT_EQ(first.token, service.index);
  service.acquire(bob, 1);
  service.release(ann, 2, first.token);
  EXPECT_EQ(service.machine.standing(bob, 1, "a").token, service.index);
}

TEST(RaftServiceMachine, RefusesWhoWillNotWait) {
  Service service;
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  service.acquire(ann, 1);
  EXPECT_EQ(service.acquire(bob, 1, false).status, Status::held);
  EXPECT_EQ(service.machine.line("a")->size(), 1u);
}

TEST(RaftServiceMachine, ReleasesTheGrantOfThatTokenAlone) {
  Service service;
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  const Reply granted = service.acquire(ann, 1);
  EXPECT_EQ(service.release(bob, 1, granted.token).status, Status::lost);
  EXPECT_EQ(service.release(ann, 2, granted.token + 1).status, Status::lost);
  EXPECT_EQ(service.release(ann, 3, granted.token).status, Status::ok);
  EXPECT_EQ(service.machine.holder("a").status, Status::free);
}

TEST(RaftServiceMachine, ExecutesACommandOnceHoweverOftenItComes) {
  Service service;
  const SessionId ann = service.open();
  const Reply granted = service.acquire(ann, 1);
  const Reply again = service.acquire(ann, 1);
  EXPECT_EQ(again.status, Status::ok);
  EXPECT_EQ(again.token, granted.token);
  EXPECT_EQ(service.machine.line("a")->size(), 1u);
  EXPECT_EQ(service.release(ann, 2, granted.token).status, Status::ok);
  EXPECT_EQ(service.release(ann, 2, granted.token).status, Status::ok);
}

TEST(RaftServiceMachine, IgnoresALateCopyOfAnEarlierCommand) {
  Service service;
  const SessionId ann = service.open();
  const Reply granted = service.acquire(ann, 1);
  service.release(ann, 2, granted.token);
  EXPECT_EQ(service.acquire(ann, 1).status, Status::lost);
  EXPECT_EQ(service.machine.holder("a").status, Status::free);
}

TEST(RaftServiceMachine, WithoutDeduplicationWaitsBehindItself) {
  Service service({.deduplicates = false, .releases_by_name = true});
  const SessionId ann = service.open();
  service.acquire(ann, 1);
  EXPECT_EQ(service.acquire(ann, 1).status, Status::queued);
}

TEST(RaftServiceMachine, WithoutDeduplicationASecondReleaseFreesTheNextHolder) {
  Service service({.deduplicates = false, .releases_by_name = true});
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  const Reply granted = service.acquire(ann, 1);
  service.acquire(bob, 1);
  service.release(ann, 2, granted.token);
  EXPECT_EQ(service.holder(), owner_text(bob, 1));
  service.release(ann, 2, granted.token);
  EXPECT_EQ(service.machine.holder("a").status, Status::free);
}

TEST(RaftServiceMachine, EndsAllThatASessionHeldOrWaitedForWithIt) {
  Service service;
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  const SessionId cleo = service.open();
  service.acquire(ann, 1);
  service.acquire(bob, 1);
  service.acquire(cleo, 1);
  service.expire(bob, 1);
  EXPECT_EQ(service.holder(), owner_text(ann, 1));
  service.expire(ann, 1);
  EXPECT_EQ(service.holder(), owner_text(cleo, 1));
  EXPECT_EQ(service.changes.back().cause, ChangeCause::expired);
  EXPECT_EQ(service.acquire(ann, 2).status, Status::lost);
}

TEST(RaftServiceMachine, ThatFreesNoLocksKeepsThemForTheDead) {
  Service service({.frees_locks = false});
  const SessionId ann = service.open();
  service.acquire(ann, 1);
  service.expire(ann, 1);
  EXPECT_EQ(service.holder(), owner_text(ann, 1));
}

TEST(RaftServiceMachine, HearsNothingFromALeaderThatWasDeposedMeanwhile) {
  Service service;
  const SessionId ann = service.open();
  service.acquire(ann, 1);
  service.term = 2;
  service.expire(ann, 1);
  EXPECT_EQ(service.holder(), owner_text(ann, 1));
}

TEST(RaftServiceMachine, LeavesTheLineOrTheLockItself) {
  Service service;
  const SessionId ann = service.open();
  const SessionId bob = service.open();
  service.acquire(ann, 1);
  service.acquire(bob, 1);
  service.leave(bob, 2, 1);
  EXPECT_EQ(service.machine.line("a")->size(), 1u);
  service.leave(ann, 2, 1);
  EXPECT_EQ(service.machine.holder("a").status, Status::free);
}

TEST(RaftServiceMachine, LetsItsHolderInAgainIfAskedTo) {
  Service service;
  const SessionId ann = service.open();
  const Reply granted = service.acquire(ann, 1);
  Request again = Service::of(Action::acquire, ann, 2);
  again.reentrant = true;
  EXPECT_EQ(service.apply(again).token, granted.token);
  service.release(ann, 3, granted.token);
  EXPECT_EQ(service.holder(), owner_text(ann, 1));
  service.release(ann, 4, granted.token);
  EXPECT_EQ(service.machine.holder("a").status, Status::free);
}

TEST(RaftServiceMachine, TellsItsLineWithTheIndexAsPosition) {
  Service service;
  const SessionId ann = service.open();
  service.acquire(ann, 1);
  ASSERT_EQ(service.changes.size(), 1u);
  const KeyChange& change = service.changes.front();
  EXPECT_EQ(change.key, "lock:a");
  EXPECT_EQ(change.position, service.index);
  const std::vector<Contender> line = queue_in(change.after);
  ASSERT_EQ(line.size(), 1u);
  EXPECT_EQ(line.front().owner, owner_text(ann, 1));
}

/// Commands of three sessions, drawn as numbers.
std::vector<Request> commands(const std::vector<std::uint32_t>& numbers) {
  std::vector<Request> all;
  std::uint64_t serials[3] = {0, 0, 0};
  for (const std::uint32_t number : numbers) {
    const std::uint64_t who = number % 3;
    const bool again = number % 7 == 0 && serials[who] > 0;
    if (!again) ++serials[who];
    static constexpr Action actions[] = {Action::acquire, Action::acquire, Action::release,
                                         Action::leave, Action::expire};
    Request request = Service::of(actions[number / 3 % 5], who + 1, serials[who]);
    request.queues = number / 15 % 2 == 0;
    request.token = number / 30 % 40;
    request.place = number / 30 % 8;
    all.push_back(request);
  }
  return all;
}

RC_GTEST_PROP(RaftServiceMachine, IsTheSameAfterASnapshotAsAfterTheLog,
              (const std::vector<std::uint32_t>& numbers)) {
  Service whole;
  Service cut;
  for (int i = 0; i < 3; ++i) {
    whole.open();
    cut.open();
  }
  const std::vector<Request> all = commands(numbers);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i == all.size() / 2) {
      Service resumed;
      resumed.machine.restore(cut.machine.snapshot());
      cut.machine.restore(resumed.machine.snapshot());
    }
    const Reply one = whole.apply(all[i]);
    const Reply other = cut.apply(all[i]);
    RC_ASSERT(one.status == other.status && one.token == other.token);
  }
  RC_ASSERT(whole.machine.snapshot() == cut.machine.snapshot());
}

RC_GTEST_PROP(RaftServiceMachine, HasOneHolderWhoseTokensRise,
              (const std::vector<std::uint32_t>& numbers)) {
  Service service;
  for (int i = 0; i < 3; ++i) service.open();
  std::uint64_t last = 0;
  for (const Request& request : commands(numbers)) {
    service.apply(request);
    const std::vector<Place>* line = service.machine.line("a");
    if (line == nullptr) continue;
    RC_ASSERT(!line->empty() && line->front().token >= last && line->front().token > 0);
    last = line->front().token;
    for (std::size_t i = 1; i < line->size(); ++i) RC_ASSERT((*line)[i].token == 0u);
  }
}

}  // namespace
}  // namespace lockstep::raft::service
