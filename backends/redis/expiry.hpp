#pragma once
// How commands name a deadline: EX, PX, EXAT, PXAT, and the ranges of indices they share.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "backends/redis/command.hpp"

namespace lockstep::redis {

/// In what a deadline is given: seconds or milliseconds, from now on or since 1970.
struct ExpiryUnit {
  bool seconds = false;
  bool relative = false;
  bool operator==(const ExpiryUnit&) const = default;
};

/// EX, PX, EXAT or PXAT in any case; nothing for any other word.
std::optional<ExpiryUnit> expiry_unit(std::string_view option);

/// The absolute deadline in ms that `amount` means now, or the error to answer. It is positive:
/// SET and GETEX refuse zero and less.
tl::expected<std::int64_t, Reply> parse_expiry(const Call& call, const std::string& amount,
                                               ExpiryUnit unit);

/// Indices [first, last) of `size` elements; empty when first == last.
struct Span {
  std::size_t first = 0;
  std::size_t last = 0;
};

/// From inclusive indices of which negative ones count from the end, as LRANGE takes them.
Span clamp_range(std::int64_t first, std::int64_t last, std::size_t size);

}  // namespace lockstep::redis
