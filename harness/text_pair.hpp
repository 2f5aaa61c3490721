#pragma once
// Two texts as a key of a map, looked up by views without making strings of them.

#include <string>
#include <string_view>
#include <utility>

namespace lockstep {

using TextPair = std::pair<std::string, std::string>;
using TextPairView = std::pair<std::string_view, std::string_view>;

/// Orders pairs by their first text, then by their second.
struct TextPairLess {
  using is_transparent = void;

  template <class A, class B>
  bool operator()(const A& a, const B& b) const {
    const int first = std::string_view(a.first).compare(std::string_view(b.first));
    if (first != 0) return first < 0;
    return std::string_view(a.second) < std::string_view(b.second);
  }
};

}  // namespace lockstep
