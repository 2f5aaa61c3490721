#pragma once
// Three kinds of time that do not mix: what truly happened, and what a node's two clocks say.

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace lockstep {

/// A length of time, in nanoseconds, whoever measures it.
using Duration = std::chrono::nanoseconds;
using namespace std::chrono_literals;

namespace detail {
template <bool Steady>
struct ClockBase {
  using duration = Duration;
  using rep = Duration::rep;
  using period = Duration::period;
  static constexpr bool is_steady = Steady;
};
}  // namespace detail

/// True time: the order in which things happen. Only the simulator and the record know it.
struct WorldClock : detail::ClockBase<true> {
  using time_point = std::chrono::time_point<WorldClock>;
};
/// A node's wall clock: offset, drifting, and it jumps (CLOCK_REALTIME).
struct WallClock : detail::ClockBase<false> {
  using time_point = std::chrono::time_point<WallClock>;
};
/// A node's monotonic clock: it drifts but never jumps, and runs on while the node is paused
/// (CLOCK_MONOTONIC; "steady" as in std::chrono).
struct SteadyClock : detail::ClockBase<true> {
  using time_point = std::chrono::time_point<SteadyClock>;
};

using WorldTime = WorldClock::time_point;
using WallTime = WallClock::time_point;
using SteadyTime = SteadyClock::time_point;

/// An instant on one of a node's own clocks: every timer and every lease names its clock.
using Deadline = std::variant<SteadyTime, WallTime>;

/// Which of a node's clocks.
enum class ClockKind : std::uint8_t { steady, wall };
inline std::string_view name_of(ClockKind kind) {
  return kind == ClockKind::steady ? "steady" : "wall";
}

inline ClockKind clock_of(const Deadline& deadline) {
  return std::holds_alternative<SteadyTime>(deadline) ? ClockKind::steady : ClockKind::wall;
}

/// Nanoseconds since the clock's origin: the form in which times are stored and digested.
template <class Clock>
constexpr std::int64_t nanos(std::chrono::time_point<Clock, Duration> at) {
  return at.time_since_epoch().count();
}

inline std::int64_t nanos(const Deadline& deadline) {
  return std::visit([](auto at) { return nanos(at); }, deadline);
}

/// Whole milliseconds since the clock's origin, rounded down: what servers keep.
template <class Clock>
constexpr std::int64_t millis(std::chrono::time_point<Clock, Duration> at) {
  return std::chrono::floor<std::chrono::milliseconds>(at.time_since_epoch()).count();
}

/// "3.142 s", "12.5 ms", "800 us": the shortest exact form a person reads easily.
std::string to_text(Duration length);
/// Seconds with milliseconds since the beginning of the run: "21.733".
std::string to_text(WorldTime at);

/// Reads "250ms", "1.5s", "3us", "2m", "1h", "10ns"; a bare "0" too.
/// Gives nothing when the text is no length of time or does not fit.
bool parse_duration(const std::string& text, Duration& out);

}  // namespace lockstep
