#include "backends/redis/redlock/instances.hpp"

#include <algorithm>

#include "backends/redis/deployment.hpp"
#include "backends/redis/locks/polling.hpp"
#include "backends/redis/messages.hpp"
#include "core/join.hpp"

namespace lockstep::redis {
namespace {

Vote vote_of(const Result<Reply>& reply) {
  if (!reply) return reply.error().definite() ? Vote::unreached : Vote::none;
  return reply->is_ok() || reply->is(1) ? Vote::yes : Vote::no;
}

/// Where a command of ours names its key.
std::size_t place_of_key(const Words& command) {
  return command.front() == "EVAL" ? 3 : 1;
}

}  // namespace

std::int64_t count(const Votes& votes, Vote vote) {
  return std::count(votes.begin(), votes.end(), vote);
}

std::vector<Endpoint> masters_of(const LockOptions& options) {
  std::vector<Endpoint> masters;
  const Deployment deployment(options.servers, options.settings);
  masters.reserve(deployment.groups());
  for (std::size_t group = 0; group < deployment.groups(); ++group) {
    masters.push_back(endpoint_of(deployment, group));
  }
  return masters;
}

Instances::Instances(Env& env, std::vector<Endpoint> instances, const Settings& settings,
                     bool own_keys)
    : own_keys_(own_keys) {
  clients_.reserve(instances.size());
  const ClientOptions options = client_options(settings);
  for (Endpoint& instance : instances) clients_.emplace_back(env, std::move(instance), options);
}

Frame Instances::frame_for(std::size_t which, Words command) const {
  if (own_keys_) command[place_of_key(command)] += ":" + std::to_string(which + 1);
  return make_frame(CommandMessage{std::move(command)});
}

Task<Vote> Instances::ask(std::size_t which, Words command) {
  const auto reply = co_await clients_[which].call(frame_for(which, std::move(command)));
  co_return vote_of(reply);
}

Task<Votes> Instances::ask_all(Words command) {
  std::vector<Task<Result<Reply>>> asked;
  asked.reserve(size());
  Frame same;  // for all of them, unless each has a key of its own
  for (std::size_t i = 0; i < size(); ++i) {
    if (!same || own_keys_) same = frame_for(i, command);
    asked.push_back(clients_[i].call(same));
  }
  const auto replies = co_await when_all(std::move(asked));
  Votes votes;
  votes.reserve(replies.size());
  for (const Result<Reply>& reply : replies) votes.push_back(vote_of(reply));
  co_return votes;
}

Words eval_words(std::string_view script, const std::string& key, const std::string& owner) {
  return words("EVAL", std::string(script), 1, key, owner);
}

Words eval_words(std::string_view script, const std::string& key, const std::string& owner,
                 std::int64_t argument) {
  return words("EVAL", std::string(script), 1, key, owner, argument);
}

}  // namespace lockstep::redis
