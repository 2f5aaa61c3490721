// What must hold of the model my-lock.
#include <lockstep/gtest.hpp>

namespace {

lockstep::Op op(lockstep::OpType type, std::int64_t process, const char* f) {
  lockstep::Op entry;
  entry.type = type;
  entry.process = process;
  entry.f = f;
  return entry;
}

TEST(MyLock, RefusesTwoInside) {
  using lockstep::OpType;
  lockstep::use_linked_plug_in();
  lockstep::History history;
  for (std::int64_t process : {0, 1}) {
    history.push_back(op(OpType::invoke, process, "enter"));
    history.push_back(op(OpType::ok, process, "enter"));
  }
  const auto judged = lockstep::check(*lockstep::find_model("my-lock"), history);
  ASSERT_TRUE(judged.has_value());
  EXPECT_EQ(judged->status, lockstep::Status::violated);
}

}  // namespace
