// EVAL, EVALSHA and SCRIPT: which scripts this server knows, and running them.
#include <algorithm>

#include "backends/redis/commands.hpp"
#include "backends/redis/script.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {
namespace {

/// What a script may do to the server that runs it.
class Host final : public ScriptHost {
 public:
  Host(Database& db, Session& session, const Script& script)
      : db_(db), session_(session), script_(script) {}
  Reply call(const Words& words) override { return db_.call_from_script(session_, script_, words); }
  ScriptRandom& random() override { return db_.script_random(); }

 private:
  Database& db_;
  Session& session_;
  const Script& script_;
};

/// Checks the number of keys before anything else, as the server does.
std::optional<Reply> check_key_count(const Call& call) {
  const auto keys = parse_integer(call.word(2));
  if (!keys) return not_an_integer();
  if (*keys > static_cast<std::int64_t>(call.size()) - 3) {
    return Reply::error("ERR Number of keys can't be greater than number of args");
  }
  if (*keys < 0) return Reply::error("ERR Number of keys can't be negative");
  return std::nullopt;
}

}  // namespace

tl::expected<const Script*, Reply> Database::load_script(const std::string& text) {
  if (!engine_) {
    own_engine_ = std::make_unique<ScriptEngine>();
    engine_ = own_engine_.get();
  }
  const auto compiled = engine_->compile(text);
  if (!compiled) return tl::unexpected(Reply::error(compiled.error()));
  const Script* const script = *compiled;
  if (!scripts_.contains(script->sha)) scripts_.emplace(script->sha, script);
  return script;
}

const Script* Database::known_script(const std::string& sha) const {
  const auto found = scripts_.find(lowercase(sha));
  return found == scripts_.end() ? nullptr : found->second;
}

Reply Database::run_script(Session& session, const Script& script, const Words& words) {
  script_started_without_room_ = config_.maxmemory > 0 && !make_room();
  script_wrote_ = false;
  const auto keys = static_cast<std::size_t>(*parse_integer(words[2]));
  const std::span<const std::string> rest(words.begin() + 3, words.end());
  Host host(*this, session, script);
  return engine_->run(script, rest.first(keys), rest.subspan(keys), host);
}

Reply eval_command(Call& call) {
  if (auto refusal = check_key_count(call)) return *std::move(refusal);
  auto script = call.db.load_script(call.word(1));
  if (!script) return std::move(script.error());
  return call.db.run_script(call.session, **script, call.words);
}

Reply evalsha_command(Call& call) {
  const Script* const script = call.db.known_script(call.word(1));
  if (call.word(1).size() != 40) {
    return Reply::error("NOSCRIPT No matching script. Please use EVAL.");
  }
  if (auto refusal = check_key_count(call)) return *std::move(refusal);
  if (!script) return Reply::error("NOSCRIPT No matching script. Please use EVAL.");
  return call.db.run_script(call.session, *script, call.words);
}

Reply script_load_command(Call& call) {
  auto script = call.db.load_script(call.word(2));
  return script ? Reply::bulk((*script)->sha) : std::move(script.error());
}

Reply script_exists_command(Call& call) {
  std::vector<Reply> known;
  for (std::size_t i = 2; i < call.size(); ++i) {
    known.push_back(Reply::integer(call.db.known_script(call.word(i)) != nullptr));
  }
  return Reply::array(std::move(known));
}

Reply script_flush_command(Call& call) {
  const bool named = call.size() == 3 && (equal_ignoring_case(call.word(2), "async") ||
                                          equal_ignoring_case(call.word(2), "sync"));
  if (call.size() > 2 && !named) {
    return Reply::error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
  }
  call.db.forget_scripts();
  return Reply::ok();
}

}  // namespace lockstep::redis
