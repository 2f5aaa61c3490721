#pragma once
// The running fingerprint of a run: equal digests, equal runs, on any compiler and machine.

#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <type_traits>

namespace lockstep {

/// Folds 64-bit words, in order, into 64 bits. Not cryptographic; every bit of every word counts.
/// The same on every platform: no std::hash, and text is read byte by byte in little-endian words.
class Digest {
 public:
  constexpr void fold(std::uint64_t word) noexcept {
    state_ = (state_ ^ word) * 0x9fb21c651e98df25u;
    state_ ^= state_ >> 32;
  }
  constexpr void fold(std::string_view text) noexcept {
    fold(static_cast<std::uint64_t>(text.size()));
    std::size_t i = 0;
    for (; i + 8 <= text.size(); i += 8) fold(whole_word_at(text, i));
    if (i < text.size()) fold(rest_of(text, i));
  }
  constexpr std::uint64_t value() const noexcept { return state_; }

  friend bool operator==(const Digest&, const Digest&) = default;

 private:
  static constexpr std::uint64_t whole_word_at(std::string_view text, std::size_t from) noexcept {
    if (std::endian::native != std::endian::little || std::is_constant_evaluated()) {
      return word_at(text, from, 8);
    }
    std::uint64_t word = 0;  // the same as one load: most of a long text is folded here
    std::memcpy(&word, text.data() + from, 8);
    return word;
  }
  /// The last one to seven bytes, by loads that overlap.
  static constexpr std::uint64_t rest_of(std::string_view text, std::size_t from) noexcept {
    const std::size_t count = text.size() - from;
    if (std::endian::native != std::endian::little || std::is_constant_evaluated()) {
      return word_at(text, from, count);
    }
    const char* const end = text.data() + text.size();
    if (from != 0) return load<std::uint64_t>(end - 8) >> (64 - 8 * count);
    if (count >= 4) return join<std::uint32_t>(text.data(), end);
    if (count >= 2) return join<std::uint16_t>(text.data(), end);
    return static_cast<unsigned char>(text.front());
  }
  template <class Part>
  static std::uint64_t load(const char* from) noexcept {
    Part part;
    std::memcpy(&part, from, sizeof part);
    return part;
  }
  /// Two parts that overlap agree where they do.
  template <class Part>
  static std::uint64_t join(const char* begin, const char* end) noexcept {
    const auto last = end - static_cast<std::ptrdiff_t>(sizeof(Part));
    return load<Part>(begin) | load<Part>(last) << (8 * (last - begin));
  }
  static constexpr std::uint64_t word_at(std::string_view text, std::size_t from,
                                         std::size_t count) noexcept {
    std::uint64_t word = 0;
    for (std::size_t i = 0; i < count; ++i) {
      word |= static_cast<std::uint64_t>(static_cast<unsigned char>(text[from + i])) << (8 * i);
    }
    return word;
  }

  std::uint64_t state_ = 0x2545f4914f6cdd1du;
};

}  // namespace lockstep
