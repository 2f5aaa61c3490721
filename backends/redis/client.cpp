#include "backends/redis/client.hpp"

#include <utility>

#include "backends/redis/messages.hpp"

namespace lockstep::redis {
namespace {

constexpr Duration for_ever = 24h * 365;

Deadline patience(Env& env, Duration length) {
  return env.steady_now() + (length > Duration::zero() ? length : for_ever);
}

}  // namespace

Task<Result<Reply>> Client::call(Words words) {
  const Frame command = make_frame(CommandMessage{std::move(words)});
  Result<Reply> reply = fail(ErrorCode::refused);
  bool may_have_arrived = false;
  for (std::int64_t attempts = 0; attempts <= options_.retries; ++attempts) {
    reply = co_await attempt(command);
    if (reply) co_return reply;
    may_have_arrived |= !reply.error().definite();
  }
  // The last attempt may not even have connected, but an earlier one may have been executed.
  if (may_have_arrived && reply.error().definite()) reply = fail(ErrorCode::timeout);
  co_return reply;
}

Task<Result<Reply>> Client::eval(std::string script, Words keys, Words arguments) {
  Words all;
  all.reserve(3 + keys.size() + arguments.size());
  all.emplace_back("EVAL");
  all.push_back(std::move(script));
  all.push_back(std::to_string(keys.size()));
  for (std::string& key : keys) all.push_back(std::move(key));
  for (std::string& argument : arguments) all.push_back(std::move(argument));
  return call(std::move(all));
}

Task<Result<ConnectionPtr>> Client::take_connection() {
  if (!idle_.empty()) {
    ConnectionPtr connection = std::move(idle_.back());
    idle_.pop_back();
    co_return connection;
  }
  const Deadline until = patience(env_, options_.connect_timeout);
  auto connection = co_await env_.connect(server_, until);
  if (!connection) co_return fail(ErrorCode::refused, "could not connect to the server");
  co_return connection;
}

Task<Result<Reply>> Client::attempt(Frame command) {
  const Deadline until = patience(env_, options_.request_timeout);
  auto connection = co_await take_connection();
  if (!connection) co_return fail(connection.error());
  // A pooled connection may have died while idle: the library finds out as it writes, when the
  // command has certainly not been executed, and opens another.
  while (!(*connection)->send(command)) {
    connection = co_await take_connection();
    if (!connection) co_return fail(connection.error());
  }
  const auto frame = co_await (*connection)->receive(until);
  if (!frame) co_return fail(frame.error());
  const auto* message = content_of<ReplyMessage>(*frame);
  if (message == nullptr) co_return fail(ErrorCode::disconnected, "not a Redis reply");
  idle_.push_back(std::move(*connection));
  co_return message->reply;
}

Task<Result<void>> Subscriber::subscribe(std::string channel) {
  const Deadline until = patience(env_, options_.connect_timeout);
  if (!connection_) {
    auto connection = co_await env_.connect(server_, until);
    if (!connection) co_return fail(connection.error());
    connection_ = std::move(*connection);
  }
  Frame command = make_frame(CommandMessage{words("SUBSCRIBE", channel)});
  const auto sent = connection_->send(std::move(command));
  if (!sent) {
    connection_.reset();
    co_return fail(sent.error());
  }
  co_return Result<void>();
}

Task<Result<std::string>> Subscriber::next(Deadline until) {
  if (!connection_) co_return fail(ErrorCode::disconnected, "not subscribed");
  for (;;) {
    const auto frame = co_await connection_->receive(until);
    if (!frame) {
      if (frame.error().code == ErrorCode::disconnected) connection_.reset();
      co_return fail(frame.error());
    }
    const auto* message = content_of<ReplyMessage>(*frame);
    if (message == nullptr) continue;
    const std::vector<Reply>& parts = message->reply.elements;
    if (parts.size() == 3 && parts[0].text == "message") co_return parts[2].text;
  }
}

}  // namespace lockstep::redis
