#pragma once
// Random numbers as a function of (seed, purpose, counter), so that removing one draw, one fault
// or one client leaves every other draw as it was. Shrinking depends on it.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/time.hpp"

namespace lockstep {

/// Mixes 64 bits thoroughly (the finaliser of SplitMix64; Steele, Lea and Flood, OOPSLA 2014).
constexpr std::uint64_t mix64(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

/// One stream of numbers, named by its purpose. The n-th value depends on the seed, the purpose
/// and n alone. Integers only: standard distributions differ between libraries.
class Random {
 public:
  constexpr Random() = default;
  constexpr Random(std::uint64_t seed, std::string_view purpose) : key_(mix64(seed + gamma)) {
    name(purpose);
  }
  /// For a purpose in three parts: the same as for `kind + " " + from + " " + to`.
  constexpr Random(std::uint64_t seed, std::string_view kind, std::string_view from,
                   std::string_view to)
      : Random(seed, kind) {
    name(" ");
    name(from);
    name(" ");
    name(to);
  }
  /// The stream of one more level of naming: link 3 to 4, client 2, ...
  constexpr Random fork(std::uint64_t part) const { return Random(mix64(key_ ^ mix64(part + 1))); }

  constexpr std::uint64_t next() noexcept { return mix64(key_ + gamma * ++counter_); }

  /// Uniform in [0, bound); 0 when bound is 0.
  constexpr std::uint64_t below(std::uint64_t bound) noexcept {
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(next()) * bound) >> 64);
  }
  /// Uniform in [low, high], both included; low when high < low.
  constexpr std::int64_t between(std::int64_t low, std::int64_t high) noexcept {
    if (high <= low) return low;
    const std::uint64_t from = static_cast<std::uint64_t>(low);
    const std::uint64_t values = static_cast<std::uint64_t>(high) - from + 1;  // 0: all 2^64
    return static_cast<std::int64_t>(from + (values == 0 ? next() : below(values)));
  }
  constexpr Duration between(Duration low, Duration high) noexcept {
    return Duration(between(low.count(), high.count()));
  }
  /// True once in `millionths` of a million draws, on average.
  constexpr bool chance(std::uint32_t millionths) noexcept { return below(1'000'000) < millionths; }
  /// A length in [low, high], at least 1 ns, whose order of magnitude is uniform: as often in
  /// [1, 10) ms as in [1, 10) s. The larger of `low` and 1 ns when `high` is below it.
  constexpr Duration scale_between(Duration low, Duration high) noexcept {
    if (low < 1ns) low = 1ns;
    std::int64_t octaves = 0;
    for (Duration d = low; d <= high / 2; d *= 2) ++octaves;
    const std::int64_t octave = between(0, octaves);
    const Duration from = low * (std::int64_t{1} << octave);
    const Duration to = from <= high / 2 ? from * 2 : high;
    return between(from, to);
  }
  /// One element of a non-empty range.
  template <class Range>
  constexpr decltype(auto) pick(Range& range) {
    return range[static_cast<std::size_t>(below(range.size()))];
  }
  /// Fisher and Yates.
  template <class Range>
  constexpr void shuffle(Range& range) {
    for (std::size_t i = range.size(); i > 1; --i) {
      const auto j = static_cast<std::size_t>(below(i));
      std::swap(range[i - 1], range[j]);
    }
  }
  /// Fifteen hexadecimal digits: a value nobody else has (a lock's owner value, a GUID). A string
  /// of that length needs no memory of its own, and owners are copied all the time.
  std::string token() {
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string text(15, '0');
    std::uint64_t bits = next();
    for (char& c : text) {
      c = digits[bits & 15];
      bits >>= 4;
    }
    return text;
  }
  /// How many values were drawn: part of a saved run ("unseed"), equal on replay.
  constexpr std::uint64_t drawn() const noexcept { return counter_; }

 private:
  static constexpr std::uint64_t gamma = 0x9e3779b97f4a7c15u;
  constexpr explicit Random(std::uint64_t key) : key_(key) {}

  constexpr void name(std::string_view purpose) {
    for (const char c : purpose) {
      key_ = mix64(key_ ^ static_cast<unsigned char>(c)) + gamma;
    }
  }

  std::uint64_t key_ = 0;
  std::uint64_t counter_ = 0;
};

}  // namespace lockstep
