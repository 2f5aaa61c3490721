#pragma once
// The shortest reason why holds of a lock cannot be ordered: a circle in which each must come
// before the next (what Elle does for transactions; Kingsbury and Alvaro, 2020).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checker/operation.hpp"

namespace lockstep {

/// Why one comes before another: it had returned when the other was called; the one hold began
/// before the other ended, so it also ended before the other began; or its token is lower.
enum class OrderKind : std::uint8_t { real_time, hold, token };
constexpr std::string_view name_of(OrderKind kind) {
  switch (kind) {
    case OrderKind::real_time: return "real-time";
    case OrderKind::hold: return "hold";
    case OrderKind::token: return "token";
  }
  return "?";
}

/// Where a hold begins, or ends. Indices of operations.
struct OrderPoint {
  std::size_t acquire = 0;
  bool end = false;
  std::optional<std::size_t> release{};  // of an end that came
  friend bool operator==(const OrderPoint&, const OrderPoint&) = default;
};

struct OrderStep {
  OrderPoint before;
  OrderPoint after;
  OrderKind kind{};
};

/// The steps of a shortest circle among holds that certainly were, each beginning where the last
/// ended; empty when there is none. `fenced`: tokens rise with every grant. Looks at the operations
/// on one key; where these are very many, at those of the owners of `suspects` alone.
///
/// Owners are in turn when each does one thing at a time, what returned ok is an acquire, a
/// release, an acquire and so on, an indeterminate release is the last thing its owner does, and
/// (fenced) every acquire that returned ok has a token of its own. Then there is a circle, of two
/// steps, exactly when the operations cannot be ordered: two holds overlap, or a token falls, and
/// nothing else can be wrong. Where owners are not in turn there may be none: who acquires what it
/// holds, or releases what it does not, contradicts nobody but itself, and an indeterminate release
/// may be what two holds would need.
std::vector<OrderStep> order_cycle(const Operations& operations,
                                   std::span<const std::size_t> of_key,
                                   std::span<const std::size_t> suspects, bool fenced);

/// "process 3's acquire (op 9) before process 4's acquire (op 5): its token 2 is lower than 7".
std::string describe(const OrderStep& step, const Operations& operations);

}  // namespace lockstep
