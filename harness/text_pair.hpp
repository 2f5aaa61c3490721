#pragma once
// A map whose keys are two texts, for those who ask for the same pair several times in a row: the
// servers of a quorum speak of a lock and its owner one after the other.

#include <map>
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

template <class Value>
class TextPairMap {
 public:
  using Map = std::map<TextPair, Value, TextPairLess>;

  TextPairMap() = default;
  TextPairMap(const TextPairMap&) = delete;  // a copy's `last_` would point into the original
  TextPairMap& operator=(const TextPairMap&) = delete;

  /// The value of a pair, which is `fallback` at first.
  Value& get(TextPairView pair, Value fallback = {}) {
    if (last_ != all_.end() && last_->first.first == pair.first &&
        last_->first.second == pair.second) {
      return last_->second;
    }
    last_ = all_.find(pair);
    if (last_ == all_.end()) {
      last_ = all_.emplace(TextPair(pair.first, pair.second), std::move(fallback)).first;
    }
    return last_->second;
  }
  void erase(TextPairView pair) {
    const auto found = all_.find(pair);
    if (found == all_.end()) return;
    if (found == last_) last_ = all_.end();
    all_.erase(found);
  }
  /// In the order of the pairs.
  const Map& all() const { return all_; }

 private:
  Map all_;
  typename Map::iterator last_ = all_.end();  // the one asked for last
};

}  // namespace lockstep
