// docs/verdicts.md names every property and every model, with the words of their tables.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "checker/model.hpp"
#include "checker/property.hpp"

namespace lockstep {
namespace {

std::string page() {
  std::ifstream in(LOCKSTEP_SOURCE_DIR "/docs/verdicts.md");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Docs, ListEveryPropertyInTheOrderOfTheTable) {
  const std::string text = page();
  std::size_t after = 0;
  for (const Property& property : all_properties()) {
    const std::string row =
        "| `" + std::string(property.name) + "` | " + std::string(property.code) + " |";
    const auto at = text.find(row, after);
    ASSERT_NE(at, std::string::npos) << row;
    after = at;
  }
}

TEST(Docs, ListEveryModelWithItsSummary) {
  const std::string text = page();
  for (const Model& model : all_models()) {
    const std::string row =
        "| `" + std::string(model.name) + "` | " + std::string(model.summary) + " |";
    EXPECT_NE(text.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace lockstep
