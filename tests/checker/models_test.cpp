// What each specification allows, by hand: one history a claim.
#include <gtest/gtest.h>

#include "checker/model.hpp"
#include "tests/checker/histories.hpp"

namespace lockstep {
namespace {

using testing::number;

/// One operation after the other: nothing is concurrent, so the specification decides alone.
class Sequence {
 public:
  Sequence& did(std::int64_t process, std::string f, OpValue value = {}, std::uint64_t token = 0) {
    Op op = testing::event(process, OpType::invoke, std::move(f), std::move(value));
    events_.push_back(op);
    op.type = OpType::ok;
    op.token = token;
    events_.push_back(std::move(op));
    return *this;
  }
  Sequence& acquired(std::int64_t process, std::uint64_t token = 0) {
    return did(process, "acquire", {}, token);
  }
  Sequence& released(std::int64_t process) { return did(process, "release"); }

  Status as(std::string_view model, const Terms& terms = {}) const {
    return check(*find_model(model), testing::history_of(events_), terms).value().status;
  }
  bool fits(std::string_view model, const Terms& terms = {}) const {
    return as(model, terms) == Status::holds;
  }

 private:
  std::vector<Op> events_;
};

OpValue text(std::string word) {
  return OpValue{std::move(word)};
}

TEST(ReentrantMutex, IsHeldTwiceByOneOwnerUnlessTold) {
  const Sequence twice = Sequence().acquired(0).acquired(0).released(0).released(0).acquired(1);
  EXPECT_TRUE(twice.fits("reentrant-mutex"));
  EXPECT_FALSE(twice.fits("reentrant-mutex", {.permits = 1}));
  const Sequence thrice = Sequence().acquired(0).acquired(0).acquired(0);
  EXPECT_FALSE(thrice.fits("reentrant-mutex"));
  EXPECT_TRUE(thrice.fits("reentrant-mutex", {.permits = 3}));
  EXPECT_TRUE(thrice.fits("reentrant-mutex", {.permits = 0}));
}

TEST(ReentrantMutex, StaysHeldUntilTheLastRelease) {
  EXPECT_FALSE(Sequence().acquired(0).acquired(0).released(0).acquired(1).fits("reentrant-mutex"));
}

TEST(ReentrantFencedMutex, RepeatsTheTokenItHoldsUnder) {
  EXPECT_TRUE(Sequence().acquired(0, 5).acquired(0, 5).fits("reentrant-fenced-mutex"));
  EXPECT_FALSE(Sequence().acquired(0, 5).acquired(0, 6).fits("reentrant-fenced-mutex"));
  EXPECT_TRUE(Sequence().acquired(0, 0).acquired(0, 6).fits("reentrant-fenced-mutex"))
      << "an unknown token is learnt by the second acquire";
}

TEST(ReentrantFencedMutex, RisesWithEveryGrantFromFree) {
  const auto then = [](std::uint64_t token) {
    return Sequence().acquired(0, 5).released(0).acquired(1, token).as("reentrant-fenced-mutex");
  };
  EXPECT_EQ(then(6), Status::holds);
  EXPECT_EQ(then(5), Status::violated);
}

TEST(RwLock, IsReadByManyOrWrittenByOne) {
  const OpValue read = text("read");
  EXPECT_TRUE(Sequence().did(0, "acquire", read).did(1, "acquire", read).fits("rw-lock"));
  EXPECT_FALSE(Sequence().did(0, "acquire", read).acquired(1).fits("rw-lock"));
  EXPECT_FALSE(Sequence().acquired(0).did(1, "acquire", read).fits("rw-lock"));
  EXPECT_TRUE(Sequence().acquired(0).released(0).did(1, "acquire", read).fits("rw-lock"));
}

TEST(Semaphore, HasAsManyPermitsAsTold) {
  const Sequence two = Sequence().acquired(0).acquired(1);
  EXPECT_TRUE(two.fits("semaphore", {.permits = 2}));
  EXPECT_FALSE(two.fits("semaphore", {.permits = 1}));
}

TEST(Semaphore, MindsOwnersOnlyWhereThereAreSome) {
  const Sequence foreign = Sequence().acquired(0).released(1);
  EXPECT_TRUE(foreign.fits("semaphore", {.permits = 2}));
  EXPECT_FALSE(foreign.fits("owner-semaphore", {.permits = 2}));
  History named = testing::history_of({
      testing::event(0, OpType::invoke, "acquire"),
      testing::event(0, OpType::ok, "acquire"),
      testing::event(1, OpType::invoke, "release"),
      testing::event(1, OpType::ok, "release"),
  });
  for (Op& op : named) op.owner = op.process == 0 ? "a" : "b";
  EXPECT_EQ(check(*find_model("semaphore"), named, {.permits = 2}).value().status,
            Status::violated);
}

TEST(Lease, EndsByTime) {
  // Operations are called at even milliseconds and return a millisecond later.
  const auto after = [](int lease_ms) {
    return Sequence()
        .did(0, "acquire", number(lease_ms * 1'000'000))
        .did(1, "acquire", text("5ms"))
        .as("lease");
  };
  EXPECT_EQ(after(3), Status::holds) << "granted at 0, and again at 3";
  EXPECT_EQ(after(4), Status::violated);
}

TEST(Lease, OnlyARunningOneIsRenewedOrReleased) {
  const OpValue one_ms = text("1ms");
  EXPECT_TRUE(Sequence().did(0, "acquire", text("2ms")).did(0, "renew", one_ms).fits("lease"));
  EXPECT_FALSE(Sequence().did(0, "acquire", one_ms).did(0, "renew", one_ms).fits("lease"));
  EXPECT_FALSE(Sequence().did(0, "acquire", one_ms).released(0).fits("lease"));
  EXPECT_TRUE(Sequence().acquired(0).released(0).acquired(1).fits("lease", {.lease = 1s}));
}

TEST(Lease, MustSaySomewhereHowLong) {
  const History history = testing::history_of(
      {testing::event(0, OpType::invoke, "acquire"), testing::event(0, OpType::ok, "acquire")});
  EXPECT_FALSE(check(*find_model("lease"), history));
  EXPECT_TRUE(check(*find_model("lease"), history, {.lease = 1s}));
}

TEST(Leader, IsOneInEveryTerm) {
  const Sequence two = Sequence().did(0, "lead", number(3)).did(1, "lead", number(4));
  EXPECT_TRUE(two.fits("leader"));
  EXPECT_TRUE(Sequence(two).did(2, "lead", number(2)).fits("leader")) << "told late";
  EXPECT_FALSE(Sequence(two).did(2, "lead", number(3)).fits("leader"));
}

TEST(Leader, IsTheOneThatOthersSee) {
  const auto seen = [](std::int64_t leader) {
    const OpValue pair{OpValue::List{number(leader), number(3)}};
    return Sequence().did(7, "lead", number(3)).did(1, "inspect", pair).as("leader");
  };
  EXPECT_EQ(seen(7), Status::holds);
  EXPECT_EQ(seen(8), Status::violated);
}

TEST(Kv, AppendsToWhatIsThere) {
  const Sequence written = Sequence().did(0, "put", text("a")).did(1, "append", text("bc"));
  EXPECT_TRUE(Sequence(written).did(0, "get", text("abc")).fits("kv"));
  EXPECT_FALSE(Sequence(written).did(0, "get", text("bc")).fits("kv"));
  EXPECT_TRUE(Sequence().did(0, "get", text("")).fits("kv")) << "at first there is nothing";
}

TEST(Set, IsReadWhole) {
  const Sequence added = Sequence().did(0, "add", number(1)).did(1, "add", number(2));
  const auto reads = [&](OpValue::List values) {
    return Sequence(added).did(0, "read", OpValue{std::move(values)}).as("set");
  };
  EXPECT_EQ(reads({number(2), number(1)}), Status::holds);
  EXPECT_EQ(reads({number(1)}), Status::violated);
  EXPECT_EQ(reads({number(1), number(2), number(3)}), Status::violated);
}

}  // namespace
}  // namespace lockstep
