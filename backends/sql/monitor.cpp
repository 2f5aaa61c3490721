#include "backends/sql/monitor.hpp"

#include <memory>
#include <utility>

#include "backends/sql/messages.hpp"

namespace lockstep::sql {
namespace {

struct Monitor {
  Monitor(Env& environment, ServerOptions all)
      : env(environment),
        options(std::move(all)),
        patience(options.settings.duration("failover_after")),
        heard(environment.steady_now()) {}

  NodeId primary_node() const { return options.servers[primary]; }

  Env& env;
  ServerOptions options;
  Duration patience;
  SteadyTime heard;  // the primary's last sign of life
  std::size_t primary = 0;
};
using MonitorPtr = std::shared_ptr<Monitor>;

/// Tells the primary that it is, and waits for its word.
Task<bool> tell_primary(MonitorPtr monitor) {
  Env& env = monitor->env;
  const Deadline until = env.steady_now() + monitor->patience / 3;
  auto connection = co_await env.connect(monitor->primary_node(), until);
  if (!connection) co_return false;
  Primary word;
  word.place = monitor->primary;
  (void)(*connection)->send(make_frame(word));
  const auto answer = co_await (*connection)->receive(until);
  co_return answer.has_value();
}

Task<void> watch(MonitorPtr monitor) {
  for (;;) {
    const bool alive = co_await tell_primary(monitor);
    const SteadyTime now = monitor->env.steady_now();
    if (alive) monitor->heard = now;
    if (now - monitor->heard >= monitor->patience) {
      // Decided before the other one hears of it: whoever asks from now on is told so.
      monitor->primary = 1 - monitor->primary;
      monitor->heard = now;
      continue;
    }
    co_await monitor->env.sleep_for(monitor->patience / 4);
  }
}

Task<void> answer_questions(MonitorPtr monitor, ConnectionPtr connection) {
  const auto question = co_await connection->receive();
  if (!question || content_of<WhoIsPrimary>(*question) == nullptr) co_return;
  // A primary that comes back in time stays primary, and has all the time it had.
  if (connection->peer() == monitor->primary_node()) monitor->heard = monitor->env.steady_now();
  Primary word;
  word.place = monitor->primary;
  (void)connection->send(make_frame(word));
  const auto end = co_await connection->receive();
  (void)end;
}

}  // namespace

Task<void> serve_monitor(Env& env, ServerOptions options) {
  const auto monitor = std::make_shared<Monitor>(env, std::move(options));
  env.spawn(watch(monitor));
  for (;;) {
    auto connection = co_await env.accept();
    env.spawn(answer_questions(monitor, std::move(connection)));
  }
}

Task<std::size_t> ask_monitor(Env& env, NodeId monitor, Duration pause) {
  for (;;) {
    const Deadline until = env.steady_now() + pause;
    auto connection = co_await env.connect(monitor, until);
    if (connection) {
      (void)(*connection)->send(make_frame(WhoIsPrimary()));
      const auto answer = co_await (*connection)->receive(until);
      const auto* word = answer ? content_of<Primary>(*answer) : nullptr;
      if (word != nullptr) co_return static_cast<std::size_t>(word->place);
    }
    co_await env.sleep_for(pause);
  }
}

}  // namespace lockstep::sql
