#include "cli/progress.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <vector>

#include "campaign/rows.hpp"
#include "reports/plain.hpp"

namespace lockstep {
namespace {

constexpr Duration on_a_terminal = 200ms;
constexpr Duration in_a_log = 10s;
constexpr std::size_t most_kinds = 3;

/// "12 s", "3 min 20 s", "5 h 10 min".
std::string rough(Duration length) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(length).count();
  if (seconds < 100) return fmt::format("{} s", seconds);
  if (seconds < 6000) return fmt::format("{} min {} s", seconds / 60, seconds % 60);
  if (seconds < 360'000) return fmt::format("{} h {} min", seconds / 3600, seconds % 3600 / 60);
  return fmt::format("{} days", reports::grouped(static_cast<std::uint64_t>(seconds / 86'400)));
}

std::string violations(const SweepResult& so_far) {
  std::vector<std::pair<std::uint64_t, std::string>> kinds;
  for (const auto& [name, count] : so_far.properties) {
    if (count.violated > 0) kinds.emplace_back(count.violated, name);
  }
  if (kinds.empty()) return "no violation";
  std::stable_sort(kinds.begin(), kinds.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  std::string text;
  for (std::size_t i = 0; i < std::min(kinds.size(), most_kinds); ++i) {
    text += fmt::format("{}{} {}", i == 0 ? "" : ", ", kinds[i].second,
                        reports::grouped(kinds[i].first));
  }
  if (kinds.size() > most_kinds) text += fmt::format(" and {} more", kinds.size() - most_kinds);
  return text;
}

std::optional<Duration> left(const SweepResult& so_far, const ProgressGoal& goal, Duration passed) {
  std::optional<Duration> left;
  if (goal.budget) left = std::max(*goal.budget - passed, Duration::zero());
  if (so_far.runs == 0 || goal.runs >= without_end) return left;
  const std::uint64_t done = goal.before + so_far.runs;
  const std::uint64_t to_do = goal.runs > done ? goal.runs - done : 0;
  const auto at_this_speed = Duration(
      static_cast<std::int64_t>(static_cast<double>(passed.count()) /
                                static_cast<double>(so_far.runs) * static_cast<double>(to_do)));
  return left ? std::min(*left, at_this_speed) : at_this_speed;
}

}  // namespace

Progress::Progress(Terminal& terminal, ProgressGoal goal)
    : terminal_(terminal),
      goal_(goal),
      next_(begin_ + (terminal.err_is_terminal ? on_a_terminal : in_a_log)) {}

Progress::~Progress() {
  if (shown_ && terminal_.err_is_terminal) terminal_.err << "\r\x1b[K" << std::flush;
}

void Progress::show(const SweepResult& so_far) {
  const auto now = Clock::now();
  const std::string text = line(so_far, goal_, now - begin_);
  if (terminal_.err_is_terminal) {
    terminal_.err << "\r\x1b[K  " << text << std::flush;
  } else {
    terminal_.err << text << "\n" << std::flush;
  }
  shown_ = true;
  next_ = now + (terminal_.err_is_terminal ? on_a_terminal : in_a_log);
}

std::string Progress::line(const SweepResult& so_far, const ProgressGoal& goal, Duration passed) {
  const std::uint64_t done = goal.before + so_far.runs;
  std::string text = reports::grouped(done);
  if (goal.runs < without_end) text += " of " + reports::grouped(goal.runs);
  text += " runs";
  if (passed >= 1ms) {
    const auto ms = static_cast<std::uint64_t>(passed / 1ms);
    text += fmt::format(", {} runs/s", reports::grouped(so_far.runs * 1000 / ms));
  }
  text += fmt::format(", {} simulated, {}", rough(so_far.simulated), violations(so_far));
  if (so_far.states > 0) text += fmt::format(", {} states", reports::grouped(so_far.states));
  if (const auto rest = left(so_far, goal, passed)) text += fmt::format(", {} left", rough(*rest));
  return text;
}

}  // namespace lockstep
