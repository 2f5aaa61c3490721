// lockstep_raft_safety RUNS [WORKERS] [FIRST_SEED] [MISTAKE]: random runs of Raft, each checked
// after every step; says what they met and which seeds broke what.
#include <fmt/core.h>

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include "tests/backends/raft/safety_run.hpp"

namespace {

using lockstep::raft::Mistakes;
using lockstep::raft::run_safely;
using lockstep::raft::SafetyOptions;
using lockstep::raft::SafetyReport;

class Campaign {
 public:
  Campaign(std::uint64_t first, std::uint64_t runs, Mistakes mistakes,
           std::optional<lockstep::raft::Temper> temper)
      : mistakes_(mistakes), temper_(temper), next_(first), end_(first + runs) {
    sum_.runs = 0;
  }

  void work() {
    SafetyReport mine;
    mine.runs = 0;
    for (std::uint64_t seed = next_++; seed < end_; seed = next_++) {
      SafetyOptions options;
      options.seed = seed;
      options.mistakes = mistakes_;
      options.temper = temper_;
      options.ends_well = seed % 64 == 0;
      const SafetyReport report = run_safely(options);
      mine.add(report);
      if (!report.violation.empty()) tell(seed, report.violation);
    }
    const std::lock_guard guard(mutex_);
    sum_.add(mine);
  }
  const SafetyReport& sum() const { return sum_; }

 private:
  void tell(std::uint64_t seed, const std::string& violation) {
    const std::lock_guard guard(mutex_);
    fmt::print("seed {}: {}\n", seed, violation);
  }

  Mistakes mistakes_;
  std::optional<lockstep::raft::Temper> temper_;
  std::atomic<std::uint64_t> next_;
  std::uint64_t end_;
  std::mutex mutex_;
  SafetyReport sum_;
};

std::uint64_t argument(int count, char** arguments, int which, std::uint64_t fallback) {
  return count > which ? std::strtoull(arguments[which], nullptr, 10) : fallback;
}

}  // namespace

int main(int count, char** arguments) {
  const std::uint64_t runs = argument(count, arguments, 1, 10'000);
  const std::uint64_t workers = argument(count, arguments, 2, 1);
  Mistakes mistakes;
  std::optional<lockstep::raft::Temper> temper;
  for (const auto& [name, mistake, shown_by] : lockstep::raft::all_mistakes) {
    if (count <= 4 || name != arguments[4]) continue;
    mistakes.*mistake = true;
    temper = shown_by;
  }
  Campaign campaign(argument(count, arguments, 3, 1), runs, mistakes, temper);
  std::vector<std::thread> threads;
  for (std::uint64_t i = 0; i < workers; ++i) threads.emplace_back([&] { campaign.work(); });
  for (std::thread& thread : threads) thread.join();
  fmt::print("{}\n", campaign.sum().describe());
  return campaign.sum().violation.empty() ? 0 : 1;
}
