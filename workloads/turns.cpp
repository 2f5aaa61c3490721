#include "workloads/turns.hpp"

namespace lockstep {
namespace {

Sleep think(Session& session) {
  const Settings& settings = session.settings();
  const Duration pause = session.env.random().between(settings.duration("think_min"),
                                                      settings.duration("think_max"));
  return session.env.sleep_for(pause);
}

}  // namespace

Task<void> work(Session& session) {
  const Settings& settings = session.settings();
  const Duration length =
      session.env.random().between(settings.duration("work_min"), settings.duration("work_max"));
  co_await session.env.sleep_for(length);
}

Task<void> take_turns(Session& session, Section section) {
  const std::int64_t operations = session.settings().number("operations");
  for (std::int64_t n = 0; operations == 0 || n < operations; ++n) {
    co_await think(session);
    if (session.finishing()) co_return;
    auto hold = co_await session.acquire("lock-1");
    if (!hold) continue;
    co_await section(session, *hold);
    const auto released = co_await session.release(std::move(*hold));
    (void)released;  // whatever the answer, the client no longer believes
  }
}

Task<void> repeat(Session& session, Turn turn) {
  const std::int64_t operations = session.settings().number("operations");
  for (std::int64_t n = 0; operations == 0 || n < operations; ++n) {
    co_await think(session);
    if (session.finishing()) co_return;
    co_await turn(session);
  }
}

}  // namespace lockstep
