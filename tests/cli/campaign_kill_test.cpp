// A campaign that is killed again and again, at any moment, ends as one that never was.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <random>
#include <thread>

#include "campaign/campaign_file.hpp"
#include "tests/cli/driver.hpp"

namespace lockstep {
namespace {

constexpr int kills = 200;
constexpr std::uint64_t seeds = 40'000;

class KilledCampaign : public ScratchFolder {
 protected:
  std::vector<std::string> sweep(const std::string& file) const {
    return {"sweep",      "redis-setpx",
            "--duration", "2s",
            "--faults",   "gc-pause,crash",
            "--runs",     std::to_string(seeds),
            "--campaign", path(file),
            "--resume",   "--workers",
            "2",          "-q"};
  }

  std::uint64_t runs_in(const std::string& file) const {
    const auto opened = CampaignFile::look_into(path(file));
    return opened ? opened->count_runs().value() : 0;
  }
};

struct Killed {
  int status = 0;
  bool by_us = false;
};

/// Runs the program in a process of its own, and kills it after a while.
Killed killed_after(std::chrono::microseconds wait, const std::vector<std::string>& args) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::ostringstream out;
    std::ostringstream err;
    ::_exit(static_cast<int>(run_cli(args, Terminal{out, err})));
  }
  std::this_thread::sleep_for(wait);
  Killed killed;
  ::kill(child, SIGKILL);
  ::waitpid(child, &killed.status, 0);
  killed.by_us = WIFSIGNALED(killed.status) && WTERMSIG(killed.status) == SIGKILL;
  return killed;
}

TEST_F(KilledCampaign, HoldsTheRowsOfOneThatWasNot) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point begun = Clock::now();
  lockstep_with(sweep("whole"));
  // The kills together take three quarters of what all runs take, on a machine of any speed.
  const auto longest =
      std::chrono::duration_cast<std::chrono::microseconds>((Clock::now() - begun) * 3 / 2 / kills);
  std::random_device entropy;
  std::uniform_int_distribution<std::int64_t> microseconds(0, longest.count());
  std::uint64_t rows = 0;
  int hits = 0;
  for (int kill = 0; kill < kills; ++kill) {
    const Killed killed =
        killed_after(std::chrono::microseconds(microseconds(entropy)), sweep("killed"));
    hits += killed.by_us;
    // It may have come to its end; but nothing that it met in the file may have stopped it.
    if (!killed.by_us) {
      EXPECT_LE(WEXITSTATUS(killed.status), 2);
    }
    const std::uint64_t now = runs_in("killed");
    EXPECT_GE(now, rows) << "a run that was committed is gone";
    rows = now;
  }
  EXPECT_GT(hits, kills / 2);
  EXPECT_GT(rows, 0u);
  lockstep_with(sweep("killed"));
  const Ran killed = lockstep_with({"campaign", path("killed"), "--json"});
  const Ran whole = lockstep_with({"campaign", path("whole"), "--json"});
  EXPECT_THAT(whole.out, testing::HasSubstr("\"runs\": " + std::to_string(seeds)));
  EXPECT_EQ(killed.out, whole.out);
}

}  // namespace
}  // namespace lockstep
