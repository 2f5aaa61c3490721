#include "core/time.hpp"

#include <fmt/core.h>

#include <cctype>
#include <limits>

namespace lockstep {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanos;
};
constexpr Unit units[] = {{"h", 3'600'000'000'000}, {"m", 60'000'000'000}, {"s", 1'000'000'000},
                          {"ms", 1'000'000},        {"us", 1'000},         {"ns", 1}};

/// `count` in `unit` with as many decimals as it needs, at most nine.
std::string decimal(std::int64_t count, const Unit& unit) {
  const std::int64_t whole = count / unit.nanos;
  std::int64_t rest = count % unit.nanos;
  std::string text = std::to_string(whole);
  if (rest == 0) return text;
  text += '.';
  for (std::int64_t place = unit.nanos / 10; rest != 0 && place > 0; place /= 10) {
    text += static_cast<char>('0' + rest / place);
    rest %= place;
  }
  return text;
}

}  // namespace

std::string to_text(Duration length) {
  const std::int64_t count = length.count();
  if (count == 0) return "0 s";
  if (count < 0) {
    if (count == std::numeric_limits<std::int64_t>::min()) return "-forever";
    return "-" + to_text(-length);
  }
  for (const Unit& unit : {units[2], units[3], units[4], units[5]}) {
    if (count >= unit.nanos) return decimal(count, unit) + " " + std::string(unit.name);
  }
  return "0 s";
}

std::string to_text(WorldTime at) {
  const std::int64_t ms = millis(at);
  return fmt::format("{}.{:03}", ms / 1000, ms % 1000);
}

bool parse_duration(const std::string& text, Duration& out) {
  std::size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative) ++i;
  __int128 whole = 0;
  __int128 fraction = 0;
  __int128 scale = 1;
  const std::size_t first = i;
  for (; i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])); ++i) {
    whole = whole * 10 + (text[i] - '0');
    if (whole > std::numeric_limits<std::int64_t>::max()) return false;
  }
  if (i == first) return false;
  if (i < text.size() && text[i] == '.') {
    const std::size_t point = ++i;
    for (; i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])); ++i) {
      if (i - point >= 15) return false;
      fraction = fraction * 10 + (text[i] - '0');
      scale *= 10;
    }
    if (i == point) return false;
  }
  const std::string suffix = text.substr(i);
  if (suffix.empty()) {
    out = Duration(0);
    return whole == 0 && fraction == 0;
  }
  for (const Unit& unit : units) {
    if (suffix != unit.name) continue;
    const __int128 total = whole * unit.nanos + fraction * unit.nanos / scale;
    if (total > std::numeric_limits<std::int64_t>::max()) return false;
    out = Duration(static_cast<std::int64_t>(negative ? -total : total));
    return true;
  }
  return false;
}

}  // namespace lockstep
