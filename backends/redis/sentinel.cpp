// What a Sentinel sees and says; how it fails over is in sentinel_failover.cpp.
#include "backends/redis/sentinel.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "backends/redis/messages.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view state_file = "sentinel.conf";

std::uint64_t number(const std::string& word) {
  return static_cast<std::uint64_t>(parse_integer(word).value_or(0));
}

/// The words of a line, which are separated by single spaces.
Words words_of(std::string_view line) {
  Words words;
  while (!line.empty()) {
    const std::size_t end = std::min(line.find(' '), line.size());
    words.emplace_back(line.substr(0, end));
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return words;
}

}  // namespace

Sentinel::Sentinel(Env& env, const ServerOptions& options)
    : env_(env),
      deployment_(options.servers, options.settings),
      down_after_(options.settings.duration("down_after")),
      failover_timeout_(options.settings.duration("failover_timeout")),
      period_(std::max<Duration>(std::min<Duration>(down_after_ / 2, 1s), 1ms)),
      quorum_(options.settings.number("sentinel_quorum")) {
  ClientOptions patience;
  patience.connect_timeout = period_;
  patience.request_timeout = period_;
  for (const NodeId sentinel : deployment_.sentinels()) {
    if (sentinel != env_.id()) peers_.emplace_back(env_, sentinel, patience);
  }
  for (std::size_t group = 0; group < deployment_.groups(); ++group) {
    WatchedGroup& watched = groups_.emplace_back();
    watched.master = deployment_.first_master(group);
    for (const NodeId node : deployment_.members(group)) {
      WatchedServer& server = watched.servers.emplace_back(env_, node, patience);
      server.heard = env_.steady_now();
      server.right_at = server.heard;
    }
    watched.called_down.resize(peers_.size(), SteadyTime::min());
    watched.no_failover_before = SteadyTime::min();
  }
  saved_ = promises();
}

// Promises

std::string Sentinel::promises() const {
  std::string line = std::to_string(epoch_);
  for (const WatchedGroup& group : groups_) {
    line.append(" ").append(address_of(group.master));
    line.append(" ").append(std::to_string(group.config_epoch));
    line.append(" ").append(std::to_string(group.voted_epoch));
    line.append(" ").append(address_of(group.voted_for));
  }
  return line;
}

Task<void> Sentinel::save() {
  std::string line = promises();
  saved_ = line;
  const auto written = co_await env_.disk().replace(std::string(state_file), std::move(line));
  (void)written;
  const auto synced = co_await env_.disk().sync(std::string(state_file));
  (void)synced;
}

Task<void> Sentinel::load() {
  const auto line = co_await env_.disk().read(std::string(state_file));
  if (!line || line->empty()) co_return;
  const Words words = words_of(*line);
  if (words.size() != 1 + 4 * groups_.size()) co_return;
  epoch_ = number(words[0]);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    WatchedGroup& group = groups_[i];
    group.master = node_at(words[1 + 4 * i]).value_or(group.master);
    group.config_epoch = number(words[2 + 4 * i]);
    group.voted_epoch = number(words[3 + 4 * i]);
    group.voted_for = node_at(words[4 + 4 * i]).value_or(no_node);
  }
  saved_ = promises();
}

// Commands

Reply Sentinel::execute(const Words& words) {
  if (words.empty()) return Reply::error("ERR Protocol error: empty command");
  if (equal_ignoring_case(words[0], "ping")) return Reply::status("PONG");
  const bool sentinel = equal_ignoring_case(words[0], "sentinel") && words.size() >= 3;
  const std::string what = sentinel ? lowercase(words[1]) : std::string();
  if (what == "get-master-addr-by-name") return tell_master(words[2]);
  if (what == "vote" && words.size() == 5) return vote(words);
  if (what == "hello" && words.size() == 4 + 3 * groups_.size()) {
    hear(words);
    return Reply::ok();
  }
  return Reply::error("ERR unknown command '" + words[0] + "'");
}

Reply Sentinel::tell_master(const std::string& name) const {
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    if (name != master_name(group)) continue;
    return Reply::array({Reply::bulk(address_of(groups_[group].master)),
                         Reply::bulk(std::to_string(default_port))});
  }
  return Reply::nil_array();
}

/// SENTINEL VOTE master epoch candidate. Answers for whom we have voted, and in which epoch.
Reply Sentinel::vote(const Words& words) {
  const std::uint64_t epoch = number(words[3]);
  const auto candidate = node_at(words[4]);
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    if (words[2] != master_name(i) || !candidate) continue;
    WatchedGroup& group = groups_[i];
    epoch_ = std::max(epoch_, epoch);
    if (group.voted_epoch < epoch && epoch_ <= epoch) {
      group.voted_epoch = epoch;
      group.voted_for = *candidate;
      group.no_failover_before = env_.steady_now() + 2 * failover_timeout_;
    }
    return Reply::array({Reply::bulk(address_of(group.voted_for)),
                         Reply::integer(static_cast<std::int64_t>(group.voted_epoch))});
  }
  return Reply::error("ERR No such master with that name");
}

/// SENTINEL HELLO me epoch (master config-epoch down)...
Words Sentinel::greeting() const {
  Words words{"SENTINEL", "HELLO", address_of(env_.id()), std::to_string(epoch_)};
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    words.push_back(address_of(groups_[i].master));
    words.push_back(std::to_string(groups_[i].config_epoch));
    words.push_back(master_down(i) ? "1" : "0");
  }
  return words;
}

void Sentinel::hear(const Words& words) {
  const std::size_t peer = place_of(node_at(words[2]).value_or(no_node));
  epoch_ = std::max(epoch_, number(words[3]));
  for (std::size_t i = 0; i < groups_.size(); ++i) {
    WatchedGroup& group = groups_[i];
    const auto master = node_at(words[4 + 3 * i]);
    const std::uint64_t config_epoch = number(words[5 + 3 * i]);
    if (master && config_epoch > group.config_epoch) {
      group.master = *master;
      group.config_epoch = config_epoch;
      std::fill(group.called_down.begin(), group.called_down.end(), SteadyTime::min());
      for (WatchedServer& server : group.servers) server.right_at = env_.steady_now();
    }
    const bool same = master == group.master;
    if (!same || peer == peers_.size()) continue;
    group.called_down[peer] = words[6 + 3 * i] == "1" ? env_.steady_now() : SteadyTime::min();
  }
}

std::size_t Sentinel::place_of(NodeId sentinel) const {
  std::size_t place = 0;
  while (place < peers_.size() && peers_[place].node != sentinel) ++place;
  return place;
}

// Watching

void Sentinel::note_role(WatchedServer& server, const Reply& info) {
  const auto value = [&info](std::string_view name) {
    const std::string line = "\n" + std::string(name) + ":";
    const std::size_t at = info.text.find(line);
    if (at == std::string::npos) return std::string();
    const std::size_t begin = at + line.size();
    return info.text.substr(begin, info.text.find('\r', begin) - begin);
  };
  const std::string role = value("role");
  if (role.empty()) return;
  server.heard = env_.steady_now();
  server.known = true;
  server.is_master = role == "master";
  server.follows = node_at(value("master_host")).value_or(no_node);
  server.offset = parse_integer(value("master_repl_offset")).value_or(0);
}

Task<void> Sentinel::watch(std::size_t group, std::size_t place) {
  for (;;) {
    auto info = co_await groups_[group].servers[place].client.call(words("INFO", "replication"));
    if (info) note_role(groups_[group].servers[place], *info);
    co_await env_.sleep_for(period_);
  }
}

Task<void> Sentinel::greet_once(std::size_t peer) {
  auto heard = co_await peers_[peer].client.call(greeting());
  (void)heard;
}

Task<void> Sentinel::greet(std::size_t peer) {
  for (;;) {
    co_await greet_once(peer);
    co_await env_.sleep_for(period_);
  }
}

namespace {

Task<void> converse(std::shared_ptr<Sentinel> sentinel, ConnectionPtr connection) {
  for (;;) {
    const auto frame = co_await connection->receive();
    if (!frame) break;
    const auto* command = content_of<CommandMessage>(*frame);
    if (command == nullptr) break;
    ReplyMessage answer;
    answer.reply = sentinel->execute(command->words);
    if (sentinel->unsaved()) co_await sentinel->save();
    if (!connection->send(make_frame(std::move(answer)))) break;
  }
}

// Tasks that own their Sentinel.
Task<void> watching(std::shared_ptr<Sentinel> sentinel, std::size_t group, std::size_t server) {
  co_await sentinel->watch(group, server);
}
Task<void> greeting_of(std::shared_ptr<Sentinel> sentinel, std::size_t peer) {
  co_await sentinel->greet(peer);
}
Task<void> guarding(std::shared_ptr<Sentinel> sentinel, std::size_t group) {
  co_await sentinel->guard(group);
}

}  // namespace

Task<void> serve_sentinel(Env& env, ServerOptions options) {
  const auto sentinel = std::make_shared<Sentinel>(env, options);
  co_await sentinel->load();
  for (std::size_t group = 0; group < sentinel->groups(); ++group) {
    for (std::size_t server = 0; server < sentinel->servers(group); ++server) {
      env.spawn(watching(sentinel, group, server));
    }
    env.spawn(guarding(sentinel, group));
  }
  for (std::size_t peer = 0; peer < sentinel->peers(); ++peer) {
    env.spawn(greeting_of(sentinel, peer));
  }
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(converse(sentinel, std::move(connection)));
  }
}

}  // namespace lockstep::redis
