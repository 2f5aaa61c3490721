// Candidates campaign for one office: who holds the lock leads, and its fencing token is its term.
// The leader appends some entries to a journal, then resigns. A leader that was deposed without
// knowing may still append: whether that is accepted is the resource's policy to say.

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

Task<void> lead(Session& session, Hold hold) {
  for (std::int64_t left = session.settings().number("entries"); left > 0; --left) {
    const auto seen = co_await session.read(hold, "journal");
    if (!seen) co_return;
    co_await work(session);
    const bool may = co_await session.may_act(hold);
    if (!may) co_return;
    const auto written = co_await session.write(hold, "journal", seen->value + 1, *seen);
    if (!written && written.error().definite()) co_return;  // it was told that it is deposed
  }
}

Task<void> client(Session& session) {
  return take_turns(session, lead);
}

}  // namespace

Workload workloads::election() {
  return {
      .name = "election",
      .summary = "candidates campaign; who leads appends to a journal under its term, and resigns",
      .parameters = common_workload_parameters(
          {{"entries", std::int64_t{3}, "entries that a leader appends before it resigns"}}),
      .uses_resource = true,
      .client = client,
      .round_trips = 5};
}

}  // namespace lockstep
