#include "formats/placed_json.hpp"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

std::string place_of(std::string_view text, std::string_view key) {
  const auto read = read_placed_json(text);
  return read ? to_text(read->find(key)->at) : "error at " + to_text(read.error().at);
}

TEST(PlacedJson, KnowsWhereEachValueBegins) {
  const std::string_view text =
      "{\n  \"a\": 12,\n  \"b\" : \"x\\\"y\\\\\", \"c\":true,\n  \"d\": [1, {}], \"e\": -1.5e3}";
  EXPECT_EQ(place_of(text, "a"), "2:8");
  EXPECT_EQ(place_of(text, "b"), "3:9");
  EXPECT_EQ(place_of(text, "c"), "3:23");
  EXPECT_EQ(place_of(text, "d"), "4:8");
  EXPECT_EQ(place_of(text, "e"), "4:22");
  EXPECT_EQ(read_placed_json(text)->find("b")->text, "x\"y\\");
  EXPECT_EQ(read_placed_json(text)->find("d")->items.size(), 2u);
}

TEST(PlacedJson, ErrorsHaveAPlace) {
  EXPECT_EQ(place_of("{\"a\": 1,\n oops}", "a"), "error at 2:2");
  EXPECT_EQ(place_of("{\"a\": 1,\n \"a\": 2}", "a"), "error at 2:2");
  EXPECT_EQ(place_of("", "a"), "error at 1:1");
  EXPECT_EQ(place_of("{\"a\": 99999999999999999999}", "a").substr(0, 2), "1:");  // a fraction
  EXPECT_EQ(place_of(std::string(100, '['), "a"), "error at 1:65");
}

}  // namespace
}  // namespace lockstep
