#pragma once
// A table of texts and sets that gives equal ones equal numbers, so that a model's state is small.

#include <cstdint>
#include <vector>

#include "checker/hash_index.hpp"

namespace lockstep {

/// `Whole` is compared with ==; its hash is the caller's.
template <class Whole>
class Interned {
 public:
  std::uint32_t of(Whole whole, std::uint64_t hash) {
    const auto known = index_.find(hash, [&](std::uint32_t at) { return entries_[at] == whole; });
    if (known != HashIndex::none) return known;
    const auto place = static_cast<std::uint32_t>(entries_.size());
    entries_.push_back(std::move(whole));
    index_.insert(hash, place);
    return place;
  }
  const Whole& operator[](std::uint32_t number) const { return entries_[number]; }

  /// What `make` gives for a number and a part, asked only once for each pair.
  template <class Make>
  std::uint32_t with(std::uint32_t whole, std::uint32_t part, Make make) {
    const std::uint64_t hash = (std::uint64_t{whole} << 32 | part) * 0x9e3779b97f4a7c15u;
    const auto known = steps_index_.find(hash ^ hash >> 29, [&](std::uint32_t at) {
      return steps_[at].whole == whole && steps_[at].part == part;
    });
    if (known != HashIndex::none) return steps_[known].result;
    const std::uint32_t result = make(entries_[whole]);
    steps_index_.insert(hash ^ hash >> 29, static_cast<std::uint32_t>(steps_.size()));
    steps_.push_back({whole, part, result});
    return result;
  }

 private:
  struct Step {
    std::uint32_t whole;
    std::uint32_t part;
    std::uint32_t result;
  };
  std::vector<Whole> entries_;
  HashIndex index_;
  std::vector<Step> steps_;
  HashIndex steps_index_;
};

}  // namespace lockstep
