#include "formats/gzip.hpp"

#include <gtest/gtest.h>
#include <zlib.h>

namespace lockstep {
namespace {

std::string packed(const std::string& text) {
  z_stream stream{};
  deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, text.size()), '\0');
  std::string in = text;
  stream.next_in = reinterpret_cast<Bytef*>(in.data());
  stream.avail_in = static_cast<uInt>(in.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  deflateEnd(&stream);
  return out;
}

constexpr std::size_t plenty = std::size_t{1} << 24;

TEST(Gzip, UnpacksWhatWasPacked) {
  const std::string text(1'000'000, 'x');
  EXPECT_TRUE(is_gzip(packed(text)));
  EXPECT_FALSE(is_gzip(text));
  EXPECT_EQ(gunzip(packed(text), plenty).value(), text);
}

TEST(Gzip, ReadsOneMemberAfterTheOther) {
  EXPECT_EQ(gunzip(packed("one ") + packed("two"), plenty).value(), "one two");
}

TEST(Gzip, RefusesWhatIsCutDamagedOrTooMuch) {
  const std::string whole = packed("a history of some length, a history of some length");
  EXPECT_EQ(gunzip(whole.substr(0, whole.size() - 9), plenty).error().text,
            "the compressed file ends too early");
  std::string damaged = whole;
  damaged[whole.size() / 2] = static_cast<char>(damaged[whole.size() / 2] ^ 0x55);
  EXPECT_FALSE(gunzip(damaged, plenty));
  EXPECT_FALSE(gunzip(packed(std::string(100'000, ' ')), 1000));
}

}  // namespace
}  // namespace lockstep
