#include "backends/records/client.hpp"

#include <utility>

namespace lockstep::records {
namespace {

constexpr Duration for_ever = 24h * 365;

Deadline patience(Env& env, Duration length) {
  return env.steady_now() + (length > Duration::zero() ? length : for_ever);
}

}  // namespace

ClientOptions client_options(const Settings& settings) {
  ClientOptions options;
  options.connect_timeout = settings.duration("connect_timeout");
  options.request_timeout = settings.duration("request_timeout");
  options.retries = settings.number("retries");
  return options;
}

Task<Result<Response>> Client::call(Request request) {
  const Frame frame = make_frame(std::move(request));
  Result<Response> response = fail(ErrorCode::refused);
  bool may_have_arrived = false;
  for (std::int64_t attempts = 0; attempts <= options_.retries; ++attempts) {
    response = co_await attempt(frame);
    if (response) co_return response;
    may_have_arrived |= !response.error().definite();
  }
  // The last attempt may not even have connected, but an earlier one may have been executed.
  if (may_have_arrived && response.error().definite()) response = fail(ErrorCode::timeout);
  co_return response;
}

Task<Result<ConnectionPtr>> Client::take_connection() {
  if (!idle_.empty()) {
    ConnectionPtr connection = std::move(idle_.back());
    idle_.pop_back();
    co_return connection;
  }
  const Deadline until = patience(env_, options_.connect_timeout);
  auto connection = co_await env_.connect(server_, until);
  if (!connection) co_return fail(ErrorCode::refused, "could not connect to the store");
  co_return connection;
}

Task<Result<Response>> Client::attempt(Frame request) {
  const Deadline until = patience(env_, options_.request_timeout);
  auto connection = co_await take_connection();
  if (!connection) co_return fail(connection.error());
  // A pooled connection may have died while idle: the library finds out as it writes, and opens
  // another.
  while (!(*connection)->send(request)) {
    connection = co_await take_connection();
    if (!connection) co_return fail(connection.error());
  }
  const auto frame = co_await (*connection)->receive(until);
  if (!frame) co_return fail(frame.error());
  const auto* response = content_of<Response>(*frame);
  if (response == nullptr) co_return fail(ErrorCode::disconnected, "not an answer of a store");
  idle_.push_back(std::move(*connection));
  co_return *response;
}

}  // namespace lockstep::records
