// Replication as clients and Sentinels see it: REPLICAOF, ROLE, WAIT, CLIENT KILL.
#include "backends/redis/commands.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

Reply role_of_master(const ReplicationState& state) {
  std::vector<Reply> replicas;
  for (const AttachedReplica& replica : state.replicas) {
    replicas.push_back(
        Reply::array({Reply::bulk(replica.host), Reply::bulk(std::to_string(replica.port)),
                      Reply::bulk(std::to_string(replica.acknowledged))}));
  }
  return Reply::array(
      {Reply::bulk("master"), Reply::integer(state.offset), Reply::array(std::move(replicas))});
}

}  // namespace

bool Database::refuses_writes_as_replica() const {
  return replication_.is_replica() && !loading_;
}

bool Database::lacks_replicas() const {
  if (config_.min_replicas == 0 || config_.min_replicas_max_lag_s == 0 || loading_) return false;
  const std::int64_t now_s = now_us_ / 1'000'000;
  return replication_.good(now_s, config_.min_replicas_max_lag_s) < config_.min_replicas;
}

void Database::follow(const std::string& host, std::int64_t port) {
  if (replication_.follows(host, port)) return;
  const bool was_master = !replication_.is_replica();
  replication_.master_host = host;
  replication_.master_port = port;
  replication_.link_up = false;
  ++replication_.turns;
  if (!was_master) return;
  // What we granted on our own authority is granted no more; whatever we say from now on, our
  // master has said.
  for (auto& [key, entry] : keys_) tell(key, &entry, nullptr, ChangeCause::restart);
}

void Database::follow_nobody() {
  if (!replication_.is_replica()) return;
  replication_.master_host.clear();
  replication_.master_port = 0;
  replication_.link_up = false;
  ++replication_.turns;
  for (auto& [key, entry] : keys_) {
    if (!dead(entry)) tell(key, nullptr, &entry, ChangeCause::restart);
  }
}

void Database::forget_everything() {
  keys_.clear();
  lasting_ = 0;
  used_memory_ = 0;
}

Reply replicaof_command(Call& call) {
  if (equal_ignoring_case(call.word(1), "no") && equal_ignoring_case(call.word(2), "one")) {
    call.db.follow_nobody();
    return Reply::ok();
  }
  constexpr std::int64_t largest_port = 65535;
  const auto port = parse_integer(call.word(2));
  if (!port || *port < 0 || *port > largest_port) return Reply::error("ERR Invalid master port");
  if (call.db.replication().follows(call.word(1), *port)) {
    return Reply::status("OK Already connected to specified master");
  }
  call.db.follow(call.word(1), *port);
  return Reply::ok();
}

Reply role_command(Call& call) {
  const ReplicationState& state = call.db.replication();
  if (!state.is_replica()) return role_of_master(state);
  return Reply::array({Reply::bulk("slave"), Reply::bulk(state.master_host),
                       Reply::integer(state.master_port),
                       Reply::bulk(state.link_up ? "connected" : "connect"),
                       Reply::integer(state.link_up ? state.offset : -1)});
}

/// The section that Sentinels read. Other sections are not modelled.
Reply info_command(Call& call) {
  const bool named = call.size() > 1;
  const std::string section = named ? lowercase(call.word(1)) : "default";
  if (section != "replication" && section != "default" && section != "all") return Reply::bulk("");
  const ReplicationState& state = call.db.replication();
  std::string text = "# Replication\r\n";
  const auto add = [&text](std::string_view name, const std::string& value) {
    text.append(name).append(":").append(value).append("\r\n");
  };
  add("role", state.is_replica() ? "slave" : "master");
  if (state.is_replica()) {
    add("master_host", state.master_host);
    add("master_port", std::to_string(state.master_port));
    add("master_link_status", state.link_up ? "up" : "down");
    add("slave_repl_offset", std::to_string(state.offset));
  }
  add("connected_slaves", std::to_string(state.replicas.size()));
  add("master_repl_offset", std::to_string(state.offset));
  return Reply::bulk(std::move(text));
}

/// Answers at once when enough replicas are known to have received what the session wrote; the
/// server layer holds the answer back otherwise, and counts again.
Reply wait_command(Call& call) {
  const ReplicationState& state = call.db.replication();
  if (state.is_replica()) {
    return Reply::error(
        "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if "
        "a replica is configured to be writable (which is not the default) writes to replicas are "
        "just local and are not propagated.");
  }
  const auto replicas = parse_integer(call.word(1));
  if (!replicas) return not_an_integer();
  const auto timeout = parse_integer(call.word(2));
  if (!timeout) return Reply::error("ERR timeout is not an integer or out of range");
  if (*timeout < 0) return Reply::error("ERR timeout is negative");
  const std::int64_t received = state.received(call.session.written_upto);
  if (received < *replicas) {
    call.session.held_back = true;
    call.session.hold_ms = *timeout;
    call.session.hold_replicas = *replicas;
    call.session.hold_upto = call.session.written_upto;
  }
  return Reply::integer(received);
}

/// CLIENT KILL TYPE normal, as Sentinels send it to a server whose role they change: whoever is
/// connected finds out, and asks anew who the master is. The caller stays.
Reply client_kill_command(Call& call) {
  if (!equal_ignoring_case(call.word(2), "type")) return syntax_error();
  if (!equal_ignoring_case(call.word(3), "normal")) {
    return Reply::error("ERR Unknown client type '" + call.word(3) + "'");
  }
  call.session.born = ++call.db.replication().evictions;
  return Reply::integer(0);
}

}  // namespace lockstep::redis
