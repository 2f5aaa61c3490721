// What judging costs: the monitors from 10,000 to 10,000,000 operations, a history of a million
// from its file to its verdict, and what indeterminate operations add. With arguments, writes the
// history of one case for another checker: lockstep_checker_bench OPERATIONS CLIENTS LOST valid;
// or judges the histories of a folder, as bench/recorded.hpp says, for bench/porcupine.sh.
#include <fmt/core.h>
#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "bench/lock_history.hpp"
#include "bench/recorded.hpp"
#include "checker/model.hpp"
#include "checker/monitors/holds.hpp"
#include "checker/monitors/permits.hpp"
#include "formats/history_jsonl.hpp"
#include "formats/history_proto.hpp"

namespace lockstep::bench {
namespace {

/// Seconds of the processor that a piece of work takes, the best of a few: others may be busy.
template <class Work>
double seconds(int times, Work work) {
  const auto now = [] {
    timespec spent{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return static_cast<double>(spent.tv_sec) + 1e-9 * static_cast<double>(spent.tv_nsec);
  };
  double best = 1e9;
  for (int i = 0; i < times; ++i) {
    const double begin = now();
    work();
    best = std::min(best, now() - begin);
  }
  return best;
}

/// The most memory that a piece of work had beyond what there was before it, in MB.
template <class Work>
double megabytes(Work work) {
  const auto of_process = [](const std::string& field) {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
      if (line.starts_with(field)) return std::stod(line.substr(field.size())) / 1024;
    }
    return 0.0;
  };
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";  // the peak is now what there is
  const double before = of_process("VmRSS:");
  work();
  return of_process("VmHWM:") - before;
}

std::vector<LockInterval> intervals_of(const LockHistory& asked) {
  std::vector<LockInterval> intervals;
  intervals.reserve(asked.operations + 64);
  std::vector<std::size_t> open(asked.clients + asked.permits + 1);
  std::uint64_t place = 0;
  LockServer(asked, [&](const LockEvent& event) {
    if (event.type == OpType::invoke) {
      open[event.client] = intervals.size();
      intervals.push_back({{.owner = event.client, .acquire = event.acquire}, place, forever});
    } else if (event.type == OpType::ok) {
      intervals[open[event.client]].ret = place;
      intervals[open[event.client]].input.token = event.token;
    }
    ++place;
  }).play();
  return intervals;
}

struct Row {
  const char* name;
  std::uint32_t permits;
  Monitored (*judge)(std::span<const LockInterval>, const MonitorTerms&);
};

const Row rows[] = {
    {"mutex", 1,
     [](auto intervals, const auto& terms) { return monitor_permits(intervals, 1, terms); }},
    {"owner-mutex", 1,
     [](auto intervals, const auto& terms) { return monitor_holds(intervals, {}, terms); }},
    {"fenced-mutex", 1,
     [](auto intervals, const auto& terms) {
       return monitor_holds(intervals, {.fenced = true}, terms);
     }},
    {"reentrant-mutex", 1,
     [](auto intervals, const auto& terms) {
       return monitor_holds(intervals, {.depth = 2, .reentrant = true}, terms);
     }},
    {"rw-lock", 1,
     [](auto intervals, const auto& terms) {
       return monitor_holds(intervals, {.readers = true}, terms);
     }},
    {"semaphore of 8", 8,
     [](auto intervals, const auto& terms) {
       return monitor_holds(intervals, {.permits = 8, .depth = 8}, terms);
     }},
};

/// Nanoseconds per operation of a row on histories of n operations. A history is judged once:
/// judged again and again, the processor would know its branches by heart.
double cost_of(const Row& row, const std::vector<std::vector<LockInterval>>& histories) {
  std::size_t operations = 0;
  for (const auto& intervals : histories) operations += intervals.size();
  const double took = seconds(3, [&] {
    for (const auto& intervals : histories) {
      const Status status = row.judge(intervals, {.witness = false}).status;
      if (status != Status::holds) fmt::print("{}: {}\n", row.name, name_of(status));
    }
  });
  return 1e9 * took / static_cast<double>(operations);
}

void growth() {
  const std::vector<std::uint64_t> sizes = {10'000, 100'000, 1'000'000, 10'000'000};
  fmt::print("monitors, valid histories of 100 clients: ns per operation\n{:<16}", "operations");
  for (const std::uint64_t n : sizes) fmt::print("{:>10}", n);
  fmt::print("   1e7 / 1e4\n");
  std::vector<std::vector<double>> costs(std::size(rows));
  for (const std::uint64_t n : sizes) {
    std::vector<std::vector<LockInterval>> histories;
    std::uint32_t permits = 0;
    for (std::size_t i = 0; i < std::size(rows); ++i) {
      if (rows[i].permits != permits) {
        permits = rows[i].permits;
        histories.clear();
        for (std::uint64_t seed = 1; seed <= std::max<std::uint64_t>(1, 1'000'000 / n); ++seed) {
          histories.push_back(
              intervals_of({.operations = n, .clients = 100, .permits = permits, .seed = seed}));
        }
      }
      costs[i].push_back(cost_of(rows[i], histories));
    }
  }
  for (std::size_t i = 0; i < std::size(rows); ++i) {
    fmt::print("{:<16}", rows[i].name);
    for (const double cost : costs[i]) fmt::print("{:>10.1f}", cost);
    fmt::print("{:>12.2f}\n", costs[i].back() / costs[i].front());
  }
}

void a_million() {
  fmt::print("\na mutex of 1,000,000 operations by 100 clients\n");
  for (const std::uint64_t lost : {0, 10'000}) {
    for (const bool overlap : {false, true}) {
      const History history =
          history_of({.operations = 1'000'000, .clients = 100, .lost = lost, .overlap = overlap});
      for (const char* name : {"mutex", "owner-mutex", "fenced-mutex"}) {
        Status status{};
        const auto judge = [&] {
          status = check(*find_model(name), history, {.witness = false}).value().status;
        };
        const double took = seconds(3, judge);
        fmt::print("  {:<14}{:>6} indeterminate: {:<9}{:.3f} s, {:.0f} MB beside the history\n",
                   name, lost, name_of(status), took, megabytes(judge));
      }
    }
  }
}

void reading() {
  const History history = history_of({.operations = 1'000'000, .clients = 100});
  const std::string lines = write_history_jsonl(history);
  const std::string records = write_history_proto(history);
  std::size_t read = 0;
  const double jsonl = seconds(2, [&] { read = read_history_jsonl(lines).value().history.size(); });
  const double proto =
      seconds(2, [&] { read = read_history_proto(records).value().history.size(); });
  fmt::print("\nreading its {} events: JSON Lines {:.2f} s ({} MB), proto {:.2f} s ({} MB)\n", read,
             jsonl, lines.size() >> 20, proto, records.size() >> 20);
}

void small_and_hard() {
  fmt::print("\n1,000 operations by 20 clients, one hold too many, as owner-mutex\n");
  for (const std::uint64_t lost : {30, 60, 100, 200}) {
    double worst = 0;
    int violated = 0;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
      const History history =
          history_of({.operations = 1000, .lost = lost, .overlap = true, .seed = seed});
      Status status{};
      worst = std::max(worst, seconds(3, [&] {
                         status = check(*find_model("owner-mutex"), history).value().status;
                       }));
      violated += status == Status::violated ? 1 : 0;
    }
    fmt::print("  {:>4} indeterminate: at most {:.2f} ms (20 histories, {} violated)\n", lost,
               1e3 * worst, violated);
  }
}

/// What bench/porcupine.sh has Porcupine judge as well; the name is that of its file.
void beside_others(std::uint64_t operations) {
  for (const bool overlap : {false, true}) {
    const LockHistory asked{.operations = operations, .clients = 20, .overlap = overlap};
    const History history = history_of(asked);
    Status status{};
    const double took = seconds(10, [&] {
      status = check(*find_model("owner-mutex"), history, {.witness = false}).value().status;
    });
    fmt::print("lock-{}-{}.txt: {} {:.5f} s\n", operations, overlap ? "overlap" : "valid",
               name_of(status), took);
  }
}

void export_case(const LockHistory& asked) {
  for (const LockInterval& one : intervals_of(asked)) {
    fmt::print("{} {} {} {}\n", one.input.owner, one.input.acquire ? 1 : 0, one.call,
               one.ret == forever ? -1 : static_cast<std::int64_t>(one.ret));
  }
}

}  // namespace
}  // namespace lockstep::bench

int main(int argc, char** argv) {
  using namespace lockstep::bench;
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (argc == 5) {
    export_case({.operations = std::strtoull(argv[1], nullptr, 10),
                 .clients = static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)),
                 .lost = std::strtoull(argv[3], nullptr, 10),
                 .overlap = std::string_view(argv[4]) != "valid"});
    return 0;
  }
  if (argc == 2) {
    for (const std::uint64_t operations : {10'000, 100'000}) beside_others(operations);
    judge_recorded(argv[1]);
    return 0;
  }
  growth();
  small_and_hard();
  fmt::print("\nmutexes of 20 clients, as owner-mutex, from history to verdict\n");
  beside_others(100'000);
  a_million();
  reading();
}
