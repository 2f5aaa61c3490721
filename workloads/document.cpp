// Readers and writers of a document of several pages, under one read-write lock. A writer reads all
// pages and then rewrites each, one after the other, with the number of its edition; a reader reads
// all pages and should see one edition.

#include <fmt/core.h>

#include <algorithm>

#include "workloads/turns.hpp"
#include "workloads/workload.hpp"

namespace lockstep {
namespace {

std::string page_name(std::int64_t number) {
  return fmt::format("page-{}", number);
}

Task<void> read_all(Session& session, Hold hold) {
  for (std::int64_t page = 1; page <= session.settings().number("pages"); ++page) {
    const auto seen = co_await session.read(hold, page_name(page));
    if (!seen) co_return;
    co_await work(session);
  }
}

Task<void> rewrite(Session& session, Hold hold) {
  std::vector<StoredValue> seen;
  std::int64_t newest = 0;
  for (std::int64_t page = 1; page <= session.settings().number("pages"); ++page) {
    const auto read = co_await session.read(hold, page_name(page));
    if (!read) co_return;
    seen.push_back(*read);
    newest = std::max(newest, read->value);
  }
  for (std::size_t i = 0; i < seen.size(); ++i) {
    co_await work(session);
    const bool may = co_await session.may_act(hold);
    if (!may) co_return;
    std::string page = page_name(static_cast<std::int64_t>(i) + 1);
    const auto wrote = co_await session.write(hold, std::move(page), newest + 1, seen[i]);
    if (!wrote && wrote.error().definite()) co_return;
  }
}

Task<void> read_or_write(Session& session) {
  const std::int64_t readers = session.settings().number("readers");
  const bool reads = session.env.random().between(std::int64_t{0}, std::int64_t{99}) < readers;
  if (reads) {
    auto hold = co_await session.acquire_shared("lock-1");
    if (!hold) co_return;
    co_await read_all(session, *hold);
    const auto released = co_await session.release(std::move(*hold));
    (void)released;  // the history has it
    co_return;
  }
  auto hold = co_await session.acquire("lock-1");
  if (!hold) co_return;
  co_await rewrite(session, *hold);
  const auto released = co_await session.release(std::move(*hold));
  (void)released;
}

Task<void> client(Session& session) {
  return repeat(session, read_or_write);
}

}  // namespace

Workload workloads::document() {
  return {.name = "document",
          .summary = "readers and writers of a document's pages under one read-write lock",
          .parameters = common_workload_parameters(
              {{"pages", std::int64_t{3}, "pages of the document"},
               {"readers", std::int64_t{70}, "percent of the turns that only read"}}),
          .uses_resource = true,
          .client = client,
          .round_trips = 5,
          .needs_readers = true};
}

}  // namespace lockstep
