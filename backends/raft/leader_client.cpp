#include "backends/raft/leader_client.hpp"

#include <algorithm>
#include <utility>

namespace lockstep::raft {
namespace {

constexpr Duration for_ever = 24h * 365;

Deadline patience(Env& env, Duration length, Duration more = {}) {
  return env.steady_now() + (length > Duration::zero() ? length + more : for_ever);
}

}  // namespace

std::string NotLeader::describe() const {
  if (leader == no_node) return "not the leader; there is none";
  return "not the leader; node " + std::to_string(index_of(leader)) + " is";
}

LeaderClientOptions leader_client_options(const Settings& settings, Duration lease) {
  LeaderClientOptions options;
  options.connect_timeout = settings.duration("connect_timeout");
  options.request_timeout = settings.duration("request_timeout");
  options.pause = std::max<Duration>(lease / 40, 1ms);
  return options;
}

Task<Result<Frame>> LeaderClient::call(Frame request, SteadyTime give_up, Duration held_back) {
  bool told = false;
  for (;;) {
    const std::size_t asked = leader_;
    auto answer = co_await attempt(request, asked, held_back);
    const NotLeader* other = answer ? content_of<NotLeader>(*answer) : nullptr;
    if (answer && other == nullptr) co_return answer;
    const bool hinted = follow(asked, other);
    if (!answer && !answer.error().definite()) co_return answer;
    const bool at_once = hinted && !told;
    told = hinted;
    if (env_.steady_now() + options_.pause >= give_up) {
      co_return fail(ErrorCode::refused, "no leader was found");
    }
    if (!at_once) co_await env_.sleep_for(options_.pause);
  }
}

bool LeaderClient::follow(std::size_t asked, const NotLeader* answer) {
  if (asked != leader_) return false;  // another call knows better
  if (answer != nullptr && answer->leader != servers_[asked]) {
    const auto named = std::find(servers_.begin(), servers_.end(), answer->leader);
    if (named != servers_.end()) {
      leader_ = static_cast<std::size_t>(named - servers_.begin());
      return true;
    }
  }
  leader_ = (asked + 1) % servers_.size();
  return false;
}

Task<Result<ConnectionPtr>> LeaderClient::take_connection(std::size_t server) {
  if (!idle_[server].empty()) {
    ConnectionPtr connection = std::move(idle_[server].back());
    idle_[server].pop_back();
    co_return connection;
  }
  const Deadline until = patience(env_, options_.connect_timeout);
  auto connection = co_await env_.connect(servers_[server], until);
  if (!connection) co_return fail(ErrorCode::refused, "could not connect");
  co_return connection;
}

Task<Result<Frame>> LeaderClient::attempt(Frame request, std::size_t server, Duration held_back) {
  const Deadline until = patience(env_, options_.request_timeout, held_back);
  auto connection = co_await take_connection(server);
  if (!connection) co_return fail(connection.error());
  // A pooled connection may have died while idle: the library finds out as it writes, and opens
  // another.
  while (!(*connection)->send(request)) {
    connection = co_await take_connection(server);
    if (!connection) co_return fail(connection.error());
  }
  auto frame = co_await (*connection)->receive(until);
  if (!frame) co_return fail(frame.error());
  idle_[server].push_back(std::move(*connection));
  co_return frame;
}

}  // namespace lockstep::raft
