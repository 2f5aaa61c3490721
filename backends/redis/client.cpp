#include "backends/redis/client.hpp"

#include <algorithm>
#include <utility>

#include "backends/redis/deployment.hpp"
#include "backends/redis/messages.hpp"

namespace lockstep::redis {
namespace {

constexpr Duration for_ever = 24h * 365;

Deadline patience(Env& env, Duration length) {
  return env.steady_now() + (length > Duration::zero() ? length : for_ever);
}

bool is_no_master(const Reply& reply) {
  return reply.is_error() && reply.text.starts_with("READONLY");
}

/// What one Sentinel says where the master is.
Task<Result<NodeId>> ask_sentinel(Env& env, NodeId sentinel, std::string master, Deadline until) {
  auto connection = co_await env.connect(sentinel, until);
  if (!connection) co_return fail(connection.error());
  Frame question = make_frame(CommandMessage{words("SENTINEL", "GET-MASTER-ADDR-BY-NAME", master)});
  const auto asked = (*connection)->send(std::move(question));
  if (!asked) co_return fail(asked.error());
  const auto frame = co_await (*connection)->receive(until);
  if (!frame) co_return fail(frame.error());
  const auto* message = content_of<ReplyMessage>(*frame);
  if (message == nullptr || message->reply.elements.size() != 2) {
    co_return fail(ErrorCode::refused, "the Sentinel does not know that master");
  }
  const auto address = node_at(message->reply.elements[0].text);
  if (!address) co_return fail(ErrorCode::refused, "not an address");
  co_return *address;
}

}  // namespace

Endpoint endpoint_of(const LockOptions& options, std::size_t group) {
  return endpoint_of(Deployment(options.servers, options.settings), group);
}

Endpoint endpoint_of(const Deployment& deployment, std::size_t group) {
  Endpoint endpoint(deployment.first_master(group));
  endpoint.sentinels = deployment.sentinels();
  endpoint.master_name = master_name(group);
  return endpoint;
}

Task<Result<ConnectionPtr>> connect_to_master(Env& env, Endpoint& endpoint, Duration timeout) {
  bool known = endpoint.sentinels.empty();
  for (std::size_t i = 0; i < endpoint.sentinels.size(); ++i) {
    const NodeId sentinel = endpoint.sentinels[i];
    const Deadline until = patience(env, timeout);
    const auto master = co_await ask_sentinel(env, sentinel, endpoint.master_name, until);
    if (!master) continue;
    endpoint.server = *master;
    known = true;
    // It goes first from now on.
    std::rotate(endpoint.sentinels.begin(),
                endpoint.sentinels.begin() + static_cast<std::ptrdiff_t>(i),
                endpoint.sentinels.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    break;
  }
  if (!known) co_return fail(ErrorCode::refused, "no Sentinel answered");
  const Deadline until = patience(env, timeout);
  auto connection = co_await env.connect(endpoint.server, until);
  co_return connection;
}

Task<Result<Reply>> Client::call(Words words) {
  return call(make_frame(CommandMessage{std::move(words)}));
}

Task<Result<Reply>> Client::call(Frame command) {
  if (options_.retries == 0) return attempt(std::move(command));
  return insist(std::move(command));
}

Task<Result<Reply>> Client::insist(Frame command) {
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

Task<Result<ConnectionPtr>> Client::open_connection() {
  auto connection = co_await connect_to_master(env_, endpoint_, options_.connect_timeout);
  if (!connection) co_return fail(ErrorCode::refused, "could not connect to the server");
  co_return connection;
}

Task<Result<Reply>> Client::attempt(Frame command) {
  const Deadline until = patience(env_, options_.request_timeout);
  ConnectionPtr connection;
  bool sent = false;
  // A pooled connection may have died while idle: the library finds out as it writes, when the
  // command has certainly not been executed, and takes another.
  while (!sent) {
    if (idle_.empty()) {
      auto opened = co_await open_connection();
      if (!opened) co_return fail(opened.error());
      connection = std::move(*opened);
    } else {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
    sent = connection->send(command).has_value();
  }
  const auto frame = co_await connection->receive(until);
  co_return take_reply(std::move(connection), frame);
}

Task<Result<Reply>> Client::call_next(Words words) {
  const Deadline until = patience(env_, options_.request_timeout);
  if (idle_.empty()) co_return fail(ErrorCode::refused, "the connection is gone");
  ConnectionPtr connection = std::move(idle_.back());
  idle_.pop_back();
  const auto sent = connection->send(make_frame(CommandMessage{std::move(words)}));
  if (!sent) co_return fail(ErrorCode::refused, "the connection is gone");
  const auto frame = co_await connection->receive(until);
  co_return take_reply(std::move(connection), frame);
}

/// Keeps the connection that the reply came over for the next call.
Result<Reply> Client::take_reply(ConnectionPtr connection, const Result<Frame>& frame) {
  if (!frame) return fail(frame.error());
  const auto* message = content_of<ReplyMessage>(*frame);
  if (message == nullptr) return fail(ErrorCode::disconnected, "not a Redis reply");
  if (is_no_master(message->reply)) {
    idle_.clear();  // whoever is the master now, these lead to where it was
    return message->reply;
  }
  idle_.push_back(std::move(connection));
  return message->reply;
}

Task<Result<void>> Subscriber::subscribe(std::string channel) {
  if (!connection_) {
    auto connection = co_await connect_to_master(env_, endpoint_, options_.connect_timeout);
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
