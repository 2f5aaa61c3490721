// Clients add one to a shared counter under the lock: read, think, check, write. An update that is
// lost shows in the counter.

#include "workloads/workload.hpp"

namespace lockstep {
namespace {

Task<void> increment(Session& session, Hold hold) {
  Env& env = session.env;
  const Settings& settings = session.settings();
  const auto seen = co_await session.read(hold, "counter");
  if (!seen) co_return;
  const Duration work =
      env.random().between(settings.duration("work_min"), settings.duration("work_max"));
  co_await env.sleep_for(work);
  const bool may = co_await session.may_act(hold);
  if (!may) co_return;
  const auto written = co_await session.write(hold, "counter", seen->value + 1, *seen);
  (void)written;
}

Task<void> client(Session& session) {
  Env& env = session.env;
  const Settings& settings = session.settings();
  const std::int64_t operations = settings.number("operations");
  for (std::int64_t n = 0; operations == 0 || n < operations; ++n) {
    const Duration think =
        env.random().between(settings.duration("think_min"), settings.duration("think_max"));
    co_await env.sleep_for(think);
    if (session.finishing()) co_return;
    auto hold = co_await session.acquire("lock-1");
    if (!hold) continue;
    co_await increment(session, *hold);
    const auto released = co_await session.release(std::move(*hold));
    (void)released;
  }
}

}  // namespace

Workload workloads::counter() {
  return {.name = "counter",
          .summary = "clients increment a shared counter under one lock: read, work, check, write",
          .parameters = common_workload_parameters(),
          .uses_resource = true,
          .client = client};
}

}  // namespace lockstep
