// From the words of a command to its function: what is refused, queued, run and logged.
#include <algorithm>

#include "backends/redis/command.hpp"
#include "backends/redis/script.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

constexpr std::string_view out_of_memory =
    "OOM command not allowed when used memory > 'maxmemory'.";

constexpr std::string_view no_replicas = "NOREPLICAS Not enough good replicas to write.";
constexpr std::string_view read_only = "READONLY You can't write against a read only replica.";

Reply unknown_command(const Words& words, const Command* known_container) {
  if (known_container) {
    std::string name(known_container->name);
    for (char& c : name) c = static_cast<char>(c - 'a' + 'A');
    return Reply::error("ERR unknown subcommand '" + words[1].substr(0, 128) + "'. Try " + name +
                        " HELP.");
  }
  std::string arguments;
  for (std::size_t i = 1; i < words.size() && arguments.size() < 128; ++i) {
    arguments += "'" + words[i].substr(0, 128 - arguments.size()) + "' ";
  }
  return Reply::error("ERR unknown command '" + words[0].substr(0, 128) +
                      "', with args beginning with: " + arguments);
}

bool any_queued(const Session& session, CommandFlag flag) {
  return std::any_of(session.queued.begin(), session.queued.end(),
                     [flag](const Words& words) { return find_command(words)->has(flag); });
}

bool may_write(const Session& session, const Command& command) {
  return command.name == "exec" ? any_queued(session, writes) : command.has(writes);
}

/// Queueing takes memory as well, whatever is queued; ending a transaction frees some.
bool needs_memory(const Session& session, const Command& command) {
  if (command.name == "exec") return any_queued(session, grows);
  const bool ends = command.name == "discard" || command.name == "quit" || command.name == "reset";
  return command.has(grows) || (session.in_transaction && !ends);
}

}  // namespace

Reply Database::execute(Session& session, const Words& words, std::int64_t now_us) {
  now_us_ = now_us;
  script_us_ = 0;
  acting_session_ = session.id;
  Reply reply = dispatch(session, words);
  if (!effects_.empty()) flush_effects();
  return reply;
}

std::optional<Reply> Database::refuse(Session& session, const Command* command,
                                      const Words& words) {
  if (!command || command->has(container)) {
    const bool lacks_subcommand = command && words.size() < 2;
    return lacks_subcommand ? wrong_arity(command->name) : unknown_command(words, command);
  }
  if (!command->takes(words.size())) return wrong_arity(command->name);
  if (config_.maxmemory > 0 && !loading_ && !replication_.is_replica() && !make_room()) {
    if (needs_memory(session, *command)) return Reply::error(std::string(out_of_memory));
  }
  if (may_write(session, *command)) {
    if (lacks_replicas()) return Reply::error(std::string(no_replicas));
    if (refuses_writes_as_replica()) return Reply::error(std::string(read_only));
  }
  if (session.subscribed() && !command->has(for_subscribers)) {
    return Reply::error("ERR Can't execute '" + lowercase(words[0]) +
                        "': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are "
                        "allowed in this context");
  }
  return std::nullopt;
}

Reply Database::dispatch(Session& session, const Words& words) {
  if (words.empty()) return Reply::error("ERR Protocol error: empty command");
  const Command* const command = find_command(words);
  if (std::optional<Reply> refusal = refuse(session, command, words)) {
    if (command && command->name == "exec") {
      discard(session);
      std::string_view why = refusal->text;
      if (why.starts_with("ERR ")) why.remove_prefix(4);
      return Reply::error("EXECABORT Transaction discarded because of: " + std::string(why));
    }
    session.transaction_broken |= session.in_transaction;
    return *std::move(refusal);
  }
  if (session.in_transaction && !command->has(immediate)) {
    session.queued.push_back(words);
    return Reply::status("QUEUED");
  }
  return run(session, *command, words);
}

Reply Database::run(Session& session, const Command& command, const Words& words) {
  const std::uint64_t changes = changes_;
  Call call{*this, session, words};
  Reply reply = command.run(call);
  if (keeps_log_ && changes_ != changes && !command.has(logs_itself)) {
    effects_.push_back(logged_as_ ? *std::move(logged_as_) : words);
  }
  if (logged_as_) logged_as_.reset();
  return reply;
}

void Database::flush_effects() {
  if (effects_.empty()) return;
  const bool several = effects_.size() > 1;
  if (several) append_resp(log_, {"MULTI"});
  for (const Words& effect : effects_) append_resp(log_, effect);
  if (several) append_resp(log_, {"EXEC"});
  effects_.clear();
}

Reply Database::exec(Session& session) {
  bool expired = false;
  for (const Session::Watch& watch : session.watched) {
    const auto found = keys_.find(watch.key);
    expired |= !watch.expired && found != keys_.end() && dead(found->second);
  }
  if (session.transaction_broken) {
    discard(session);
    return Reply::error("EXECABORT Transaction discarded because of previous errors.");
  }
  if (session.watched_changed || expired) {
    discard(session);
    return Reply::nil_array();
  }
  const std::vector<Words> queued = std::move(session.queued);
  discard(session);
  std::vector<Reply> replies;
  replies.reserve(queued.size());
  for (const Words& words : queued) {
    replies.push_back(run(session, *find_command(words), words));
    session.held_back = false;  // nothing blocks inside a transaction
  }
  return Reply::array(std::move(replies));
}

Reply Database::call_from_script(Session& session, const Script& script, const Words& words) {
  ++script_us_;
  const Command* const command = find_command(words);
  const bool lacks_subcommand = command && command->has(container) && words.size() < 2;
  if (!command || (command->has(container) && !lacks_subcommand)) {
    return Reply::error("ERR Unknown Redis command called from script");
  }
  if (lacks_subcommand || !command->takes(words.size())) {
    return Reply::error("ERR Wrong number of args calling Redis command from script");
  }
  if (command->has(unscripted)) {
    return Reply::error("ERR This Redis command is not allowed from script");
  }
  if (command->has(writes) && script.read_only) {
    return Reply::error("ERR Write commands are not allowed from read-only scripts.");
  }
  if (command->has(writes) && !script_wrote_) {
    if (refuses_writes_as_replica()) return Reply::error(std::string(read_only));
    if (lacks_replicas()) return Reply::error(std::string(no_replicas));
  }
  if (command->has(grows) && script_started_without_room_ && !script_wrote_ && !script.allows_oom) {
    return Reply::error(std::string(out_of_memory));
  }
  script_wrote_ |= command->has(writes);
  return run(session, *command, words);
}

}  // namespace lockstep::redis
