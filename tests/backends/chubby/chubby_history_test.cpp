// A Chubby cell's files and locks are linearizable under faults although clients read from their
// caches, and are not once a master writes without having caches emptied.

#include <gtest/gtest.h>

#include <memory>

#include "backends/chubby/client_session.hpp"
#include "tests/backends/service_histories.hpp"

namespace lockstep::chubby {
namespace {

struct Visitor {
  Visitor(ServiceHistory& all, Env& environment, std::int64_t n)
      : history(all),
        env(environment),
        number(n),
        session(std::make_shared<ClientSession>(environment, all.client_options(), true)) {}
  SteadyTime give_up() const { return env.steady_now() + 2s; }
  std::size_t begin(Call call, std::int64_t value = 0) {
    return history.begin(ServiceCall{.call = call, .client = number, .value = value});
  }

  ServiceHistory& history;
  Env& env;
  std::int64_t number;
  std::shared_ptr<ClientSession> session;
  bool holds = false;
  std::uint64_t handle = 0;
};

Task<void> read(std::shared_ptr<Visitor> visitor) {
  const std::size_t call = visitor->begin(Call::read);
  const auto contents = co_await visitor->session->read("f", visitor->give_up());
  if (!contents) co_return;
  visitor->history.end_look(call, contents->empty() ? 0 : std::stoll(*contents));
}

/// Asked once: whoever writes a value twice may undo what others wrote in between.
Task<void> write(std::shared_ptr<Visitor> visitor) {
  const std::int64_t value = visitor->history.fresh_value();
  Request request;
  request.action = Action::set_contents;
  request.session = visitor->session->id();
  request.node = "f";
  request.contents = std::to_string(value);
  const std::size_t call = visitor->begin(Call::write, value);
  const auto reply = co_await visitor->session->ask(std::move(request), visitor->give_up());
  const bool done = reply.has_value() && reply->status == Status::ok;
  visitor->history.end(call, done ? Answer::yes : Answer::unknown);
}

Task<void> lock(std::shared_ptr<Visitor> visitor, bool locks) {
  Request request;
  request.action = locks ? Action::try_acquire : Action::release;
  request.session = visitor->session->id();
  request.node = "a";
  if (locks) ++visitor->handle;
  request.handle = visitor->handle;
  const std::size_t call = visitor->begin(locks ? Call::acquire : Call::release);
  const auto reply = co_await visitor->session->ask(std::move(request), visitor->give_up());
  Answer answer = Answer::unknown;
  if (reply && reply->status == Status::ok) answer = Answer::yes;
  if (reply && (reply->status == Status::held || reply->status == Status::invalid)) {
    answer = Answer::no;
  }
  visitor->history.end(call, answer);
  // What may be held is released, too.
  visitor->holds = locks ? answer != Answer::no : answer == Answer::unknown;
}

Task<void> visit(std::shared_ptr<Visitor> visitor) {
  const auto opened = co_await visitor->session->open(visitor->env.steady_now() + 30s);
  if (!opened) co_return;
  visitor->env.spawn(keep_alive(visitor->session));
  while (!visitor->history.done() && visitor->session->safe()) {
    const std::uint64_t what = visitor->env.random().below(5);
    if (what < 3) {
      co_await read(visitor);
    } else if (what == 3) {
      co_await write(visitor);
    } else {
      co_await lock(visitor, !visitor->holds);
    }
    const Duration pause = visitor->history.idle(visitor->env.random());
    co_await visitor->env.sleep_for(pause);
  }
}

Task<void> visitor_main(ServiceHistory& history, Env& env, std::int64_t number) {
  return visit(std::make_shared<Visitor>(history, env, number));
}

TEST(ChubbyHistory, IsLinearizableUnderFaultsWithCaches) {
  std::size_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("chubby", seed);
    history.run(visitor_main);
    ASSERT_TRUE(history.holds()) << "seed " << seed;
    answered += history.answered();
  }
  EXPECT_GT(answered, 60u * 50);
}

TEST(ChubbyHistory, IsLinearizableWhileMastersPause) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("chubby", seed);
    history.run(visitor_main, ServiceHistory::Trouble::pauses);
    ASSERT_TRUE(history.holds()) << "seed " << seed;
  }
}

TEST(ChubbyHistory, IsNotLinearizableWhenCachesKeepWhatWasWrittenAnew) {
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 50 && !caught; ++seed) {
    ServiceHistory history("chubby", seed, {{"invalidates", false}});
    history.run(visitor_main);
    caught = history.violated();
  }
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace lockstep::chubby
