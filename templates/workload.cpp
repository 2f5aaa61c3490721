// my-lock: a workload. Under the lock each client reads a stock, and takes one from it while there
// is any.
#include <lockstep/plugin.hpp>
#include <lockstep/workload.hpp>

namespace my_lock {

using namespace lockstep;

constexpr std::int64_t full = 100;

// The gap: it never asks session.may_act(hold), so a client writes although its lease is over.
Task<void> take_one(Session& session, Hold hold) {
  const auto seen = co_await session.read(hold, "counter");
  if (!seen) co_return;
  co_await work(session);
  if (seen->value >= full) co_return;
  const auto written = co_await session.write(hold, "counter", seen->value + 1, *seen);
  (void)written;  // the history has it
}

Task<void> client(Session& session) {
  return take_turns(session, take_one);
}

Workload entry() {
  Workload workload;
  workload.name = "my-lock";
  workload.summary = "clients take from a stock of 100 under one lock";
  workload.parameters = common_workload_parameters();
  workload.uses_resource = true;
  workload.client = client;
  return workload;
}

}  // namespace my_lock

LOCKSTEP_PLUGIN(plugin) {
  plugin.workloads.push_back(my_lock::entry());
}
