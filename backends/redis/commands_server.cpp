// The server itself: its clock, its parameters, and what concerns all keys at once.
#include <algorithm>

#include "backends/redis/commands.hpp"
#include "backends/redis/text.hpp"

namespace lockstep::redis {

Reply time_command(Call& call) {
  const std::int64_t now = call.db.clock_us();
  return Reply::array(
      {Reply::bulk(std::to_string(now / 1'000'000)), Reply::bulk(std::to_string(now % 1'000'000))});
}

Reply ping_command(Call& call) {
  if (call.size() > 2) return wrong_arity("ping");
  if (call.session.subscribed()) {
    return Reply::array({Reply::bulk("pong"), Reply::bulk(call.size() == 2 ? call.word(1) : "")});
  }
  return call.size() == 2 ? Reply::bulk(call.word(1)) : Reply::status("PONG");
}

Reply echo_command(Call& call) {
  return Reply::bulk(call.word(1));
}

Reply quit_command(Call& call) {
  call.session.close = true;
  return Reply::ok();
}

Reply reset_command(Call& call) {
  call.db.disconnect(call.session);
  return Reply::status("RESET");
}

Reply select_command(Call& call) {
  const auto index = parse_integer(call.word(1));
  if (!index) return not_an_integer();
  return *index == 0 ? Reply::ok() : Reply::error("ERR DB index is out of range");
}

Reply dbsize_command(Call& call) {
  return Reply::integer(static_cast<std::int64_t>(call.db.keys().size()));
}

Reply flushall_command(Call& call) {
  const bool named = call.size() == 2 && (equal_ignoring_case(call.word(1), "async") ||
                                          equal_ignoring_case(call.word(1), "sync"));
  if (call.size() > 1 && !named) return syntax_error();
  call.db.flush_all();
  call.db.log_as("FLUSHALL");
  return Reply::ok();
}

Reply config_get_command(Call& call) {
  std::vector<Reply> out;
  for (const auto& [name, value] : call.db.config().list()) {
    const auto wanted = [&known = name](const std::string& pattern) {
      return matches(lowercase(pattern), known);
    };
    const auto asked = std::find_if(call.words.begin() + 2, call.words.end(), wanted);
    if (asked == call.words.end()) continue;
    const bool is_pattern = asked->find_first_of("*?[") != std::string::npos;
    out.push_back(Reply::bulk(is_pattern ? name : *asked));
    out.push_back(Reply::bulk(value));
  }
  return Reply::array(std::move(out));
}

Reply config_set_command(Call& call) {
  if (call.size() % 2 == 1) return syntax_error();
  Config changed = call.db.config();
  const auto failed = [](const std::string& name, const std::string& why) {
    return Reply::error("ERR CONFIG SET failed (possibly related to argument '" + name + "') - " +
                        why);
  };
  for (std::size_t i = 2; i < call.size(); i += 2) {
    const std::string& name = call.word(i);
    if (!Config::known(name)) {
      return Reply::error("ERR Unknown option or number of arguments for CONFIG SET - '" + name +
                          "'");
    }
    for (std::size_t j = 2; j < i; j += 2) {
      if (equal_ignoring_case(call.word(j), name)) return failed(name, "duplicate parameter");
    }
  }
  for (std::size_t i = 2; i < call.size(); i += 2) {
    if (auto why = changed.set(call.word(i), call.word(i + 1))) return failed(call.word(i), *why);
  }
  call.db.config() = changed;
  return Reply::ok();
}

}  // namespace lockstep::redis
