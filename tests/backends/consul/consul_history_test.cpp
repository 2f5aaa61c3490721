// Consul's key-value store is linearizable under faults with consistent reads, and is not once a
// leader answers without asking whether it leads still (Jepsen, 2014).

#include <gtest/gtest.h>

#include <memory>

#include "backends/consul/client.hpp"
#include "tests/backends/service_histories.hpp"

namespace lockstep::consul {
namespace {

struct Visitor {
  Visitor(ServiceHistory& all, Env& environment, std::int64_t n)
      : history(all), env(environment), number(n), client(environment, all.client_options()) {}
  SteadyTime give_up() const { return env.steady_now() + 2s; }
  std::size_t begin(Call call, std::int64_t value = 0, std::int64_t from = 0) {
    return history.begin(ServiceCall{.call = call, .client = number, .value = value, .from = from});
  }

  ServiceHistory& history;
  Env& env;
  std::int64_t number;
  Client client;
  SessionId session = 0;
  bool holds = false;
  std::int64_t seen = 0;      // the value last read
  std::uint64_t seen_at = 0;  // and its index
};

Answer answer_of(const Result<Reply>& reply) {
  if (!reply || reply->status == Status::unknown) return Answer::unknown;
  return reply->status == Status::ok ? Answer::yes : Answer::no;
}

Task<void> read(std::shared_ptr<Visitor> visitor) {
  const std::size_t call = visitor->begin(Call::read);
  const auto reply = co_await visitor->client.get("k", 0, 0ms, visitor->give_up());
  if (!reply) co_return;
  const std::optional<Entry>& entry = reply->entries.front();
  visitor->seen = entry ? std::stoll(entry->value) : 0;
  visitor->seen_at = entry ? entry->modify_index : 0;
  visitor->history.end_look(call, visitor->seen);
}

Task<void> change(std::shared_ptr<Visitor> visitor, Verb verb) {
  const std::int64_t value = visitor->history.fresh_value();
  Operation change = operation(verb, "k", 0, std::to_string(value));
  change.index = visitor->seen_at;
  const bool conditional = verb == Verb::cas;
  const std::size_t call =
      visitor->begin(conditional ? Call::cas : Call::write, value, visitor->seen);
  std::vector<Operation> operations(1, change);
  const auto reply =
      co_await visitor->client.call(transaction(std::move(operations)), visitor->give_up());
  visitor->history.end(call, answer_of(reply));
}

Task<void> lock(std::shared_ptr<Visitor> visitor, bool locks) {
  std::vector<Operation> operations;
  const Verb verb = locks ? Verb::lock : Verb::unlock;
  operations.push_back(operation(verb, "lock:a", visitor->session, "x"));
  const std::size_t call = visitor->begin(locks ? Call::acquire : Call::release);
  const auto reply =
      co_await visitor->client.call(transaction(std::move(operations)), visitor->give_up());
  const Answer answer = answer_of(reply);
  visitor->history.end(call, answer);
  // What may be held is released, too.
  visitor->holds = locks ? answer != Answer::no : answer == Answer::unknown;
}

Task<void> visit(std::shared_ptr<Visitor> visitor) {
  Request create;
  create.action = Action::create_session;
  create.length = Duration(1h).count();
  const auto created = co_await visitor->client.call(std::move(create), visitor->give_up());
  if (!created) co_return;
  visitor->session = created->session;
  while (!visitor->history.done()) {
    const std::uint64_t what = visitor->env.random().below(5);
    // One of them only reads: who is answered has no reason to turn to another server.
    if (what < 2 || visitor->number == 2) {
      co_await read(visitor);
    } else if (what == 2) {
      co_await change(visitor, Verb::set);
    } else if (what == 3) {
      co_await change(visitor, Verb::cas);
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

TEST(ConsulHistory, IsLinearizableUnderFaults) {
  std::size_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("consul-lock", seed);
    history.run(visitor_main);
    ASSERT_TRUE(history.holds()) << "seed " << seed;
    answered += history.answered();
  }
  EXPECT_GT(answered, 60u * 50);
}

TEST(ConsulHistory, IsLinearizableWhileLeadersPause) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("consul-lock", seed);
    history.run(visitor_main, ServiceHistory::Trouble::pauses);
    ASSERT_TRUE(history.holds()) << "seed " << seed;
  }
}

TEST(ConsulHistory, IsNotLinearizableWhenALeaderReadsByItself) {
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 400 && !caught; ++seed) {
    ServiceHistory history("consul-lock", seed, {{"stale_reads", true}});
    history.run(visitor_main, ServiceHistory::Trouble::slow_clock);
    caught = history.violated();
  }
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace lockstep::consul
