#include "backends/consul/client.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::consul {
namespace {

raft::LeaderClientOptions options_of(const LockOptions& options) {
  const Duration session = options.settings.duration("session");
  return raft::leader_client_options(options.settings, session);
}

raft::LeaderClientOptions without_timeout(const LockOptions& options) {
  raft::LeaderClientOptions all = options_of(options);
  all.request_timeout = Duration::zero();
  return all;
}

Task<Result<Reply>> reply_in(Task<Result<Frame>> call) {
  const auto frame = co_await std::move(call);
  if (!frame) co_return fail(frame.error());
  const auto* reply = content_of<Reply>(*frame);
  if (reply == nullptr) co_return fail(ErrorCode::disconnected, "not an answer of Consul");
  co_return *reply;
}

}  // namespace

Client::Client(Env& env, const LockOptions& options)
    : calls_(env, options.servers, options_of(options)),
      queries_(env, options.servers, without_timeout(options)) {}

Task<Result<Reply>> Client::call(Request request, SteadyTime give_up) {
  return reply_in(calls_.call(make_frame(std::move(request)), give_up));
}

Task<Result<Reply>> Client::get(std::string key, std::uint64_t seen, Duration wait,
                                SteadyTime give_up) {
  Request request;
  request.action = Action::get;
  request.key = std::move(key);
  request.index = seen;
  request.length = wait.count();
  raft::LeaderClient& calls = wait > Duration::zero() ? queries_ : calls_;
  return reply_in(calls.call(make_frame(std::move(request)), give_up));
}

Request transaction(std::vector<Operation> operations) {
  Request request;
  request.action = Action::transact;
  request.operations = std::move(operations);
  return request;
}

Operation operation(Verb verb, std::string key, SessionId session, std::string value) {
  Operation one;
  one.verb = verb;
  one.key = std::move(key);
  one.value = std::move(value);
  one.session = session;
  return one;
}

Task<void> renew_periodically(std::shared_ptr<HeldSession> session) {
  Env& env = session->env;
  const Duration ttl = session->length / 2;
  const Duration period = ttl / 2;
  Duration next = period;
  SteadyTime renewed = env.steady_now();
  while (!session->over) {
    co_await env.sleep_for(next);
    if (session->over) co_return;
    co_await env.step("renewing");
    Request request;
    request.action = Action::renew_session;
    request.session = session->id;
    const auto reply = co_await session->client->call(std::move(request), renewed + ttl);
    const bool gone = reply.has_value() && reply->status == Status::no_session;
    const bool done = reply.has_value() && reply->status == Status::ok;
    if (done) renewed = env.steady_now();
    session->over |= gone || env.steady_now() >= renewed + ttl;
    next = done ? period : std::max<Duration>(period / 10, 1ms);
    co_await env.step("renewed");
  }
}

Task<bool> destroy(std::shared_ptr<HeldSession> session) {
  session->over = true;
  Request request;
  request.action = Action::destroy_session;
  request.session = session->id;
  const SteadyTime until = session->env.steady_now() + session->length / 2;
  const auto reply = co_await session->client->call(std::move(request), until);
  co_return reply.has_value() && reply->status != Status::unknown;
}

}  // namespace lockstep::consul
