#pragma once
// A command as its words.

#include <string>
#include <type_traits>
#include <vector>

namespace lockstep::redis {

using Words = std::vector<std::string>;

namespace detail {
inline std::string word(std::string text) {
  return text;
}
inline std::string word(const char* text) {
  return text;
}
template <class Number>
std::string word(Number number) requires std::is_integral_v<Number> {
  return std::to_string(number);
}
}  // namespace detail

/// Builds a command out of text and numbers: words("PEXPIRE", key, 10000).
template <class... Parts>
Words words(const Parts&... parts) {
  Words all;
  all.reserve(sizeof...(parts));
  (all.push_back(detail::word(parts)), ...);
  return all;
}

}  // namespace lockstep::redis
