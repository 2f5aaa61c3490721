#pragma once
// Numbers, patterns and digests in text, by Redis's rules and independent of any locale.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lockstep::redis {

/// A signed 64-bit integer written in its one canonical form: no spaces, '+', leading zeros, "-0".
std::optional<std::int64_t> parse_integer(std::string_view text);

/// What sorted sets order by. Redis's scores are IEEE doubles; they are only added, compared,
/// read and printed here, which every build does alike.
using Score = double;  // house: replies must show the same 17 digits as a real server's

/// A score: decimal or 0x hexadecimal, signed, "inf" or "infinity" in any case; never NaN.
std::optional<Score> parse_score(std::string_view text);

/// As printf's %.17g: what Redis 7.0 answers for a score.
std::string format_score(Score value);

/// Redis's glob patterns: * ? [a-c] [^x] and backslash.
bool matches(std::string_view pattern, std::string_view text);

/// ASCII only, whatever the locale.
constexpr char lowercase(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
std::string lowercase(std::string_view text);
constexpr bool equal_ignoring_case(std::string_view left, std::string_view right) {
  if (left.size() != right.size()) return false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (lowercase(left[i]) != lowercase(right[i])) return false;
  }
  return true;
}

/// 40 hexadecimal digits: the name EVALSHA knows a script by.
std::string sha1_hex(std::string_view bytes);

}  // namespace lockstep::redis
