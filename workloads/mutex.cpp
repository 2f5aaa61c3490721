// Every client wants the same lock, works a while under it, and lets it go.

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

Task<void> hold_a_while(Session& session, Hold) {
  co_await work(session);
}

Task<void> client(Session& session) {
  return take_turns(session, hold_a_while);
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
