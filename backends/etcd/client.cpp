#include "backends/etcd/client.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::etcd {
namespace {

constexpr Duration for_ever = 24h * 365;

}  // namespace

ClientOptions client_options(const Settings& settings) {
  ClientOptions options;
  options.connect_timeout = settings.duration("connect_timeout");
  options.request_timeout = settings.duration("request_timeout");
  options.retries = settings.number("retries");
  const Duration session = settings.duration("session");
  options.backoff = std::max<Duration>(session / 100, 1ms);
  options.probe = session / 3;
  return options;
}

Client::Client(Env& env, const LockOptions& options)
    : env_(env),
      endpoints_(options.servers),
      options_(client_options(options.settings)),
      current_(env.random().below(endpoints_.size())),
      calls_(env) {}

void Client::turn_to_next() {
  current_ = (current_ + 1) % endpoints_.size();
}

Deadline Client::patience(Duration length) const {
  return env_.steady_now() + (length > Duration::zero() ? length : for_ever);
}

/// To one member after the other, until one has taken it.
Task<Result<Response>> Client::attempt(Frame request) {
  const Deadline until = patience(options_.request_timeout);
  Result<Response> response = fail(ErrorCode::refused, "no endpoint");
  for (std::size_t tried = 0; tried < endpoints_.size(); ++tried) {
    if (tried > 0) co_await env_.sleep_for(options_.backoff);
    const Deadline connect_by = patience(options_.connect_timeout);
    response = co_await calls_.call(endpoints_[current_], request, connect_by, until);
    const bool taken =
        response ? response->status != Status::no_leader : !response.error().definite();
    if (response && taken) break;
    turn_to_next();
    if (taken) break;
    if (response) response = fail(ErrorCode::refused, "no leader");
  }
  co_return response;
}

Task<Result<Response>> Client::call(Request request) {
  const Frame frame = make_frame(std::move(request));
  Result<Response> response = fail(ErrorCode::refused);
  bool may_have_arrived = false;
  for (std::int64_t attempts = 0; attempts <= options_.retries; ++attempts) {
    response = co_await attempt(frame);
    if (response && response->status != Status::timed_out) co_return response;
    if (response) response = fail(ErrorCode::timeout, "the member got no answer in time");
    may_have_arrived |= !response.error().definite();
  }
  if (may_have_arrived && response.error().definite()) response = fail(ErrorCode::timeout);
  co_return response;
}

Task<Result<ConnectionPtr>> Client::open_stream(std::size_t endpoint) {
  const NodeId member = endpoints_[endpoint % endpoints_.size()];
  auto connection = co_await env_.connect(member, patience(options_.connect_timeout));
  co_return connection;
}

Task<Client::Seen> Client::watch_once(KeySpan span, Revision& next, SteadyTime until) {
  auto connection = co_await open_stream(current_);
  if (!connection) co_return Seen::nothing;
  (*connection)->keep_alive(options_.probe);
  WatchCreate create;
  create.span = std::move(span);
  create.start = next;
  if (!(*connection)->send(make_frame(Request(std::move(create))))) co_return Seen::nothing;
  const auto created = co_await (*connection)->receive(patience(options_.request_timeout));
  if (!created) co_return Seen::nothing;
  for (;;) {
    // Who heard nothing for a session's time asks again, elsewhere.
    const SteadyTime quiet_until = std::min(until, env_.steady_now() + options_.probe * 3);
    const auto frame = co_await (*connection)->receive(quiet_until);
    if (!frame && env_.steady_now() >= until) co_return Seen::over;
    if (!frame) co_return Seen::nothing;
    const auto* batch = content_of<Response>(*frame);
    if (batch == nullptr || batch->status == Status::no_leader) co_return Seen::nothing;
    if (batch->status == Status::compacted) co_return Seen::compacted;
    for (const Event& event : batch->events) {
      if (event.deleted) co_return Seen::deleted;
      next = event.kv.mod_revision + 1;
    }
  }
}

Task<Result<void>> Client::wait_deleted(KeySpan span, Revision start, SteadyTime until) {
  Revision next = start;
  while (env_.steady_now() < until) {
    const Seen seen = co_await watch_once(span, next, until);
    if (seen == Seen::deleted) co_return Result<void>();
    if (seen == Seen::compacted) co_return fail(ErrorCode::refused, "compacted");
    if (seen == Seen::over) break;
    turn_to_next();
    co_await env_.sleep_for(options_.backoff);
  }
  co_return fail(ErrorCode::held);
}

}  // namespace lockstep::etcd
