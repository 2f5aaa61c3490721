// Numbers and patterns as Redis reads and prints them.
#include "backends/redis/text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace lockstep::redis {
namespace {

/// Consumes one [..] class at the head of `pattern`; says whether it takes `c`.
bool take_class(std::string_view& pattern, char c) {
  std::size_t at = 1;
  const bool negated = at < pattern.size() && pattern[at] == '^';
  if (negated) ++at;
  bool found = false;
  for (; at < pattern.size() && pattern[at] != ']'; ++at) {
    if (pattern[at] == '\\' && at + 1 < pattern.size()) {
      found |= pattern[++at] == c;
    } else if (at + 2 < pattern.size() && pattern[at + 1] == '-') {
      const auto [low, high] = std::minmax(pattern[at], pattern[at + 2]);
      found |= c >= low && c <= high;
      at += 2;
    } else {
      found |= pattern[at] == c;
    }
  }
  pattern.remove_prefix(std::min(at + 1, pattern.size()));
  return found != negated;
}

}  // namespace

std::optional<std::int64_t> parse_integer(std::string_view text) {
  const bool one_digit = text.size() == 1 && text[0] >= '0' && text[0] <= '9';
  if (one_digit) return text[0] - '0';  // how many keys a script has, as a rule
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  const bool negative = text.front() == '-';
  const char first = text[negative ? 1 : 0];
  if (first == '0' && (negative || text.size() > 1)) return std::nullopt;
  return value;
}

std::optional<Score> parse_score(std::string_view text) {
  bool negative = false;
  if (!text.empty() && (text.front() == '+' || text.front() == '-')) {
    negative = text.front() == '-';
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '-') return std::nullopt;
  }
  auto format = std::chars_format::general;
  if (text.size() > 2 && text[0] == '0' && lowercase(text[1]) == 'x') {
    format = std::chars_format::hex;
    text.remove_prefix(2);
  }
  Score value = 0;
  const char* const end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value, format);
  if (parsed.ec != std::errc() || parsed.ptr != end || std::isnan(value)) return std::nullopt;
  return negative ? -value : value;
}

std::string format_score(Score value) {
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  char buffer[64];
  const auto done =
      std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::general, 17);
  return std::string(buffer, done.ptr);
}

bool matches(std::string_view pattern, std::string_view text) {
  while (!pattern.empty()) {
    if (pattern.front() == '*') {
      while (!pattern.empty() && pattern.front() == '*') pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      for (std::size_t at = 0; at <= text.size(); ++at) {
        if (matches(pattern, text.substr(at))) return true;
      }
      return false;
    }
    if (text.empty()) return false;
    if (pattern.front() == '[') {
      if (!take_class(pattern, text.front())) return false;
    } else {
      if (pattern.front() == '\\' && pattern.size() > 1) {
        pattern.remove_prefix(1);
        if (pattern.front() != text.front()) return false;
      } else if (pattern.front() != '?' && pattern.front() != text.front()) {
        return false;
      }
      pattern.remove_prefix(1);
    }
    text.remove_prefix(1);
  }
  return text.empty();
}

std::string lowercase(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return lowercase(c); });
  return out;
}

}  // namespace lockstep::redis
