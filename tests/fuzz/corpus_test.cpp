// Every file of the corpus goes through its target: what fuzzers once found stays found.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/targets.hpp"

namespace lockstep::fuzz {
namespace {

struct Target {
  const char* name;
  void (*run)(std::string_view);
};

const Target targets[] = {
#define LOCKSTEP_ENTRY(name) {#name, name},
    LOCKSTEP_FUZZ_TARGETS(LOCKSTEP_ENTRY)
#undef LOCKSTEP_ENTRY
};

class Corpus : public ::testing::TestWithParam<Target> {};

TEST_P(Corpus, EndsInAValueOrAnErrorThatPointsIntoTheFile) {
  const std::filesystem::path folder =
      std::filesystem::path(LOCKSTEP_SOURCE_DIR) / "tests/fuzz/corpus" / GetParam().name;
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(in), {}};
    EXPECT_NO_THROW(GetParam().run(bytes)) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 3u);
  EXPECT_NO_THROW(GetParam().run({}));
}

INSTANTIATE_TEST_SUITE_P(Of, Corpus, ::testing::ValuesIn(targets),
                         [](const auto& tested) { return std::string(tested.param.name); });

}  // namespace
}  // namespace lockstep::fuzz
