#include "checker/operation.hpp"

#include <gmock/gmock.h>

#include "tests/checker/histories.hpp"

namespace lockstep {
namespace {

using testing::event;
using ::testing::HasSubstr;
using testing::history_of;
using testing::number;

TEST(Operations, PairACallWithItsReturn) {
  const History history = history_of({
      event(0, OpType::invoke, "write", number(1)),
      event(1, OpType::invoke, "read"),
      event(1, OpType::ok, "read", number(1)),
      event(0, OpType::ok, "write"),
  });
  const Operations operations = operations_of(history).value();
  ASSERT_EQ(operations.size(), 2u);
  EXPECT_EQ(operations[0].call, 0u);
  EXPECT_EQ(operations[0].ret, 3u);
  EXPECT_EQ(operations[0].value(), number(1)) << "a write's value is the call's";
  EXPECT_EQ(operations[1].value(), number(1)) << "a read's value is the return's";
}

TEST(Operations, WithoutAReturnAreIndeterminate) {
  const History history = history_of({
      event(0, OpType::invoke, "acquire"),
      event(1, OpType::invoke, "acquire"),
      event(1, OpType::info, "acquire"),
      event(1, OpType::invoke, "release"),
      event(1, OpType::fail, "release"),
  });
  const Operations operations = operations_of(history).value();
  ASSERT_EQ(operations.size(), 3u);
  EXPECT_EQ(operations[0].outcome(), OpType::info);
  EXPECT_EQ(operations[0].ret, forever);
  EXPECT_EQ(operations[1].ret, forever) << "info: it may take effect after its return";
  EXPECT_EQ(operations[2].outcome(), OpType::fail);
}

TEST(Operations, LeaveOutTheNemesis) {
  const History history = history_of({
      event(nemesis_process, OpType::info, "pause"),
      event(nemesis_process, OpType::info, "heal"),
  });
  EXPECT_TRUE(operations_of(history).value().empty());
}

HistoryError refused(std::vector<Op> events) {
  const History history = history_of(std::move(events));
  const auto operations = operations_of(history);
  EXPECT_FALSE(operations);
  return operations ? HistoryError{} : operations.error();
}

TEST(Operations, RefuseAReturnBeforeItsCall) {
  const auto error = refused({event(0, OpType::ok, "read")});
  EXPECT_EQ(error.position, 0u);
  EXPECT_EQ(error.text, "process 0 completes read (ok) that it never invoked");
}

TEST(Operations, RefuseTwoOpenCallsOfAProcess) {
  const auto error = refused({
      event(7, OpType::invoke, "read"),
      event(123456789, OpType::invoke, "read"),
      event(7, OpType::invoke, "write"),
  });
  EXPECT_EQ(error.position, 2u);
  EXPECT_THAT(error.text, HasSubstr("invokes write while its read of op 0 is still open"));
}

TEST(Operations, RefuseAnAnswerToSomethingElse) {
  const auto error = refused({event(0, OpType::invoke, "read"), event(0, OpType::ok, "write")});
  EXPECT_EQ(error.index, 1);
  EXPECT_THAT(error.text, HasSubstr("completes write, but invoked read"));
}

TEST(Operations, RefuseTimeThatGoesBackwards) {
  History history = history_of({event(0, OpType::invoke, "read"), event(0, OpType::ok, "read")});
  history[0].time = WorldTime(5s);
  const auto operations = operations_of(history);
  ASSERT_FALSE(operations);
  EXPECT_EQ(operations.error().position, 1u);
  EXPECT_THAT(operations.error().text, HasSubstr("before its call at 5"));
}

TEST(Operations, OfDifferentProcessesMayCarryCrossedTimes) {
  // Recorders read the clock before they append; Jepsen's own histories do this.
  History history =
      history_of({event(4, OpType::invoke, "read"), event(0, OpType::invoke, "read")});
  history[0].time = WorldTime(5s);
  EXPECT_TRUE(operations_of(history));
}

}  // namespace
}  // namespace lockstep
