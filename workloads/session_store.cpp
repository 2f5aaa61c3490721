// Clients change session documents, each under a lock of its own: read the document, work, check,
// write it back. A change that is lost shows in the number of changes that the document counts.

#include <fmt/core.h>

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

Task<void> change_document(Session& session, Hold hold, std::string document) {
  const auto seen = co_await session.read(hold, document);
  if (!seen) co_return;
  co_await work(session);
  const bool may = co_await session.may_act(hold);
  if (!may) co_return;
  const auto written = co_await session.write(hold, document, seen->value + 1, *seen);
  (void)written;  // the history has it
}

Task<void> serve_one_request(Session& session) {
  const std::int64_t sessions = session.settings().number("sessions");
  const std::int64_t number = session.env.random().between(std::int64_t{1}, sessions);
  auto hold = co_await session.acquire(fmt::format("lock-{}", number));
  if (!hold) co_return;
  co_await change_document(session, *hold, fmt::format("session-{}", number));
  const auto released = co_await session.release(std::move(*hold));
  (void)released;  // whatever the answer, the client no longer believes
}

Task<void> client(Session& session) {
  return repeat(session, serve_one_request);
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> own;
  own.push_back({"sessions", std::int64_t{3}, "how many documents there are, each with its lock"});
  return common_workload_parameters(std::move(own));
}

}  // namespace

Workload workloads::session_store() {
  return {.name = "session-store",
          .summary = "clients change session documents, each under a lock of its own",
          .parameters = parameters(),
          .uses_resource = true,
          .client = client};
}

}  // namespace lockstep
