#include "workloads/several.hpp"

#include <algorithm>
#include <numeric>

namespace lockstep {
namespace {

/// In which order to take them: indices into `locks`.
std::vector<std::size_t> order_of(const std::vector<std::string>& locks, bool ordered) {
  std::vector<std::size_t> order(locks.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (ordered) {
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return locks[a] < locks[b]; });
  }
  return order;
}

Task<void> back_off(Session& session) {
  const Duration longest = session.settings().duration("backoff");
  const bool jitter = session.settings().flag("jitter");
  const Duration shortest = jitter ? Duration(0) : longest;
  const Duration pause = session.env.random().between(shortest, longest);
  co_await session.env.sleep_for(pause);
}

}  // namespace

std::vector<Parameter> order_parameters() {
  return {
      {"order",
       std::string("ordered"),
       "how several locks are taken: ordered by name, unordered, or by trylock and backoff",
       {"ordered", "unordered", "trylock"}},
      {"backoff", Duration(50ms), "order = trylock: longest pause before the next try"},
      {"jitter", true, "order = trylock: a random part of the backoff instead of all of it"},
  };
}

Task<Result<std::vector<Hold>>> acquire_all(Session& session, std::vector<std::string> locks) {
  const Settings& settings = session.settings();
  const bool trying = settings.text("order") == "trylock";
  const auto order = order_of(locks, settings.text("order") == "ordered");
  std::vector<Hold> holds(locks.size());
  std::vector<Hold> got;
  for (const std::size_t next : order) {
    const bool only_try = trying && !got.empty();
    const Duration patience = only_try ? Duration(0) : settings.duration("patience");
    auto hold = co_await session.acquire(locks[next], patience);
    if (!hold) {
      co_await release_all(session, std::move(got));
      if (only_try) co_await back_off(session);
      co_return fail(hold.error());
    }
    holds[next] = *hold;
    got.push_back(std::move(*hold));
  }
  co_return holds;
}

Task<void> release_all(Session& session, std::vector<Hold> holds) {
  while (!holds.empty()) {
    Hold last = std::move(holds.back());
    holds.pop_back();
    const auto released = co_await session.release(std::move(last));
    (void)released;  // whatever the answer, the client no longer believes
  }
}

}  // namespace lockstep
