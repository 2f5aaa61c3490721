// Pages that no run makes by itself: hostile names, a million events, and a jump of a chance.
#include <fmt/core.h>

#include <fstream>
#include <string>

#include "reports/odds_page.hpp"
#include "reports/report.hpp"
#include "tests/reports/story_fixture.hpp"

namespace lockstep {
namespace {

/// Names of a megabyte, with markup, scripts, control characters and bytes that are no UTF-8.
Outcome vast_names() {
  Outcome outcome = hostile_outcome();
  std::string vast = "<b onmouseover=alert(1)>\x07\xfe";
  while (vast.size() < (1u << 20)) vast += "<script>window.hacked=1</script>\xe2\x80\xae ";
  outcome.record.processes[1] = vast;
  outcome.trace.nodes[3] = vast;
  for (NodeSpan& span : outcome.record.nodes) {
    if (span.node == "client-2") span.node = vast;
  }
  outcome.trace.entries[4].text = vast;
  outcome.record.resource[2].access.resource = vast;
  outcome.verdicts[0].explanation = vast;
  outcome.scenario.lock_settings.put("note", SettingValue(vast));
  return outcome;
}

/// The story's violation at the head of a run in which two clients take turns for a day.
Outcome long_run(std::int64_t turns) {
  Outcome outcome = story_outcome();
  Record& record = outcome.record;
  Trace& trace = outcome.trace;
  for (std::int64_t turn = 0; turn < turns; ++turn) {
    const WorldTime at = ms(30000 + turn * 200);
    const std::int64_t process = turn % 2;
    const auto client = static_cast<std::uint32_t>(2 + process);
    const auto token = static_cast<std::uint64_t>(9 + turn);
    const std::string owner = fmt::format("o{}", turn);
    const auto message = [&](Duration sent, std::uint32_t from, std::uint32_t to,
                             const std::string& text) {
      const auto number = static_cast<std::uint32_t>(trace.entries.size() + 1);
      const std::uint32_t cause = number > 1 ? number - 1 : 0;
      const std::int64_t clock = nanos(at + sent);
      trace.entries.push_back({at + sent, TraceKind::send, from, to, cause, clock, clock, text});
      trace.entries.push_back({at + sent + 2ms, TraceKind::receive, to, from, number,
                               clock + 2'000'000, clock + 2'000'000, text});
    };
    message(0ms, client, 0, "SET lock-1 " + owner + " NX PX 10000");
    message(3ms, 0, client, "OK");
    message(90ms, client, 1, fmt::format("write counter = {}", turn));
    message(120ms, client, 0, "release " + owner);
    record.beliefs.push_back({.process = process,
                              .lock = "lock-1",
                              .owner = owner,
                              .token = token,
                              .section = token,
                              .from = at + 5ms,
                              .to = at + 120ms,
                              .end = BeliefEnd::released});
    record.service.push_back(
        {at + 2ms, "redis-1", "lock-1", GrantChange::granted, owner, process, process});
    record.service.push_back(
        {at + 122ms, "redis-1", "lock-1", GrantChange::released, owner, process, process});
    ResourceEvent write;
    write.at = at + 92ms;
    write.process = process;
    write.access = record.resource[2].access;
    write.access.section = write.access.token = token;
    write.access.version = token + 40;
    write.access.based_on = token + 39;
    record.resource.push_back(write);
  }
  record.ended_at = ms(31000 + turns * 200);
  outcome.stats.events = trace.entries.size() + record.resource.size() + record.service.size() +
                         2 * record.beliefs.size();
  return outcome;
}

/// A pause that meets a hold by chance: until then other futures end well.
reports::OddsPage odds() {
  reports::OddsPage page;
  page.lock = "redis-setpx";
  page.seed = 7;
  page.property = "belief-exclusion";
  page.futures = 40;
  const auto add = [&page](std::int64_t at, const char* event, std::uint64_t violated, double low,
                           double high) {
    page.points.push_back({ms(at), event, violated, 40, low, high,
                           fmt::format("{:.0f} % ({:.0f} to {:.0f} %)", 2.5 * double(violated),
                                       100 * low, 100 * high)});
  };
  add(0, "the run begins", 6, 0.06, 0.30);
  add(4000, "client-2 writes", 8, 0.09, 0.36);
  add(9000, "client-1 believes that it holds lock-1", 9, 0.11, 0.38);
  add(9400, "client-1 <img src=x onerror=alert(1)> paused for 12.4 s", 38, 0.83, 0.99);
  add(9500, "over: redis-1 and client-2 could not reach each other", 39, 0.87, 1);
  add(19305, "redis-1: lock-1 of client-1 expired", 40, 0.93, 1);
  add(29400, "belief-exclusion is violated", 40, 1, 1);
  page.jump = 3;
  page.scenario = "scenario.toml";
  return page;
}

void write(const std::string& folder, const std::string& name, const Outcome& outcome) {
  std::ofstream file(folder + "/" + name, std::ios::binary);
  file << find_report("timeline")->write(outcome);
}

}  // namespace
}  // namespace lockstep

int main(int count, char** words) {
  const std::string folder = count > 1 ? words[1] : ".";
  lockstep::write(folder, "hostile.html", lockstep::hostile_outcome());
  lockstep::write(folder, "vast.html", lockstep::vast_names());
  lockstep::write(folder, "million.html", lockstep::long_run(77'000));
  std::ofstream(folder + "/odds.html") << lockstep::reports::odds_page(lockstep::odds());
  return 0;
}
