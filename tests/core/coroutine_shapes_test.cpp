// The shapes of coroutine code that we write, as a judge of compilers: each must give the right
// value and destroy each object exactly once, when it ends and when it is destroyed half way.
#include <gmock/gmock.h>

#include <memory>
#include <string>
#include <vector>

#include "core/task.hpp"

namespace lockstep {
namespace {

// Counts what is alive, and knows when it was moved by bytes instead of by its constructor.
class Counted {
 public:
  explicit Counted(int v) : value_(v) { ++alive; }
  Counted(const Counted& other) : value_(other.value_) { ++alive; }
  Counted(Counted&& other) noexcept : value_(other.value_) { ++alive; }
  Counted& operator=(const Counted& other) {
    value_ = other.value_;
    return *this;
  }
  ~Counted() {
    --alive;
    if (self_ != this) ++torn;
  }
  int value() const { return value_; }

  static inline int alive = 0;
  static inline int torn = 0;

 private:
  int value_;
  Counted* self_ = this;
};

struct Pair {
  Counted first;
  Counted second;
};

// Suspends for good, or not at all.
struct Gate {
  explicit Gate(bool open) : open_(open) {}
  bool await_ready() const { return open_; }
  void await_suspend(std::coroutine_handle<>) const {}
  int await_resume() const { return 7; }

 private:
  bool open_;
};

Task<Counted> give(Counted given, bool open) {
  co_await Gate(open);
  co_return given;
}

Task<Pair> give_pair(bool open) {
  const Counted first(1);
  co_await Gate(open);
  co_return Pair{first, Counted(2)};
}

Task<int> named_result(bool open) {
  const auto got = co_await give(Counted(3), open);
  co_return got.value();
}

Task<int> named_aggregate(bool open) {
  Pair pair{Counted(1), Counted(2)};
  const auto got = co_await give(std::move(pair.second), open);
  co_return got.value() + pair.first.value();
}

Task<int> structured_binding(bool open) {
  auto [first, second] = co_await give_pair(open);
  co_return first.value() + second.value();
}

Task<int> if_with_initializer(bool open) {
  if (const auto got = co_await give(Counted(5), open); got.value() == 5) co_return 1;
  co_return 0;
}

Task<int> switch_on_named(bool open) {
  const int got = co_await Gate(open);
  switch (got) {
    case 7: co_return 70;
    default: co_return 0;
  }
}

Task<int> loop(bool open) {
  int sum = 0;
  for (int i = 0; i < 4; ++i) {
    const auto got = co_await give(Counted(i), open);
    sum += got.value();
  }
  co_return sum;
}

Task<int> assignment(bool open) {
  Counted got(0);
  got = co_await give(Counted(9), open);
  co_return got.value();
}

Task<int> moved_task(bool open) {
  auto task = give(Counted(4), open);
  const auto got = co_await std::move(task);
  co_return got.value();
}

Task<int> strings(bool open) {
  std::string text = "a string too long to be kept in the object itself";
  const auto got = co_await give(Counted(1), open);
  text += std::to_string(got.value());
  co_return static_cast<int>(text.size());
}

Task<int> thrown(bool open) {
  const Counted kept(1);
  co_await Gate(open);
  throw std::string("thrown");
}

Task<int> caught(bool open) {
  int size = 0;
  try {
    size = co_await thrown(open);
  } catch (const std::string& text) {
    size = static_cast<int>(text.size());
  }
  co_return size;
}

struct Shape {
  const char* name;
  Task<int> (*run)(bool open);
  int gives;
};

void PrintTo(const Shape& shape, std::ostream* out) {
  *out << shape.name;
}

class CoroutineShape : public testing::TestWithParam<Shape> {
 protected:
  CoroutineShape() {
    Counted::alive = 0;
    Counted::torn = 0;
  }
};

TEST_P(CoroutineShape, GivesItsValueAndDestroysEachObjectOnce) {
  {
    auto task = GetParam().run(true);
    task.frame().resume();
    ASSERT_TRUE(task.frame().done());
    EXPECT_EQ(task.frame().promise().take(), GetParam().gives);
  }
  EXPECT_EQ(Counted::alive, 0);
  EXPECT_EQ(Counted::torn, 0);
}

TEST_P(CoroutineShape, DestroyedHalfWayDestroysEachObjectOnce) {
  {
    auto task = GetParam().run(false);
    task.frame().resume();
    ASSERT_FALSE(task.frame().done());
  }
  EXPECT_EQ(Counted::alive, 0);
  EXPECT_EQ(Counted::torn, 0);
}

INSTANTIATE_TEST_SUITE_P(All, CoroutineShape,
                         testing::Values(Shape{"named_result", named_result, 3},
                                         Shape{"named_aggregate", named_aggregate, 3},
                                         Shape{"structured_binding", structured_binding, 3},
                                         Shape{"if_with_initializer", if_with_initializer, 1},
                                         Shape{"switch_on_named", switch_on_named, 70},
                                         Shape{"loop", loop, 6}, Shape{"assignment", assignment, 9},
                                         Shape{"moved_task", moved_task, 4},
                                         Shape{"strings", strings, 50}, Shape{"caught", caught, 6}),
                         [](const auto& shape) { return std::string(shape.param.name); });

Task<int> one() {
  co_return 1;
}

Task<int> many_that_never_suspend() {
  int sum = 0;
  for (int i = 0; i < 10'000; ++i) {
    const int got = co_await one();
    sum += got;
  }
  co_return sum;
}

// At -O0 gcc would recurse without -foptimize-sibling-calls, and the stack would end.
TEST(CoroutineShapes, TenThousandAwaitsThatNeverSuspendFitTheStack) {
  auto task = many_that_never_suspend();
  task.frame().resume();
  EXPECT_EQ(task.frame().promise().take(), 10'000);
}

}  // namespace
}  // namespace lockstep
