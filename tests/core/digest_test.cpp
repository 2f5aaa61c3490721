#include "core/digest.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

namespace lockstep {
namespace {

std::uint64_t of_words(const std::vector<std::uint64_t>& words) {
  Digest digest;
  for (const std::uint64_t word : words) digest.fold(word);
  return digest.value();
}

std::uint64_t of_text(const std::string& text) {
  Digest digest;
  digest.fold(std::string_view(text));
  return digest.value();
}

// Digests are saved and compared across machines.
TEST(Digest, IsWhatItAlwaysWas) {
  EXPECT_EQ(of_words({1, 2, 3}), 0xda1ca3516a88fc19u);
  EXPECT_EQ(of_text("lock:a 10000"), 0x6ac5667120ccd1bdu);
}

RC_GTEST_PROP(Digest, EveryBitOfEveryWordCounts, (std::vector<std::uint64_t> words)) {
  RC_PRE(!words.empty());
  const auto place = *rc::gen::inRange<std::size_t>(0, words.size());
  const auto bit = *rc::gen::inRange(0, 64);
  auto other = words;
  other[place] ^= std::uint64_t{1} << bit;
  RC_ASSERT(of_words(words) != of_words(other));
}

RC_GTEST_PROP(Digest, TheOrderCounts, (std::uint64_t a, std::uint64_t b)) {
  RC_PRE(a != b);
  RC_ASSERT(of_words({a, b}) != of_words({b, a}));
}

constexpr std::uint64_t folded_byte_by_byte(std::string_view text) {
  Digest digest;
  digest.fold(text);
  return digest.value();
}

TEST(Digest, IsTheSameWhetherTextIsLoadedInWordsOrByteByByte) {
  constexpr std::string_view text =
      "\xff"
      "0123456789abcdefgh";
  constexpr std::array expected = {
      folded_byte_by_byte(text.substr(0, 0)),  folded_byte_by_byte(text.substr(0, 1)),
      folded_byte_by_byte(text.substr(0, 2)),  folded_byte_by_byte(text.substr(0, 3)),
      folded_byte_by_byte(text.substr(0, 4)),  folded_byte_by_byte(text.substr(0, 5)),
      folded_byte_by_byte(text.substr(0, 6)),  folded_byte_by_byte(text.substr(0, 7)),
      folded_byte_by_byte(text.substr(0, 8)),  folded_byte_by_byte(text.substr(0, 9)),
      folded_byte_by_byte(text.substr(0, 10)), folded_byte_by_byte(text.substr(0, 11)),
      folded_byte_by_byte(text.substr(0, 15)), folded_byte_by_byte(text.substr(0, 16)),
      folded_byte_by_byte(text.substr(0, 17))};
  const std::array lengths = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15, 16, 17};
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    const std::string loaded(text.substr(0, static_cast<std::size_t>(lengths[i])));
    EXPECT_EQ(of_text(loaded), expected[i]) << loaded;
  }
}

RC_GTEST_PROP(Digest, DifferentTextsDiffer, (std::string a, std::string b)) {
  RC_PRE(a != b);
  RC_ASSERT(of_text(a) != of_text(b));
}

TEST(Digest, WhereOneTextEndsAndTheNextBeginsCounts) {
  Digest one;
  one.fold(std::string_view("ab"));
  one.fold(std::string_view("c"));
  Digest other;
  other.fold(std::string_view("a"));
  other.fold(std::string_view("bc"));
  EXPECT_NE(one.value(), other.value());
}

}  // namespace
}  // namespace lockstep
