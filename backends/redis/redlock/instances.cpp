#include "backends/redis/redlock/instances.hpp"

#include <algorithm>

#include "backends/redis/locks/polling.hpp"
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

Instances::Instances(Env& env, const std::vector<NodeId>& servers, const Settings& settings,
                     bool own_keys)
    : env_(env), own_keys_(own_keys) {
  clients_.reserve(servers.size());
  for (const NodeId server : servers) clients_.emplace_back(env, server, client_options(settings));
}

Task<Vote> Instances::ask(std::size_t which, Words command) {
  if (own_keys_) command[place_of_key(command)] += ":" + std::to_string(which + 1);
  const auto reply = co_await clients_[which].call(std::move(command));
  co_return vote_of(reply);
}

Task<Votes> Instances::ask_all(Words command) {
  std::vector<Task<Vote>> asked;
  asked.reserve(size());
  for (std::size_t i = 0; i < size(); ++i) asked.push_back(ask(i, command));
  auto votes = co_await when_all(std::move(asked));
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
