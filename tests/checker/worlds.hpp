#pragma once
// How histories are drawn for each model of the table.

#include "tests/checker/recorded_worlds.hpp"

namespace lockstep::testing {

inline std::string turn_about(Turn turn) {
  const bool acquire = turn.begun % 2 == (turn.random.below(6) == 0 ? 1 : 0);
  return acquire ? "acquire" : "release";
}
inline Drawn draw_lock(Turn turn) {
  return {.f = turn_about(turn)};
}
inline Drawn draw_any_lock(Turn turn) {
  return {.f = turn.random.below(2) == 0 ? "acquire" : "release"};
}
inline Drawn draw_fenced(Turn turn) {
  Drawn drawn{.f = turn_about(turn)};
  if (drawn.f == "release" || turn.random.below(8) == 0) return drawn;
  drawn.token = turn.random.below(5) == 0 ? 1 + turn.random.below(5) : ++turn.tokens;
  return drawn;
}
inline Drawn draw_fenced_again(Turn turn) {
  Drawn drawn{.f = turn.random.below(2) == 0 ? "acquire" : "release"};
  if (drawn.f == "release" || turn.random.below(6) == 0) return drawn;
  drawn.token = turn.random.below(2) == 0 ? std::max<std::uint64_t>(turn.tokens, 1) : ++turn.tokens;
  return drawn;
}
inline Drawn draw_rw(Turn turn) {
  Drawn drawn = draw_lock(turn);
  if (drawn.f == "acquire" && turn.random.below(2) == 0) drawn.asked = OpValue{std::string("read")};
  return drawn;
}
inline Drawn draw_lease(Turn turn) {
  const std::uint64_t kind = turn.random.below(4);
  if (kind == 0 && turn.begun > 0) return {.f = "release"};
  const auto ms = static_cast<std::int64_t>(1 + turn.random.below(6));
  return {.f = kind == 1 && turn.begun > 0 ? "renew" : "acquire", .asked = number(ms * 1'000'000)};
}
inline Drawn draw_leader(Turn turn) {
  const auto term = static_cast<std::int64_t>(1 + turn.random.below(3));
  if (turn.random.below(2) == 0) return {.f = "lead", .asked = number(term)};
  const std::string who(1, "abcd"[turn.random.below(3)]);
  return {.f = "inspect", .answered = OpValue{OpValue::List{OpValue{who}, number(term)}}};
}
inline Drawn draw_cas(Turn turn) {
  const std::uint64_t kind = turn.random.below(3);
  const auto a = static_cast<std::int64_t>(turn.random.below(3));
  const auto b = static_cast<std::int64_t>(turn.random.below(3));
  if (kind == 0) return {.f = "read", .answered = a == 2 ? OpValue{} : number(a)};
  if (kind == 1) return {.f = "write", .asked = number(a)};
  return {.f = "cas", .asked = pair(a, b)};
}
inline Drawn draw_register(Turn turn) {
  Drawn drawn = draw_cas(turn);
  while (drawn.f == "cas") drawn = draw_cas(turn);
  return drawn;
}
inline Drawn draw_kv(Turn turn) {
  const std::uint64_t kind = turn.random.below(3);
  const std::string letter(1, "xy"[turn.random.below(2)]);
  if (kind == 0) {
    constexpr const char* seen[] = {"", "x", "y", "xx", "xy", "yx", "yy"};
    return {.f = "get", .answered = OpValue{std::string(seen[turn.random.below(7)])}};
  }
  return {.f = kind == 1 ? "put" : "append", .asked = OpValue{letter}};
}
inline Drawn draw_set(Turn turn) {
  if (turn.random.below(2) == 0) {
    return {.f = "add", .asked = number(static_cast<std::int64_t>(turn.random.below(3)))};
  }
  OpValue::List seen;
  for (std::int64_t value = 2; value >= 0; --value) {
    if (turn.random.below(2) == 0) seen.push_back(number(value));
  }
  return {.f = "read", .answered = OpValue{std::move(seen)}};
}

inline const std::vector<World>& all_worlds() {
  static const std::vector<World> worlds = {
      {"mutex", draw_lock},
      {"mutex", draw_any_lock},
      {"owner-mutex", draw_lock},
      {"owner-mutex", draw_any_lock},
      {"reentrant-mutex", draw_lock},
      {"reentrant-mutex", draw_any_lock},
      {"reentrant-mutex", draw_any_lock, {.permits = 0}},
      {"fenced-mutex", draw_fenced},
      {"reentrant-fenced-mutex", draw_fenced_again},
      {"rw-lock", draw_rw},
      {"semaphore", draw_any_lock, {.permits = 2}},
      {"owner-semaphore", draw_any_lock, {.permits = 2}},
      {"owner-semaphore", draw_lock, {.permits = 3}},
      {"lease", draw_lease},
      {"leader", draw_leader},
      {"register", draw_register},
      {"cas-register", draw_cas},
      {"kv", draw_kv},
      {"set", draw_set},
  };
  return worlds;
}

}  // namespace lockstep::testing
