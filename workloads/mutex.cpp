// Every client wants the same lock, works a while under it, and lets it go.

#include "workloads/workload.hpp"

namespace lockstep {
namespace {

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
    const Duration work =
        env.random().between(settings.duration("work_min"), settings.duration("work_max"));
    co_await env.sleep_for(work);
    const auto released = co_await session.release(std::move(*hold));
    (void)released;
  }
}

}  // namespace

Workload workloads::mutex() {
  return {.name = "mutex",
          .summary = "clients take turns on one lock: acquire, hold, release",
          .parameters = common_workload_parameters(),
          .uses_resource = false,
          .client = client};
}

}  // namespace lockstep
