// Clients add one to a shared counter under the lock: read, think, check, write. An update that is
// lost shows in the counter.

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

Task<void> increment(Session& session, Hold hold) {
  const auto seen = co_await session.read(hold, "counter");
  if (!seen) co_return;
  co_await work(session);
  const bool may = co_await session.may_act(hold);
  if (!may) co_return;
  const auto written = co_await session.write(hold, "counter", seen->value + 1, *seen);
  (void)written;  // the history has it
}

Task<void> client(Session& session) {
  return take_turns(session, increment);
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
