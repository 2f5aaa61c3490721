// Whatever happens to a file, reading it ends in a value or in an error that points into it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "formats/detect.hpp"
#include "formats/history_jsonl.hpp"
#include "formats/history_proto.hpp"
#include "formats/saved_outcome.hpp"
#include "formats/scenario_toml.hpp"
#include "tests/formats/random_data.hpp"

namespace lockstep {
namespace {

/// A few bytes changed, cut out, doubled, or everything behind a place gone.
std::string damaged(std::string text) {
  static const std::string salt("\0\xff[](){}\"'\\:;,#=\n09eN.-_\x80\xc3", 26);
  const int times = *rc::gen::inRange(1, 5);
  for (int i = 0; i < times && !text.empty(); ++i) {
    const std::size_t at = *rc::gen::inRange<std::size_t>(0, text.size());
    const std::size_t length = *rc::gen::inRange<std::size_t>(1, 20);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: text[at] = salt[*rc::gen::inRange<std::size_t>(0, salt.size())]; break;
      case 1: text.erase(at, length); break;
      case 2: text.insert(at, text.substr(at, length)); break;
      default: text.resize(at);
    }
  }
  return text;
}

/// Is the place one of the file's? One behind its end counts: there something is lacking.
bool within(const Place& at, const std::string& text) {
  if (at.line == 0) return at.byte <= text.size();
  const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
  return at.line <= lines && at.column >= 1 && at.column <= text.size() + 1;
}

template <class Value>
void expect_value_or_place(const FileResult<Value>& read, const std::string& text) {
  if (read) return;
  RC_ASSERT(!read.error().text.empty());
  if (!within(read.error().at, text)) RC_FAIL(to_text(read.error().at) + " " + read.error().text);
}

RC_GTEST_PROP(Mutation, OfAHistoryInJsonLines, ()) {
  const std::string text = damaged(write_history_jsonl(any_history()));
  expect_value_or_place(read_history_jsonl(text), text);
  expect_value_or_place(read_history(text), text);
}

RC_GTEST_PROP(Mutation, OfAHistoryInEdn, ()) {
  const std::string text = damaged(write_history_edn(any_history()));
  expect_value_or_place(read_history_edn(text), text);
  expect_value_or_place(read_history(text), text);
}

RC_GTEST_PROP(Mutation, OfAHistoryInProtocolBuffers, ()) {
  const std::string text = damaged(write_history_proto(any_history()));
  expect_value_or_place(read_history_proto(text), text);
  expect_value_or_place(read_history(text), text);
}

RC_GTEST_PROP(Mutation, OfAScenario, ()) {
  const std::string text = damaged(write_scenario(any_scenario()));
  const FileResult<ScenarioFile> file = read_scenario(text);
  expect_value_or_place(file, text);
  if (!file) return;
  expect_value_or_place(resolve_settings(file->lock_settings, known_parameters(), "it"), text);
}

RC_GTEST_PROP(Mutation, OfASavedOutcome, ()) {
  const std::string text = damaged(
      "{\"digest\": \"00112233445566ff\", \"checkpoints\": [\n"
      "  {\"events\": 1024, \"digest\": \"ffeeddccbbaa0099\"}\n]}\n");
  expect_value_or_place(read_saved_outcome(text), text);
}

TEST(Mutation, WhatItFoundStaysFound) {
  EXPECT_EQ(read_scenario("lock. = 1").error().at, (Place{1, 7, 0}));
  EXPECT_EQ(read_history_jsonl("{\"index\":1e999}").error().text,
            "a number on this line is too large");
  EXPECT_EQ(read_saved_outcome("").error().at, (Place{1, 1, 0}));
  EXPECT_EQ(read_saved_outcome("[1e999]").error().text, "a number in this file is too large");
}

TEST(SavedOutcome, DigestsAndCheckpointsAreRead) {
  const auto saved = read_saved_outcome(
      "{\"digest\": \"00112233445566ff\", \"checkpoints\": "
      "[{\"events\": 1024, \"digest\": \"ffeeddccbbaa0099\"}]}");
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->digest, 0x00112233445566ffu);
  ASSERT_EQ(saved->checkpoints.size(), 1u);
  EXPECT_EQ(saved->checkpoints[0].events, 1024u);
  EXPECT_EQ(saved->checkpoints[0].digest, 0xffeeddccbbaa0099u);
}

}  // namespace
}  // namespace lockstep
