// A semaphore stands before a service that bears a few users at once: take a permit, use the
// service, give the permit back. The service counts its users. At the end clients take stock: with
// nobody at work, each takes permits until there are none left. That there are fewer than there
// should be, or more, shows only so.

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

Task<void> use_service(Session& session, Hold hold) {
  const Settings& settings = session.settings();
  const Duration length =
      session.env.random().between(settings.duration("work_min"), settings.duration("work_max"));
  const bool may = co_await session.may_act(hold);
  if (!may) co_return;
  const auto used = co_await session.use(std::move(hold), "service", length);
  (void)used;  // the history has it
}

/// Long enough for a few tries, and much shorter than a lease.
Duration short_patience(const Session& session) {
  return session.options().liveness_bound / 50;
}

Task<void> take_stock(Session& session) {
  // What the dead had taken has come back by then, if it ever does.
  co_await session.env.sleep_for(session.options().liveness_bound);
  std::vector<Hold> holds;
  const auto one_too_many = static_cast<std::size_t>(session.options().permits) + 1;
  while (holds.size() < one_too_many) {
    auto hold = co_await session.acquire("lock-1", short_patience(session));
    if (!hold) break;
    holds.push_back(std::move(*hold));
  }
  while (!holds.empty()) {
    Hold last = std::move(holds.back());
    holds.pop_back();
    const auto released = co_await session.release(std::move(last));
    (void)released;  // whatever the answer, the client no longer believes
  }
}

Task<void> client(Session& session) {
  co_await take_turns(session, use_service);
  if (session.finishing()) co_await take_stock(session);
}

}  // namespace

Workload workloads::throttled() {
  return {.name = "throttled",
          .summary = "clients use a service that bears as many at once as there are permits",
          .parameters = common_workload_parameters(),
          .uses_resource = true,
          .client = client,
          .audits = true};
}

}  // namespace lockstep
