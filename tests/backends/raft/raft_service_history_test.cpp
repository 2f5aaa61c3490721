// The lock service's own operations are linearizable under faults, and are not once its leaders ask
// nobody whether they lead still, or commands are executed as often as they are sent.

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "backends/raft/service/client_session.hpp"
#include "tests/backends/service_histories.hpp"

namespace lockstep::raft::service {
namespace {

struct Visitor {
  Visitor(ServiceHistory& all, Env& environment, std::int64_t n)
      : history(all), env(environment), number(n), session(make(all, environment)) {}
  static std::shared_ptr<ClientSession> make(ServiceHistory& all, Env& env) {
    ClientRules rules;
    const std::string& mistake = all.client_options().settings.text("mistake");
    rules.numbers_commands = mistake != "no-client-session";
    return std::make_shared<ClientSession>(env, all.client_options(), rules);
  }
  SteadyTime give_up() const { return env.steady_now() + 2s; }

  ServiceHistory& history;
  Env& env;
  std::int64_t number;
  std::shared_ptr<ClientSession> session;
  std::uint64_t token = 0;
};

/// Takes back what an acquire without an answer may have left.
Task<void> withdraw(std::shared_ptr<Visitor> visitor) {
  Request request;
  request.action = Action::leave;
  request.lock = "a";
  request.place = visitor->session->serial();
  const std::size_t call =
      visitor->history.begin(ServiceCall{.call = Call::release, .client = visitor->number});
  const auto reply = co_await visitor->session->command(std::move(request), visitor->give_up());
  if (reply) visitor->history.settle(call);
}

Task<void> acquire(std::shared_ptr<Visitor> visitor) {
  Request request;
  request.action = Action::acquire;
  request.lock = "a";
  const std::size_t call =
      visitor->history.begin(ServiceCall{.call = Call::acquire, .client = visitor->number});
  const auto reply = co_await visitor->session->command(std::move(request), visitor->give_up());
  if (!reply) {
    co_await withdraw(visitor);
    co_return;
  }
  const bool granted = reply->status == Status::ok;
  if (granted) visitor->token = reply->token;
  visitor->history.end(call, granted ? Answer::yes : Answer::no);
}

Task<void> release(std::shared_ptr<Visitor> visitor) {
  Request request;
  request.action = Action::release;
  request.lock = "a";
  request.token = visitor->token;
  const std::size_t call =
      visitor->history.begin(ServiceCall{.call = Call::release, .client = visitor->number});
  const auto reply = co_await visitor->session->command(std::move(request), visitor->give_up());
  if (!reply) co_return;
  visitor->history.end(call, reply->status == Status::ok ? Answer::yes : Answer::no);
}

/// Owners are named by their sessions, so a reader says who holds the lock by asking for all.
Task<void> check(std::shared_ptr<Visitor> visitor,
                 std::shared_ptr<std::map<SessionId, std::int64_t>> names) {
  Request request;
  request.action = Action::check;
  request.lock = "a";
  const std::size_t call =
      visitor->history.begin(ServiceCall{.call = Call::check, .client = visitor->number});
  const auto reply = co_await visitor->session->ask(std::move(request), visitor->give_up());
  if (!reply) co_return;
  std::int64_t holder = -1;
  if (reply->status == Status::held) holder = names->at(std::stoull(reply->owner));
  visitor->history.end_look(call, holder);
}

ServiceHistory::Client visitors() {
  const auto names = std::make_shared<std::map<SessionId, std::int64_t>>();
  return [names](ServiceHistory& history, Env& env, std::int64_t number) -> Task<void> {
    return [](std::shared_ptr<std::map<SessionId, std::int64_t>> all,
              std::shared_ptr<Visitor> visitor) -> Task<void> {
      const auto opened = co_await visitor->session->open(visitor->env.steady_now() + 30s);
      if (!opened) co_return;
      (*all)[visitor->session->id()] = visitor->number;
      while (!visitor->history.done()) {
        // One of them only looks: who is answered has no reason to turn to another server.
        const bool looks = visitor->number == 2 || visitor->env.random().below(3) == 0;
        if (looks) {
          co_await check(visitor, all);
        } else if (visitor->token == 0) {
          co_await acquire(visitor);
        } else {
          co_await release(visitor);
          visitor->token = 0;
        }
        const Duration pause = visitor->history.idle(visitor->env.random());
        co_await visitor->env.sleep_for(pause);
      }
    }(names, std::make_shared<Visitor>(history, env, number));
  };
}

TEST(RaftServiceHistory, IsLinearizableUnderFaults) {
  std::size_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("raft-lock", seed);
    history.run(visitors());
    ASSERT_TRUE(history.holds()) << "seed " << seed;
    answered += history.answered();
  }
  EXPECT_GT(answered, 60u * 50);
}

TEST(RaftServiceHistory, IsLinearizableWhileLeadersPause) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("raft-lock", seed);
    history.run(visitors(), ServiceHistory::Trouble::pauses);
    ASSERT_TRUE(history.holds()) << "seed " << seed;
  }
}

TEST(RaftServiceHistory, IsLinearizableWhenALeaderIsLateToNoticeThatItIsAlone) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("raft-lock", seed);
    history.run(visitors(), ServiceHistory::Trouble::slow_clock);
    ASSERT_TRUE(history.holds()) << "seed " << seed;
  }
}

/// Does a service with that mistake show it in some of many histories?
bool is_caught(const std::string& mistake,
               ServiceHistory::Trouble trouble = ServiceHistory::Trouble::any) {
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    ServiceHistory history("raft-lock", seed, {{"mistake", mistake}});
    history.run(visitors(), trouble);
    if (history.violated()) return true;
  }
  return false;
}

TEST(RaftServiceHistory, CatchesALeaderThatAsksNobodyWhetherItLeads) {
  EXPECT_TRUE(is_caught("local-read", ServiceHistory::Trouble::slow_clock));
}

TEST(RaftServiceHistory, CatchesCommandsThatAreExecutedTwice) {
  EXPECT_TRUE(is_caught("no-client-session"));
}

TEST(RaftServiceHistory, CatchesWhatIsExecutedBeforeItIsCommitted) {
  EXPECT_TRUE(is_caught("apply-before-commit"));
}

}  // namespace
}  // namespace lockstep::raft::service
