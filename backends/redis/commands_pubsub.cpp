// Publishing and subscribing. A subscribing command answers once per name: the first answer is
// its reply, the others are pushes.
#include "backends/redis/commands.hpp"

namespace lockstep::redis {
namespace {

Reply confirmation(Call& call, std::string_view kind, std::optional<std::string> name) {
  const auto count = call.session.channels.size() + call.session.patterns.size();
  return Reply::array({Reply::bulk(std::string(kind)),
                       name ? Reply::bulk(*std::move(name)) : Reply::nil(),
                       Reply::integer(static_cast<std::int64_t>(count))});
}

/// The first is the reply; the rest follow it.
Reply send_all(Call& call, std::vector<Reply> confirmations) {
  Reply first = std::move(confirmations.front());
  auto& pushes = call.session.pushes;
  pushes.insert(pushes.end(), std::make_move_iterator(confirmations.begin() + 1),
                std::make_move_iterator(confirmations.end()));
  return first;
}

Reply subscribe(Call& call, bool pattern) {
  std::vector<Reply> confirmations;
  for (std::size_t i = 1; i < call.size(); ++i) {
    call.db.subscriptions().add(call.session, call.word(i), pattern);
    confirmations.push_back(confirmation(call, pattern ? "psubscribe" : "subscribe", call.word(i)));
  }
  return send_all(call, std::move(confirmations));
}

Reply unsubscribe(Call& call, bool pattern) {
  const std::string_view kind = pattern ? "punsubscribe" : "unsubscribe";
  std::vector<std::string> names(call.words.begin() + 1, call.words.end());
  if (names.empty()) names = pattern ? call.session.patterns : call.session.channels;
  if (names.empty()) return confirmation(call, kind, std::nullopt);
  std::vector<Reply> confirmations;
  for (const std::string& name : names) {
    call.db.subscriptions().remove(call.session, name, pattern);
    confirmations.push_back(confirmation(call, kind, name));
  }
  return send_all(call, std::move(confirmations));
}

}  // namespace

Reply subscribe_command(Call& call) {
  return subscribe(call, false);
}
Reply psubscribe_command(Call& call) {
  return subscribe(call, true);
}
Reply unsubscribe_command(Call& call) {
  return unsubscribe(call, false);
}
Reply punsubscribe_command(Call& call) {
  return unsubscribe(call, true);
}

Reply publish_command(Call& call) {
  return Reply::integer(call.db.subscriptions().publish(
      call.word(1), call.word(2), [&call](Session& session) { call.db.wake(session); }));
}

}  // namespace lockstep::redis
