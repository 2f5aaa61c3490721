// Values as bytes and back: whatever goes in comes out, and bytes that are none are refused.
#include "backends/raft/encoding.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <limits>

namespace lockstep::raft {
namespace {

struct Sample {
  std::map<std::string, std::int64_t> numbers{};
  std::optional<std::string> text{};
  std::vector<std::pair<bool, std::uint64_t>> pairs{};
  std::variant<std::int32_t, std::string> either{};

  friend bool operator==(const Sample&, const Sample&) = default;
  template <class Archive>
  void serialize(Archive& archive) {
    archive(numbers, text, pairs, either);
  }
};

Sample any_sample() {
  Sample sample;
  sample.numbers = *rc::gen::arbitrary<std::map<std::string, std::int64_t>>();
  if (*rc::gen::arbitrary<bool>()) sample.text = *rc::gen::arbitrary<std::string>();
  sample.pairs = *rc::gen::arbitrary<std::vector<std::pair<bool, std::uint64_t>>>();
  if (*rc::gen::arbitrary<bool>()) {
    sample.either = *rc::gen::arbitrary<std::int32_t>();
  } else {
    sample.either = *rc::gen::arbitrary<std::string>();
  }
  return sample;
}

RC_GTEST_PROP(Encoding, GivesBackWhatWentIn, ()) {
  const Sample sample = any_sample();
  RC_ASSERT(from_bytes<Sample>(to_bytes(sample)) == sample);
}

RC_GTEST_PROP(Encoding, RefusesWhatWasCutShort, ()) {
  const std::string bytes = to_bytes(any_sample());
  const std::size_t size = *rc::gen::inRange<std::size_t>(0, bytes.size());
  RC_ASSERT(!from_bytes<Sample>(bytes.substr(0, size)));
}

RC_GTEST_PROP(Encoding, SurvivesAnyBytes, (const std::string& bytes)) {
  (void)from_bytes<std::map<std::string, std::string>>(bytes);
}

TEST(Encoding, KnowsTheEndsOfTheRange) {
  using Numbers = std::vector<std::int64_t>;
  const Numbers numbers = {0, -1, 1, std::numeric_limits<std::int64_t>::min(),
                           std::numeric_limits<std::int64_t>::max()};
  EXPECT_EQ(from_bytes<Numbers>(to_bytes(numbers)), numbers);
  EXPECT_EQ(to_bytes(std::uint64_t{5}).size(), 1u);
}

}  // namespace
}  // namespace lockstep::raft
