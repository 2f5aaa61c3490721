// Every client is a scheduler: each time its own wall clock strikes, it takes the lock and runs the
// job of that hour, once for all of them. Two things can keep others from running it again:
//   a done-flag     looked at under the lock, set after the run (promise = at-least-once: a crash
//                   between the two runs it again) or before it (at-most-once: it is never run)
//   the lock itself where the flag is off: late clocks must still find it held, so it has to be
//                   kept for longer than clocks differ (at_least_for; ShedLock's lockAtLeastFor)

#include <fmt/core.h>

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

/// Hours are counted from here, so that their numbers are short (harness/run.cpp).
constexpr WallTime first_hour{std::chrono::seconds(1'700'000'000)};

/// Sleeps until this client's clock strikes, and gives the number of that hour. A clock that was
/// set back may strike twice.
Task<std::int64_t> next_hour(Session& session) {
  const Duration every = session.settings().duration("every");
  const std::int64_t hour = (session.env.wall_now() - first_hour) / every + 1;
  co_await session.env.sleep_until(Deadline(first_hour + every * hour));
  co_return hour;
}

Task<bool> mark_done(Session& session, Hold hold, std::int64_t hour, StoredValue seen) {
  const auto written =
      co_await session.write(std::move(hold), fmt::format("done-{}", hour), 1, seen);
  co_return written || !written.error().definite();
}

/// The job itself: its only effect is that it counts its runs.
Task<bool> run_job(Session& session, Hold hold, std::int64_t hour) {
  const std::string job = fmt::format("job-{}", hour);
  const auto runs = co_await session.read(hold, job);
  if (!runs) co_return false;
  co_await work(session);
  const bool may = co_await session.may_act(hold);
  if (!may) co_return false;
  const auto ran = co_await session.write(std::move(hold), job, runs->value + 1, *runs);
  co_return ran || !ran.error().definite();
}

Task<void> run_unless_done(Session& session, Hold hold, std::int64_t hour) {
  if (!session.settings().flag("done_flag")) {
    const bool ran = co_await run_job(session, std::move(hold), hour);
    (void)ran;  // the history has it
    co_return;
  }
  const bool mark_first = session.settings().text("promise") == "at-most-once";
  const auto done = co_await session.read(hold, fmt::format("done-{}", hour));
  if (!done || done->value != 0) co_return;
  if (mark_first) {
    const bool marked = co_await mark_done(session, hold, hour, *done);
    if (!marked) co_return;
  }
  const bool ran = co_await run_job(session, hold, hour);
  if (!ran || mark_first) co_return;
  const bool marked = co_await mark_done(session, std::move(hold), hour, *done);
  (void)marked;  // if not, the job is run again
}

Task<void> run_hour(Session& session) {
  const std::int64_t hour = co_await next_hour(session);
  auto hold = co_await session.acquire("lock-1");
  if (!hold) co_return;
  const SteadyTime since = session.env.steady_now();
  co_await run_unless_done(session, *hold, hour);
  const Duration at_least = session.settings().duration("at_least_for");
  if (session.env.steady_now() < since + at_least) {
    co_await session.env.sleep_until(Deadline(since + at_least));
  }
  const auto released = co_await session.release(std::move(*hold));
  (void)released;  // whatever the answer, the client no longer believes
}

Task<void> client(Session& session) {
  return repeat(session, run_hour);
}

std::vector<Parameter> parameters() {
  std::vector<Parameter> own;
  own.push_back({"every", Duration(5s), "how often the clock strikes"});
  own.push_back({"done_flag", true, "look at a flag under the lock, and set it"});
  own.push_back({"promise",
                 std::string("at-least-once"),
                 "done_flag: set after the run (at-least-once) or before it (at-most-once)",
                 {"at-least-once", "at-most-once"}});
  own.push_back({"at_least_for", Duration(0), "how long the lock is kept at least"});
  own.push_back({"think_max", Duration(20ms), "longest pause between two holds"});
  own.push_back({"patience", Duration(2s), "how long a client waits for the lock of an hour"});
  return common_workload_parameters(std::move(own));
}

}  // namespace

Workload workloads::job() {
  return {.name = "job",
          .summary = "clients run a scheduled job when their clocks strike, once for all of them",
          .parameters = parameters(),
          .uses_resource = true,
          .client = client,
          .round_trips = 4};
}

}  // namespace lockstep
