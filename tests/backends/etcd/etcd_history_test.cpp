// etcd's own operations are linearizable under faults, and are not where a member answers from its
// own state.

#include <gtest/gtest.h>

#include <string>

#include "backends/etcd/client.hpp"
#include "tests/backends/service_histories.hpp"

namespace lockstep::etcd {
namespace {

/// Of the one key that everybody works on; no key is 0.
std::int64_t value_in(const Response& response) {
  const std::vector<KeyValue>& kvs = response.results.front().kvs;
  return kvs.empty() ? 0 : std::stoll(kvs.front().value);
}

Task<void> look(ServiceHistory& history, Client& client, std::int64_t number, bool serializable) {
  ServiceCall call;
  call.call = Call::read;
  call.client = number;
  const std::size_t which = history.begin(call);
  Range range(KeySpan("k"));
  range.serializable = serializable;
  Request request(std::move(range));
  const auto response = co_await client.call(std::move(request));
  if (response) history.end_look(which, value_in(*response));
}

/// A put; or, of the value 0, a deletion.
Task<void> write(ServiceHistory& history, Client& client, std::int64_t number, bool erases) {
  ServiceCall call;
  call.call = Call::write;
  call.client = number;
  call.value = erases ? 0 : history.fresh_value();
  const std::size_t which = history.begin(call);
  Operation operation = Delete(KeySpan("k"));
  if (!erases) operation = Put("k", std::to_string(call.value));
  Request request = request_of(std::move(operation));
  const auto response = co_await client.call(std::move(request));
  if (response) history.end(which, Answer::yes);
}

Task<void> swap(ServiceHistory& history, Client& client, std::int64_t number) {
  const auto seen = co_await client.call(Request(Range(KeySpan("k"))));
  if (!seen || value_in(*seen) == 0) co_return;
  ServiceCall call;
  call.call = Call::cas;
  call.client = number;
  call.from = value_in(*seen);
  call.value = history.fresh_value();
  const std::size_t which = history.begin(call);
  Compare compare;
  compare.key = "k";
  compare.target = Target::value;
  compare.text = std::to_string(call.from);
  Txn txn;
  txn.compares.push_back(compare);
  txn.success.push_back(Put("k", std::to_string(call.value)));
  Request request(std::move(txn));
  const auto response = co_await client.call(std::move(request));
  if (response) history.end(which, response->succeeded ? Answer::yes : Answer::no);
}

Task<void> work(ServiceHistory& history, Env& env, std::int64_t number, bool serializable) {
  Client client(env, history.client_options());
  while (!history.done()) {
    switch (env.random().below(6)) {
      case 0: co_await write(history, client, number, true); break;
      case 1:
      case 2: co_await write(history, client, number, false); break;
      case 3: co_await swap(history, client, number); break;
      default: co_await look(history, client, number, serializable); break;
    }
    const Duration pause = env.random().between(0ms, 60ms);
    co_await env.sleep_for(pause);
  }
}

ServiceHistory::Client workers(bool serializable) {
  return [serializable](ServiceHistory& history, Env& env, std::int64_t number) {
    return work(history, env, number, serializable);
  };
}

TEST(EtcdHistory, IsLinearizableUnderFaults) {
  std::size_t answered = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    ServiceHistory history("etcd-mutex", seed);
    history.run(workers(false));
    ASSERT_TRUE(history.holds()) << "seed " << seed;
    answered += history.answered();
  }
  EXPECT_GT(answered, 60u * 50);
}

TEST(EtcdHistory, IsNotLinearizableWhereMembersAnswerFromTheirOwnState) {
  bool caught = false;
  for (std::uint64_t seed = 1; seed <= 60 && !caught; ++seed) {
    ServiceHistory history("etcd-mutex", seed);
    history.run(workers(true));
    caught = history.violated();
  }
  EXPECT_TRUE(caught);
}

}  // namespace
}  // namespace lockstep::etcd
