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
